using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.HubSpot.Tests.Streams;

/// <summary>Windows read through a search that shows 10,000 rows, no more.</summary>
public sealed class SearchWindowTests
{
    private const string Objects = "/crm/objects/2026-03/contacts";
    private const long Start = 1_760_000_000_000;

    private readonly SortedDictionary<int, long> _stamps = [];
    private int _searches;
    private int _lists;
    private Action? _betweenPages;

    [Fact]
    public async Task A_window_without_changes_costs_one_search()
    {
        Assert.Empty(await ReadAsync(Start, Start + 60_000));
        Assert.Equal((1, 0), (_searches, _lists));
    }

    [Fact]
    public async Task Pages_of_200_are_read_to_the_end()
    {
        Fill(1001, i => Start + i);
        var changed = await ReadAsync(Start, Start + 60_000);
        Assert.Equal(Enumerable.Range(0, 1001), changed.Select(row => int.Parse(row.Id)));
        Assert.All(changed, row => Assert.Equal(_stamps[int.Parse(row.Id)], row.Stamp.UnixMilliseconds));
        Assert.Equal(6, _searches);
    }

    [Fact]
    public async Task The_windows_start_belongs_to_it_and_its_end_does_not()
    {
        Fill(3, i => Start + i);
        Assert.Equal(["0", "1"], (await ReadAsync(Start, Start + 2)).Select(row => row.Id));
    }

    [Theory]
    [InlineData(25_000, 1)]
    [InlineData(25_000, 1000)]
    [InlineData(10_001, 7)]
    [InlineData(10_000, 3)]
    public async Task More_rows_than_a_search_shows_are_all_read(int rows, int spread)
    {
        Fill(rows, i => Start + (long)i * spread);
        var changed = await ReadAsync(Start, Start + (long)rows * spread + 5_000_000);
        Assert.Equal(rows, changed.Select(row => row.Id).Distinct().Count());
        Assert.Equal(0, _lists);
    }

    [Fact]
    public async Task More_rows_in_one_millisecond_than_a_search_shows_are_taken_from_the_list()
    {
        Fill(10_300, i => i < 10_050 ? Start + 500 : Start + i);
        _stamps[99_999] = Start - 10;
        var changed = await ReadAsync(Start, Start + 60_000);
        Assert.Equal(10_300, changed.Select(row => row.Id).Distinct().Count());
        Assert.DoesNotContain(changed, row => row.Id == "99999");
        Assert.True(_lists > 0);
    }

    [Fact]
    public async Task Rows_that_leave_the_window_while_it_is_read_hide_no_others()
    {
        Fill(900, i => Start + i);
        var page = 0;
        _betweenPages = () =>
        {
            // Somebody changes rows that were read already: those behind them move up.
            if (++page is 2 or 3)
            {
                for (var i = page * 10; i < page * 10 + 7; i++)
                {
                    _stamps[i] = Start + 10_000_000;
                }
            }
        };
        var changed = await ReadAsync(Start, Start + 60_000);
        var still = _stamps.Where(row => row.Value < Start + 60_000).Select(row => row.Key.ToString(CultureInfo.InvariantCulture));
        Assert.Empty(still.Except(changed.Select(row => row.Id)));
    }

    [Fact]
    public async Task Rows_that_come_into_the_window_while_it_is_read_cost_no_page_twice()
    {
        Fill(9_240, i => Start + 100_000 + (i / 100));
        var late = 100_000;
        _betweenPages = () =>
        {
            // The index learns of earlier changes: what was read already is pushed further behind.
            for (var i = 0; i < 20; i++)
            {
                _stamps[late++] = Start + i;
            }
        };
        var changed = await ReadAsync(Start, Start + 10_000_000);
        Assert.Empty(Enumerable.Range(0, 9_240).Select(i => i.ToString(CultureInfo.InvariantCulture)).Except(changed.Select(row => row.Id)));
        Assert.InRange(_searches, 47, 53);
    }

    [Fact]
    public async Task Rows_that_leave_the_window_page_after_page_cost_no_more_than_the_rows_of_their_millisecond_again()
    {
        Fill(9_240, i => Start + (i / 100));
        var moved = 0;
        _betweenPages = () =>
        {
            for (var i = 0; i < 30 && _searches > 1; i++)
            {
                _stamps[moved++] = Start + 20_000_000;
            }
        };
        var changed = await ReadAsync(Start, Start + 10_000_000);
        Assert.Empty(_stamps.Where(row => row.Value < Start + 10_000_000).Select(row => row.Key.ToString(CultureInfo.InvariantCulture)).Except(changed.Select(row => row.Id)));
        Assert.InRange(_searches, 47, 93);
    }

    [Fact]
    public async Task A_thousand_changed_rows_are_ten_batch_reads_and_six_searches_in_one_page()
    {
        Fill(1_000, i => Start + i);
        var portal = new FakePortal().WithProperties("email").On("POST", "/contacts/search", Search);
        using var crm = portal.Client();
        var page = await crm.ReadPageAsync(new PageRequest("contacts", new ChangeWindow(new(Start), new(Start + 5_000)), null), default);
        Assert.Equal((1_000, 6), (page.Changed.Count, _searches));
        Assert.Null(page.Next);
    }

    private void Fill(int count, Func<int, long> stamp)
    {
        for (var i = 0; i < count; i++)
        {
            _stamps[i] = stamp(i);
        }
    }

    private async Task<List<ChangedRow>> ReadAsync(long from, long to)
    {
        var portal = new FakePortal().WithProperties("email").On("POST", "/contacts/search", Search).On("GET", Objects, List);
        using var crm = portal.Client();
        var window = new ChangeWindow(new Instant(from), new Instant(to));
        var changed = new List<ChangedRow>();
        string? position = null;
        do
        {
            var page = await crm.ReadPageAsync(new PageRequest("contacts", window, position), default);
            changed.AddRange(page.Changed);
            position = page.Next;
        }
        while (position is not null);
        return changed;
    }

    private HttpResponseMessage Search(FakePortal.Asked asked)
    {
        _searches++;
        _betweenPages?.Invoke();
        using var request = JsonDocument.Parse(asked.Body);
        var filters = request.RootElement.GetProperty("filterGroups")[0].GetProperty("filters");
        long Value(int i) => long.Parse(filters[i].GetProperty("value").GetString()!);
        Assert.Equal(("GTE", "LT"), (filters[0].GetProperty("operator").GetString(), filters[1].GetProperty("operator").GetString()));
        var limit = request.RootElement.GetProperty("limit").GetInt32();
        var offset = request.RootElement.TryGetProperty("after", out var after) ? int.Parse(after.GetString()!) : 0;
        Assert.True(offset + limit <= 10_000, "HubSpot refuses to search beyond 10,000");
        Assert.True(asked.Body.Length < 3000);
        var found = _stamps.Where(row => row.Value >= Value(0) && row.Value < Value(1)).OrderBy(row => row.Value).ToList();
        return Page(found.Skip(offset).Take(limit), offset + limit < found.Count ? offset + limit : null, found.Count);
    }

    private HttpResponseMessage List(FakePortal.Asked asked)
    {
        _lists++;
        var after = int.Parse(asked.Value("after") ?? "-1");
        var found = _stamps.Where(row => row.Key >= after).ToList();
        return Page(found.Take(100), found.Count > 100 ? found[100].Key : null, null);
    }

    private static HttpResponseMessage Page(IEnumerable<KeyValuePair<int, long>> rows, int? after, int? total) => FakePortal.Json(JsonSerializer.Serialize(new
    {
        total,
        results = rows.Select(row => new { id = row.Key.ToString(CultureInfo.InvariantCulture), properties = new { lastmodifieddate = new Instant(row.Value).ToString() } }),
        paging = after is null ? null : new { next = new { after = after.ToString() } },
    }));
}
