using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>
/// A stream of one object type. The first read lists everything, content included; a window is searched for ids, stamps and previews only, since a search
/// shows at most 10,000 rows, lags behind and has a rate limit of its own.
/// </summary>
/// <param name="stampProperty"><c>lastmodifieddate</c> of contacts, <c>hs_lastmodifieddate</c> of all others.</param>
/// <param name="withContacts">Its rows belong to contacts by association.</param>
internal sealed class ObjectStream(
    StreamDescription description, string objectType, string stampProperty, bool withContacts, bool isEssential, IObjectReader reader, HubSpotTransport transport)
    : IHubSpotStream
{
    public const int ListPage = 100;

    /// <summary>A search's request is at most 3,000 characters: beside the names of properties it needs about 400.</summary>
    private const int LongestPropertyNames = 2_500;

    // Well below where HubSpot answers 414: others split at 5 to 15 thousand characters.
    private const int LongestPropertyList = 5_000;

    private readonly CallContext _call = new(description.Name, isEssential ? null : description.Name) { Importance = Importance(description) };
    private readonly CallContext _search = new("the search for " + description.Name, isEssential ? null : description.Name, Lane: CallLane.Search) { Importance = Importance(description) };
    private readonly CallContext _list = new(description.Name, isEssential ? null : description.Name) { Importance = CallImportance.History, IsLongest = isEssential };
    private readonly AssociationReading _associations = new(transport);
    private readonly LoopGuard _guard = new(description.Name);
    private readonly string _path = transport.Paths.Objects(objectType);

    public StreamDescription Description => description;

    /// <summary>Of what changed in a stream.</summary>
    public static CallImportance Importance(StreamDescription description) => description.Content switch
    {
        // What sales said is seen there first.
        StreamContentKind.Records => CallImportance.Verdicts,
        StreamContentKind.Deals => CallImportance.Stages,
        StreamContentKind.Activities => CallImportance.Activities,
        _ => CallImportance.Contacts,
    };

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        var at = position is not null ? PagePosition.Parse(position)
            : window is { } asked ? new PagePosition(PageKind.Search, null, asked.From, asked.To)
            : new PagePosition(PageKind.List, null);
        var page = at.Kind switch
        {
            PageKind.List => await ListAsync(at, cancellation).ConfigureAwait(false),
            PageKind.Search => await SearchAsync(at, cancellation).ConfigureAwait(false),
            _ => await ScanAsync(at, cancellation).ConfigureAwait(false),
        };
        _guard.Follow(position, page.Next);
        return page;
    }

    public async Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var properties = await reader.PropertiesAsync(cancellation).ConfigureAwait(false);
        var reading = ObjectReading.ReadAsync(transport, _call, objectType, ids, properties, history: null, cancellation);
        var associating = withContacts
            ? _associations.ContactsOfAsync(objectType, _call, ids, cancellation)
            : Task.FromResult<IReadOnlyDictionary<string, List<string>>>(new Dictionary<string, List<string>>());
        await Task.WhenAll(reading, associating).ConfigureAwait(false);
        var found = await reading.ConfigureAwait(false);
        var contacts = await associating.ConfigureAwait(false);
        if (objectType == ContactReader.ObjectType)
        {
            found = await MergedContacts.AddAsync(transport, _call, ids, properties, found, cancellation).ConfigureAwait(false);
        }

        return await CollectAsync(found, row => contacts.GetValueOrDefault(row.Id ?? "") ?? [], isFirstRead: false, cancellation).ConfigureAwait(false);
    }

    private async Task<StreamPage> ListAsync(PagePosition at, CancellationToken cancellation)
    {
        var properties = await reader.PropertiesAsync(cancellation).ConfigureAwait(false);
        var listed = string.Join(',', properties);
        var isTooLong = listed.Length > LongestPropertyList;
        var answer = await transport.CallAsync(
            _list,
            t => transport.Objects.ListAsync(_path, ListPage, at.After, isTooLong ? stampProperty : listed, withContacts ? "contacts" : null, archived: null, t),
            cancellation).ConfigureAwait(false);
        IReadOnlyList<HubSpotObject?> rows = answer.Body.Results ?? [];
        if (isTooLong)
        {
            rows = await WithPropertiesAsync(rows, properties, cancellation).ConfigureAwait(false);
        }

        // What does not fit into the list's answer is asked for again whole, for those few rows only.
        var unfinished = rows.Where(row => row?.Id is not null && Inline(row)?.Paging?.Next?.After is not null).Select(row => row!.Id!).ToList();
        var whole = await _associations.ContactsOfAsync(objectType, _list, unfinished, cancellation).ConfigureAwait(false);
        var content = await CollectAsync(
            rows,
            row => whole.GetValueOrDefault(row.Id ?? "") ?? [.. (Inline(row)?.Results ?? []).Select(contact => contact?.Id).OfType<string>().Distinct()],
            isFirstRead: true,
            cancellation).ConfigureAwait(false);
        var next = Cursor.Next(answer.Body.Paging);
        return new StreamPage(answer.Date, next is null ? null : (at with { After = next }).ToString()) { Content = content, RowsRead = rows.Count };
    }

    /// <summary>A page whose properties do not fit into an address: they are asked for in a body, by a second call.</summary>
    private async Task<IReadOnlyList<HubSpotObject?>> WithPropertiesAsync(
        IReadOnlyList<HubSpotObject?> rows, IReadOnlyList<string> properties, CancellationToken cancellation)
    {
        var ids = rows.Select(row => row?.Id).OfType<string>().ToList();
        var whole = await ObjectReading.ReadAsync(transport, _list, objectType, ids, properties, history: null, cancellation).ConfigureAwait(false);
        var byId = whole.Where(row => row.Id is not null).ToDictionary(row => row.Id!);
        return [.. rows.Select(row => row?.Id is { } id && byId.TryGetValue(id, out var full) ? full with { Associations = row.Associations } : row)];
    }

    private async Task<StreamPage> SearchAsync(PagePosition at, CancellationToken cancellation)
    {
        var page = await new WindowSearch(AskAsync, Show, _search.Subject).ReadAsync(at, cancellation).ConfigureAwait(false);
        return page.Next is { Kind: PageKind.Scan } scan && page.Changed.Count == 0
            ? await ScanAsync(scan, cancellation).ConfigureAwait(false)
            : new StreamPage(page.Date, page.Next?.ToString()) { Changed = page.Changed, Content = page.Unreadable, RowsRead = page.RowsRead };
    }

    private async Task<(ObjectPage Body, Instant Date)> AskAsync(PagePosition at, CancellationToken cancellation)
    {
        var answer = await transport.CallAsync(_search, t => transport.Objects.SearchAsync(_path, Request(at), t), cancellation).ConfigureAwait(false);
        return (answer.Body, answer.Date);
    }

    /// <summary>Without a readable stamp it changed all the same: that the search found it says so.</summary>
    private ChangedRow Show(HubSpotObject row, Instant from) => new(row.Id!, ObjectStamp.Of(row, stampProperty) ?? from, MakesPreviews ? reader.Preview(row) : null);

    private async Task<StreamPage> ScanAsync(PagePosition at, CancellationToken cancellation)
    {
        var answer = await transport.CallAsync(
            _call, t => transport.Objects.ListAsync(_path, ListPage, at.After, stampProperty, associations: null, at.Kind == PageKind.Archived ? "true" : null, t), cancellation).ConfigureAwait(false);
        var rows = answer.Body.Results ?? [];
        var unreadable = new RowCollector();
        var changed = new List<ChangedRow>();
        foreach (var (place, row) in rows.Index())
        {
            if (row?.Id is not { Length: > 0 } id)
            {
                unreadable.Unreadable(null, place, "no id");
            }
            else if ((ObjectStamp.Of(row, stampProperty) ?? at.From) is var stamp && stamp >= at.From && stamp < at.To)
            {
                changed.Add(new ChangedRow(id, stamp));
            }
        }

        var next = Cursor.Next(answer.Body.Paging);
        return new StreamPage(answer.Date, next is null ? null : (at with { After = next }).ToString())
        {
            Changed = changed,
            Content = unreadable.ToRows(),
            RowsRead = rows.Count,
        };
    }

    private SearchRequest Request(PagePosition at) => new(
        [
            new SearchFilterGroup(
            [
                new SearchFilter(stampProperty, "GTE", at.From.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)),
                new SearchFilter(stampProperty, "LT", at.To.UnixMilliseconds.ToString(CultureInfo.InvariantCulture)),
            ]),
        ],
        [new SearchSort(stampProperty, "ASCENDING")],
        Shown,
        WindowSearch.Page,
        at.After);

    /// <summary>What the search shows: enough for previews if the request has room for it, since the same answer then costs no call more.</summary>
    private IReadOnlyList<string> Shown => MakesPreviews ? [stampProperty, .. reader.PreviewProperties.Where(property => property != stampProperty)] : [stampProperty];

    private bool MakesPreviews => reader.PreviewProperties.Count > 0 && reader.PreviewProperties.Sum(property => property.Length + 3) < LongestPropertyNames;

    private async Task<StreamRows> CollectAsync(
        IReadOnlyList<HubSpotObject?> rows, Func<HubSpotObject, IReadOnlyList<string>> contacts, bool isFirstRead, CancellationToken cancellation)
    {
        var collector = new RowCollector { IsFirstRead = isFirstRead };
        foreach (var (place, row) in rows.Index())
        {
            if (row?.Id is not { Length: > 0 })
            {
                collector.Unreadable(null, place, "no id");
                continue;
            }

            await reader.ReadAsync(row, contacts(row), place, collector, cancellation).ConfigureAwait(false);
        }

        return collector.ToRows();
    }

    private static InlineAssociations? Inline(HubSpotObject row) => row.Associations?.GetValueOrDefault("contacts");
}

internal static class ObjectStamp
{
    /// <summary>The row's modification time: the property, else what stands beside the properties; null: neither can be read.</summary>
    public static Instant? Of(HubSpotObject row, string stampProperty) =>
        row.Get(stampProperty) is { } value && FieldValue.TryInstant(value, out var stamp) ? stamp
        : row.UpdatedAt is { } updated && FieldValue.TryInstant(updated, out stamp) ? stamp
        : null;
}
