using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Tests.Compliance;
using Npgsql;

namespace CrmLeadQualifier.Storage.Tests.Postgres;

/// <summary>What only a database server can hold or refuse.</summary>
public sealed class PostgresDatabaseTests() : LedgerCompliance(new PostgresStore())
{
    private PostgresStore Server => (PostgresStore)Store;

    [SkippableFact]
    public async Task A_schema_of_something_else_is_refused_and_left_as_it_is()
    {
        await using var store = new PostgresStore();
        store.Execute("CREATE SCHEMA ledger; CREATE TABLE ledger.invoice (id int)");
        await using var ledger = store.Connect(TimeProvider.System);

        Assert.Contains("something else", (await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.OpenAsync(default))).Message);
        await Assert.ThrowsAsync<LedgerSchemaException>(() => ledger.MigrateAsync(default));
        store.Execute("SELECT id FROM ledger.invoice");
    }

    [SkippableFact]
    public async Task A_database_that_is_used_by_another_program_too_is_shared_with_it()
    {
        await using var store = new PostgresStore();
        store.Execute("CREATE TABLE lead (id int)");
        await using var ledger = store.Connect(TimeProvider.System);

        await ledger.OpenAsync(default);

        Assert.Equal(0L, store.Execute("SELECT count(*) FROM public.lead"));
        Assert.Equal(0L, store.Execute("SELECT count(*) FROM ledger.lead"));
    }

    [SkippableTheory]
    [InlineData("lead_view")]
    [InlineData("transition_view")]
    [InlineData("activity_view")]
    [InlineData("write_view")]
    public void People_can_read_the_views(string view) => Server.Execute($"SET search_path = ledger; SELECT * FROM {view}");

    [SkippableFact]
    public async Task The_views_show_instants_as_text()
    {
        await AddLeadAsync("1");
        await WriteAsync(tx => tx.Activities.SaveAsync([new ActivityRow(Hub, "a", "1", "call", T + TimeSpan.FromMilliseconds(7))]));

        Assert.Equal("2026-11-23T09:30:00.007Z", Server.Execute("SET search_path = ledger; SELECT at FROM activity_view"));
    }

    [SkippableTheory]
    [InlineData(1_000)]
    [InlineData(3_000)]
    [InlineData(200_000)]
    public async Task Attributes_of_any_length_come_back(int length)
    {
        var lead = await AddLeadAsync("1");
        // Random, so that no compression makes them fit.
        var random = new Random(7);
        var text = string.Concat(Enumerable.Range(0, length).Select(_ => (char)random.Next(0x4e00, 0x9fff)));
        ActivityRow row = new(Hub, "a", "1", "page_view", T) { Attributes = Texts(("url", text)) };
        Assert.Equal(2, await WriteAsync(tx => tx.Activities.SaveAsync([row, row with { ExternalId = "b", Attributes = Texts(("url", "short")) }])));

        Assert.Equal(0, await WriteAsync(tx => tx.Activities.SaveAsync([row])));
        var read = (await ReadAsync(tx => tx.Activities.OfLeadsAsync([lead])))[lead];
        Assert.Equal([text, "short"], read.Select(activity => activity.Attributes["url"]));
        Assert.Equal(1, await WriteAsync(tx => tx.Activities.SaveAsync([row with { Attributes = Texts(("url", "short now")) }])));
        Assert.Equal("short now", (await ReadAsync(tx => tx.Activities.OfLeadsAsync([lead])))[lead][0].Attributes["url"]);
    }

    [SkippableFact]
    public async Task Activities_of_a_ledger_from_before_they_were_packed_are_upgraded_with_it()
    {
        await using var store = new PostgresStore();
        store.Execute($"CREATE SCHEMA ledger; SET search_path = ledger; {Script("0001-ledger")} {Script("0002-worker")}");
        store.Execute(
            """
            SET search_path = ledger;
            CREATE TABLE schema_version (schemaversionsid serial PRIMARY KEY, scriptname varchar(255) NOT NULL, applied timestamp NOT NULL);
            INSERT INTO schema_version (scriptname, applied) VALUES ('0001-ledger', '2026-01-01'), ('0002-worker', '2026-01-02');
            INSERT INTO connection (id, name, crm, account_id, mode, settings, secrets, created_at) VALUES (1, 'hub', 'hubspot', '1', 'observe', '{}', '', 0);
            INSERT INTO lead (id, stage, is_held, is_released, is_due, version, hand_over_record_id, state_json, notes_json) VALUES (7, 'lead', false, false, true, 0, 0, '{}', '[]');
            """);
        ActivityRow[] rows =
        [
            new(1, "a", "1", "page_view", T) { Attributes = Texts(("url", "/été?a=\"b\""), ("title", "x\0y")), IsApproximate = true, Email = "ann@x.test", UserId = "ü", CopyOf = "hubspot:1" },
            new(1, "b", "", "call", T - TimeSpan.FromDays(20_000)) { Attributes = Texts(), IsDayOnly = true, Email = "" },
            new(1, "c", "1", "page_view", T - TimeSpan.FromDays(1)) { Attributes = Texts(("url", new string('é', 2_000))) },
            new(1, "d", "1", "page_view", T - TimeSpan.FromDays(2)) { Attributes = Texts(("url", new string('u', 1_400))), Email = new string('e', 1_000) },
        ];
        rows = Array.ConvertAll(rows, row => row with { LeadId = 7, SeenAt = T });
        store.Execute("SET search_path = ledger; " + string.Concat(rows.Select(row =>
        {
            var json = Literal(LedgerTexts(row.Attributes));
            var isLong = row.ExternalId == "c";
            return FormattableString.Invariant(
                $"""
                INSERT INTO activity VALUES (7, {row.At.UnixMilliseconds}, 1, {row.SeenAt.UnixMilliseconds}, {row.IsApproximate}, {row.IsDayOnly}, false, '{row.ExternalId}', '{row.RecordId}',
                    '{row.Kind}', {(isLong ? "NULL" : json)}, {Literal(row.Email)}, {Literal(row.UserId)}, {Literal(row.CopyOf)}, {(isLong ? json : "NULL")});
                """);
        })));
        await using var ledger = store.Connect(TimeProvider.System);

        Assert.Contains("0003-packed-activities", await ledger.MigrateAsync(default));

        await ledger.OpenAsync(default);
        await using var transaction = await ledger.BeginReadAsync(default);
        Assert.Equivalent(rows.OrderByDescending(row => row.At), (await transaction.Activities.OfLeadsAsync([7]))[7], strict: true);
    }

    [SkippableFact]
    public async Task An_address_longer_than_an_entry_of_an_index_is_found()
    {
        var random = new Random(7);
        var address = string.Concat(Enumerable.Range(0, 5_000).Select(_ => (char)random.Next('a', 'z'))) + "@x.test";
        var lead = await AddLeadAsync("1", address);

        Assert.Equal(lead, Assert.Single(await ReadAsync(tx => tx.Records.HoldersAsync([new("email", address)]))).LeadId);
    }

    [SkippableFact]
    public async Task A_bulk_of_activities_is_read_from_the_index_alone()
    {
        await WriteAsync(async tx =>
        {
            var leads = await tx.Leads.CreateAsync(1000);
            await tx.Records.SaveAsync([.. leads.Select((lead, i) => Contact($"{i}") with { LeadId = lead })]);
        });
        await WriteAsync(tx => tx.Activities.SaveAsync([.. Enumerable.Range(0, 100_000).Select(i => new ActivityRow(Hub, $"a{i}", $"{i % 1000}", "call", T))]));

        var plan = (string)Server.Execute(
            """
            SET search_path = ledger; SET enable_seqscan = off;
            CREATE FUNCTION pg_temp.plan() RETURNS text LANGUAGE plpgsql AS $$
            DECLARE line text; lines text := '';
            BEGIN
                FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT lead_id, at, packed FROM activity WHERE lead_id <> 0 AND lead_id = ANY (ARRAY[7, 8, 9]) AND NOT is_withdrawn' LOOP
                    lines := lines || line || E'\n';
                END LOOP;
                RETURN lines;
            END $$;
            SELECT pg_temp.plan()
            """)!;
        Assert.Contains("Index Only Scan using activity_by_lead", plan);
        Assert.Contains("Heap Fetches: 0", plan);
    }

    [SkippableFact]
    public async Task A_refusal_by_the_database_names_no_values()
    {
        await AddContactAsync("someone@x.test");

        var refusal = await Assert.ThrowsAsync<PostgresException>(() => AddContactAsync("someone@x.test"));

        Assert.DoesNotContain("someone", refusal.ToString());
    }

    private static string Script(string name)
    {
        using var script = new StreamReader(typeof(PostgresLedger).Assembly.GetManifestResourceStream($"CrmLeadQualifier.Storage.Postgres.Migrations.{name}.sql")!);
        return script.ReadToEnd();
    }

    private static string LedgerTexts(IReadOnlyDictionary<string, string> texts) =>
        "{" + string.Join(",", texts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"\"{pair.Key}\":\"{pair.Value.Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\0", "\\u0000", StringComparison.Ordinal)}\"")) + "}";

    private static string Literal(string? text) => text is null ? "NULL" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
