using CrmLeadQualifier.Storage;
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
                FOR line IN EXECUTE 'EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) SELECT lead_id, at, attributes_json, email, seen_at FROM activity WHERE lead_id <> 0 AND lead_id = ANY (ARRAY[7, 8, 9])' LOOP
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
}
