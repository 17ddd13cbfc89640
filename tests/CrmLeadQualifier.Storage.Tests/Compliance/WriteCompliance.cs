using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class WriteCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task Parked_records_count_once_each_from_the_last_time_and_until_somebody_looked()
    {
        var (one, two) = (await AddContactAsync("1"), await AddContactAsync("2"));
        await WriteAsync(tx => tx.Writes.NoteParkedAsync(Hub, [one, two], T));
        await WriteAsync(tx => tx.Writes.NoteParkedAsync(Hub, [two], T + TimeSpan.FromMinutes(30)));
        await WriteAsync(tx => tx.Writes.NoteParkedAsync(Hub, [], T));

        Assert.Equal(2, await ReadAsync(tx => tx.Writes.CountParkedAsync(Hub, T - TimeSpan.FromMilliseconds(1))));
        Assert.Equal(1, await ReadAsync(tx => tx.Writes.CountParkedAsync(Hub, T)));
        await WriteAsync(tx => tx.Writes.ForgetParkedAsync(Hub));
        Assert.Equal(0, await ReadAsync(tx => tx.Writes.CountParkedAsync(Hub, default)));
    }

    [SkippableFact]
    public async Task A_write_comes_back_as_it_was_added_with_the_ids_in_the_order_of_the_rows()
    {
        var record = await AddContactAsync("1");
        WriteRow[] rows = [Write(record, "score") with { Reason = "why" }, Write(record, "stage") with { State = WriteState.Confirmed }];

        var ids = await WriteAsync(tx => tx.Writes.AddAsync(rows));

        Assert.Equal([rows[0] with { Id = ids[0] }, rows[1] with { Id = ids[1] }], (await ReadAsync(tx => tx.Writes.OfRunAsync("r1"))).OrderBy(row => row.Id));
        Assert.Empty(await ReadAsync(tx => tx.Writes.OfRunAsync("r2")));
    }

    [SkippableFact]
    public async Task Sent_and_unknown_writes_are_open_confirmed_and_failed_ones_are_settled()
    {
        var record = await AddContactAsync("1");
        var ids = await WriteAsync(tx => tx.Writes.AddAsync([Write(record, "a"), Write(record, "b"), Write(record, "c"), Write(record, "d")]));

        await WriteAsync(async tx =>
        {
            await tx.Writes.SetStateAsync([ids[1]], WriteState.Unknown, null);
            await tx.Writes.SetStateAsync([ids[2]], WriteState.Confirmed, null);
            await tx.Writes.SetStateAsync([ids[3]], WriteState.Failed, "INVALID_OPTION");
        });

        Assert.Equal(["a", "b"], (await ReadAsync(tx => tx.Writes.OpenAsync(Hub))).Select(row => row.Field).Order());
        Assert.Empty(await ReadAsync(tx => tx.Writes.OpenAsync(Hub + 1)));
        var failed = Assert.Single(await ReadAsync(tx => tx.Writes.OfRunAsync("r1")), row => row.Id == ids[3]);
        Assert.Equal((WriteState.Failed, "INVALID_OPTION"), (failed.State, failed.Reason));
    }

    [SkippableFact]
    public async Task Old_writes_are_forgotten_oldest_first_but_never_one_whose_answer_is_not_known()
    {
        var record = await AddContactAsync("1");
        var day = TimeSpan.FromDays(1);
        await WriteAsync(tx => tx.Writes.AddAsync(
        [
            Write(record, "new") with { State = WriteState.Confirmed, SentAt = T },
            Write(record, "old") with { State = WriteState.Failed, SentAt = T - day },
            Write(record, "older") with { State = WriteState.Confirmed, SentAt = T - 2 * day },
            Write(record, "open") with { State = WriteState.Unknown, SentAt = T - 3 * day },
        ]));

        Assert.Equal(1, await WriteAsync(tx => tx.Writes.PruneAsync(T, 1)));
        Assert.Equal(["new", "old", "open"], await FieldsAsync());
        Assert.Equal(1, await WriteAsync(tx => tx.Writes.PruneAsync(T, 10)));
        Assert.Equal(["new", "open"], await FieldsAsync());
        Assert.Equal(0, await WriteAsync(tx => tx.Writes.PruneAsync(T, 10)));

        async Task<IEnumerable<string>> FieldsAsync() => (await ReadAsync(tx => tx.Writes.OfRunAsync("r1"))).Select(row => row.Field).Order(StringComparer.Ordinal);
    }

    [SkippableFact]
    public async Task A_job_is_open_until_it_is_settled_and_the_newest_settled_one_says_how_fast_the_crm_is()
    {
        var old = new WriteJobRow(Hub, "750A", "lead", T, 1, 10) { Records = 5, Taken = TimeSpan.FromMilliseconds(1500) };
        var second = new WriteJobRow(Hub, "750B", "lead", T, 11, 20);
        var first = new WriteJobRow(Hub, "750C", "contact", T, 5, 6);
        foreach (var job in new[] { old, second, first })
        {
            await WriteAsync(tx => tx.Writes.SaveJobAsync(job));
        }

        Assert.Equal([first, second], await ReadAsync(tx => tx.Writes.OpenJobsAsync(Hub)));
        Assert.Empty(await ReadAsync(tx => tx.Writes.OpenJobsAsync(Hub + 1)));
        Assert.Equal(old, await ReadAsync(tx => tx.Writes.LastJobAsync(Hub, "lead")));
        Assert.Null(await ReadAsync(tx => tx.Writes.LastJobAsync(Hub, "contact")));

        var settled = second with { Records = 10, Taken = TimeSpan.FromSeconds(2) };
        await WriteAsync(tx => tx.Writes.SaveJobAsync(settled));
        await WriteAsync(tx => tx.Writes.SaveJobAsync(first with { Records = 0 }));

        Assert.Empty(await ReadAsync(tx => tx.Writes.OpenJobsAsync(Hub)));
        Assert.Equal(settled, await ReadAsync(tx => tx.Writes.LastJobAsync(Hub, "lead")));
        Assert.Null(await ReadAsync(tx => tx.Writes.LastJobAsync(Hub, "contact")));
    }

    [SkippableFact]
    public async Task The_open_writes_of_a_job_are_those_of_its_span_and_fail_together()
    {
        var (one, other) = (await AddContactAsync("1"), await AddContactAsync("2"));
        var ids = await WriteAsync(tx => tx.Writes.AddAsync([Write(one, "before"), Write(one, "a"), Write(other, "b"), Write(one, "done"), Write(one, "after")]));
        await WriteAsync(tx => tx.Writes.SetStateAsync([ids[3]], WriteState.Confirmed, null));
        var job = new WriteJobRow(Hub, "750A", "contact", T, ids[1], ids[3]);

        Assert.Equal(["a"], (await ReadAsync(tx => tx.Writes.OpenOfJobAsync(job, [one]))).Select(row => row.Field));
        Assert.Empty(await ReadAsync(tx => tx.Writes.OpenOfJobAsync(job with { ConnectionId = Hub + 1 }, [one])));

        await WriteAsync(tx => tx.Writes.FailOpenOfJobAsync(job, "never left"));
        var rows = (await ReadAsync(tx => tx.Writes.OfRunAsync("r1"))).ToDictionary(row => row.Field);
        Assert.Equal([WriteState.Sent, WriteState.Failed, WriteState.Failed, WriteState.Confirmed, WriteState.Sent],
            new[] { "before", "a", "b", "done", "after" }.Select(field => rows[field].State));
        Assert.Equal("never left", rows["a"].Reason);
    }

    [SkippableFact]
    public async Task Writes_on_records_since_an_instant_come_oldest_first()
    {
        var (one, other) = (await AddContactAsync("1"), await AddContactAsync("2"));
        await WriteAsync(tx => tx.Writes.AddAsync([
            Write(one, "newest") with { SentAt = T + TimeSpan.FromDays(1) },
            Write(one, "at") with { SentAt = T },
            Write(one, "before") with { SentAt = T - TimeSpan.FromMilliseconds(1) },
            Write(other, "theirs"),
        ]));

        Assert.Equal(["at", "newest"], (await ReadAsync(tx => tx.Writes.OfRecordsAsync([one], T))).Select(row => row.Field));
    }

    [SkippableFact]
    public async Task The_audit_reads_what_left_between_two_instants_in_pages_also_of_an_account_that_is_no_more()
    {
        var (one, other) = (await AddContactAsync("1"), await AddContactAsync("2"));
        await WriteAsync(tx => tx.Writes.AddAsync([
            Write(one, "before") with { SentAt = T - TimeSpan.FromMilliseconds(1) },
            Write(one, "b") with { SentAt = T + TimeSpan.FromHours(1) },
            Write(one, "a"),
            Write(other, "theirs"),
            Write(one, "after") with { SentAt = T + TimeSpan.FromDays(1) },
        ]));
        await WriteAsync(tx => tx.Connections.DisconnectAsync(Hub, T));
        var to = T + TimeSpan.FromDays(1);

        var first = await ReadAsync(tx => tx.Writes.BetweenAsync(T, to, null, (T, 0), 2));
        var last = first[^1].Write;
        var rest = await ReadAsync(tx => tx.Writes.BetweenAsync(T, to, null, (last.SentAt, last.Id), 2));

        Assert.Equal(["a", "theirs", "b"], first.Concat(rest).Select(row => row.Write.Field));
        Assert.Equal(("contact", "2"), (first[1].Object, first[1].ExternalId));
        Assert.StartsWith("hub until ", first[0].Connection);
        Assert.Equal(["theirs"], (await ReadAsync(tx => tx.Writes.BetweenAsync(T, to, "2", (T, 0), 9))).Select(row => row.Write.Field));
    }

    [SkippableFact]
    public async Task A_second_reason_replaces_the_first_and_a_lifted_quarantine_is_gone()
    {
        var row = new QuarantineRow(0, Hub, "contacts", "1", "first", T);
        await WriteAsync(tx => tx.Writes.QuarantineAsync([row, row with { ExternalId = "2" }]));
        await WriteAsync(tx => tx.Writes.QuarantineAsync([row with { Reason = "second", At = T + TimeSpan.FromDays(1) }]));

        var quarantined = await ReadAsync(tx => tx.Writes.QuarantinedAsync(Hub));
        Assert.Equal(2, quarantined.Count);
        var one = Assert.Single(quarantined, q => q.ExternalId == "1");
        Assert.Equal(row with { Id = one.Id, Reason = "second", At = T + TimeSpan.FromDays(1) }, one);

        await WriteAsync(tx => tx.Writes.LiftQuarantineAsync([one.Id]));
        Assert.Equal(["2"], (await ReadAsync(tx => tx.Writes.QuarantinedAsync(null))).Select(q => q.ExternalId));
        Assert.Empty(await ReadAsync(tx => tx.Writes.QuarantinedAsync(Hub + 1)));
    }

    [SkippableFact]
    public async Task A_run_gets_the_first_free_number_at_its_instant_and_its_end_and_the_newest_comes_first()
    {
        Assert.Equal("2026-11-23T09:30:00Z-1", await WriteAsync(tx => tx.Runs.StartAsync(T)));
        Assert.Equal("2026-11-23T09:30:00Z-2", await WriteAsync(tx => tx.Runs.StartAsync(T)));
        Assert.Equal("2026-11-23T09:30:00.001Z-1", await WriteAsync(tx => tx.Runs.StartAsync(T + TimeSpan.FromMilliseconds(1))));

        await WriteAsync(tx => tx.Runs.EndAsync("2026-11-23T09:30:00Z-2", "failed", """{"leads":3}""", "why"));

        Assert.Equal(
            [
                new RunRow("2026-11-23T09:30:00.001Z-1", T + TimeSpan.FromMilliseconds(1), "running", null, null),
                new RunRow("2026-11-23T09:30:00Z-2", T, "failed", """{"leads":3}""", "why"),
            ],
            await ReadAsync(tx => tx.Runs.ListAsync(2)));
    }

    private WriteRow Write(long record, string field) => new(0, "r1", Hub, record, field, "", "value", WriteState.Sent, T);
}
