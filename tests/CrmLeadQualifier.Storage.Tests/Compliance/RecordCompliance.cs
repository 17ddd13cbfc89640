using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class RecordCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task Fields_that_an_account_lost_are_known_of_no_record_and_are_to_be_pushed_again()
    {
        var shown = Texts(("score", "1"), ("grade", "A1"), ("reasons", "+60 \"Démo\" · \\ a\nb"));
        await WriteAsync(tx => tx.Records.SaveAsync(
        [
            Contact("1") with { Known = shown, Desired = shown },
            Contact("2") with { Known = shown, Desired = shown, IsGone = true },
            Contact("3") with { Known = Texts(("grade", "A1")), Desired = Texts(("grade", "A1")) },
        ]));

        await WriteAsync(tx => tx.Records.ForgetKnownAsync(Hub, ["score", "status"]));

        var due = Assert.Single(await ReadAsync(tx => tx.Records.PushDueAsync(Hub, T, 0, 9)));
        Assert.Equal(Texts(("score", "1")), due.Differences());
        Assert.Equal(shown.Where(known => known.Key != "score").ToDictionary(), due.Known);
    }

    [SkippableFact]
    public async Task A_record_comes_back_as_it_was_saved()
    {
        var row = Contact("101") with
        {
            LeadId = 5,
            IsGone = true,
            Attributes = Texts(("country", "FR"), ("zzz", ""), ("aaa", "é")),
            OwnerId = "o",
            CompanyId = "c",
            Lifecycle = "lead",
            Known = Texts(("lq_score", "10")),
            Desired = Texts(("lq_score", "20")),
            SalesDue = Texts(("lq_verdict", "")),
            LifecycleDue = "mql",
            HandOverDue = 2,
            Overrides = new Dictionary<string, FieldOverride> { ["lq_grade"] = new("A1", "M. Roy", T), ["lq_stage"] = new("sql", null, T) },
            Foreign = Texts(("lq_status", "excluded")),
            Counters = Texts(("page_views", "12")),
            IsLinkDue = true,
            IsHistoryDue = true,
            PushNotBefore = T,
            Parked = "loop",
        };

        var id = (await WriteAsync(tx => tx.Records.SaveAsync([row])))[0];

        Assert.Equivalent(row with { Id = id }, await RecordAsync(id), strict: true);
        var changed = Contact("101") with { Id = id };
        Assert.Equal([id], await WriteAsync(tx => tx.Records.SaveAsync([changed])));
        Assert.Equivalent(changed, await RecordAsync(id), strict: true);
    }

    [SkippableFact]
    public async Task Ids_are_answered_in_the_order_of_the_rows_new_ones_and_old_ones_mixed()
    {
        var old = await AddContactAsync("1");

        var ids = await WriteAsync(tx => tx.Records.SaveAsync([Contact("2"), Contact("1") with { Id = old }, Contact("3")]));

        Assert.Equal(old, ids[1]);
        Assert.Equal(["2", "1", "3"], await Task.WhenAll(ids.Select(async id => (await RecordAsync(id)).ExternalId)));
    }

    [SkippableFact]
    public async Task A_record_that_is_not_there_cannot_be_updated() =>
        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(tx => tx.Records.SaveAsync([Contact("1") with { Id = 99 }])));

    [SkippableFact]
    public async Task Records_are_found_by_the_CRMs_ids_of_one_object_of_one_connection()
    {
        var other = await WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "other", "salesforce", "00D") { CreatedAt = T }));
        var mine = await AddContactAsync("1");
        await WriteAsync(tx => tx.Records.SaveAsync([Contact("1") with { Object = "lead" }, Contact("1") with { ConnectionId = other }, Contact("2")]));

        var found = await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", ["1", "1", "unknown"]));

        Assert.Equal(mine, Assert.Single(found).Id);
    }

    [SkippableFact]
    public async Task Records_are_found_by_their_leads_and_unlinked_ones_are_nobodys()
    {
        var lead = await AddLeadAsync("1");
        await AddContactAsync("2", lead);
        await AddContactAsync("3");

        Assert.Equal(["1", "2"], (await ReadAsync(tx => tx.Records.OfLeadsAsync([lead, 0]))).Select(record => record.ExternalId).Order());
    }

    [SkippableFact]
    public async Task Records_that_no_listing_showed_since_an_instant_are_found_page_by_page()
    {
        var (seen, old, never) = (await AddContactAsync("1"), await AddContactAsync("2"), await AddContactAsync("3"));
        await WriteAsync(tx => tx.Records.SaveAsync([Contact("4") with { IsGone = true }, Contact("5") with { Object = "lead" }]));
        await WriteAsync(tx => tx.Records.MarkSeenAsync([seen, old], T - TimeSpan.FromDays(1)));
        await WriteAsync(tx => tx.Records.MarkSeenAsync([seen], T));
        await WriteAsync(tx => tx.Records.MarkSeenAsync([], T));

        Assert.Equal([old], (await ReadAsync(tx => tx.Records.UnseenSinceAsync(Hub, "contact", T, 0, 1))).Select(record => record.Id));
        Assert.Equal([never], (await ReadAsync(tx => tx.Records.UnseenSinceAsync(Hub, "contact", T, old, 10))).Select(record => record.Id));
    }

    [SkippableFact]
    public async Task Thousands_of_ids_are_one_question()
    {
        var ids = await WriteAsync(tx => tx.Records.SaveAsync([.. Enumerable.Range(0, 40_000).Select(i => Contact($"c{i}"))]));

        Assert.Equal(40_000, (await ReadAsync(tx => tx.Records.GetAsync(ids))).Count);
        Assert.Equal(40_000, (await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", [.. Enumerable.Range(0, 40_000).Select(i => $"c{i}")]))).Count);
    }

    [SkippableFact]
    public async Task Keys_replace_those_before_and_name_all_their_holders()
    {
        var lead = await AddLeadAsync("1", "old@x.test", "shared@x.test");
        var linked = Assert.Single(await ReadAsync(tx => tx.Records.OfLeadsAsync([lead]))).Id;
        var unlinked = await AddContactAsync("2", 0, "shared@x.test");
        var shared = new IdentityKey("email", "shared@x.test");
        var contact = new IdentityKey("hubspot:1", "1");

        await WriteAsync(tx => tx.Records.SaveKeysAsync([new(linked, [shared, contact])]));

        Assert.Equal([shared, contact], (await ReadAsync(tx => tx.Records.KeysAsync([linked, unlinked])))[linked].OrderBy(key => key.Kind));
        var holders = await ReadAsync(tx => tx.Records.HoldersAsync([shared, contact, new("email", "old@x.test"), new("email", "1")]));
        Assert.Equal(
            [new(shared, linked, Hub, lead), new(shared, unlinked, Hub, 0), new(contact, linked, Hub, lead)],
            holders.OrderBy(holder => holder.Key.Kind).ThenBy(holder => holder.RecordId));

        await WriteAsync(async tx => await tx.Records.SaveAsync([.. (await tx.Records.GetAsync([linked])).Select(record => record with { IsGone = true })]));
        Assert.Equal(
            [new(shared, linked, Hub, lead, IsGone: true), new(shared, unlinked, Hub, 0)],
            (await ReadAsync(tx => tx.Records.HoldersAsync([shared]))).OrderBy(holder => holder.RecordId));
    }

    [SkippableFact]
    public async Task Records_to_be_linked_come_in_the_order_of_their_ids_and_history_by_connection()
    {
        var ids = await WriteAsync(tx => tx.Records.SaveAsync([
            Contact("1") with { IsLinkDue = true }, Contact("2"), Contact("3") with { IsLinkDue = true, IsHistoryDue = true }, Contact("4") with { IsLinkDue = true },
        ]));

        Assert.Equal([ids[0], ids[2]], (await ReadAsync(tx => tx.Records.LinkDueAsync(2))).Select(record => record.Id));
        Assert.Equal([ids[2]], (await ReadAsync(tx => tx.Records.HistoryDueAsync(Hub, 9))).Select(record => record.Id));
        Assert.Empty(await ReadAsync(tx => tx.Records.HistoryDueAsync(Hub + 1, 9)));
    }

    [SkippableFact]
    public async Task What_is_to_be_pushed_by_T_comes_in_the_order_of_ids_and_is_counted()
    {
        var due = Contact("") with { Desired = Texts(("score", "20")) };
        var ids = await WriteAsync(tx => tx.Records.SaveAsync([
            due with { ExternalId = "due" },
            due with { ExternalId = "now", PushNotBefore = T, LifecycleDue = "mql" },
            due with { ExternalId = "later", PushNotBefore = T + TimeSpan.FromMilliseconds(1) },
            due with { ExternalId = "gone", IsGone = true },
            due with { ExternalId = "parked", Parked = "loop" },
            due with { ExternalId = "known", Known = Texts(("score", "20")) },
            Contact("undecided"),
            Contact("handed over") with { HandOverDue = 1 },
        ]));

        Assert.Equal(["due", "now", "handed over"], (await ReadAsync(tx => tx.Records.PushDueAsync(Hub, T, 0, 10))).Select(record => record.ExternalId));
        Assert.Equal(["now"], (await ReadAsync(tx => tx.Records.PushDueAsync(Hub, T, ids[0], 1))).Select(record => record.ExternalId));
        Assert.Equal(new PushCounts(Records: 7, PushDue: 3, LifecycleMoves: 1, HandOvers: 1), await ReadAsync(tx => tx.Records.CountPushDueAsync(Hub, T)));

        await WriteAsync(tx => tx.Records.SaveAsync([due with { Id = ids[0], ExternalId = "due", Known = Texts(("score", "20")) }]));
        Assert.Equal(2, (await ReadAsync(tx => tx.Records.CountPushDueAsync(Hub, T))).PushDue);
    }

    [SkippableFact]
    public async Task Overridden_records_are_listed_of_one_connection_or_of_all()
    {
        var id = (await WriteAsync(tx => tx.Records.SaveAsync([
            Contact("1") with { Overrides = new Dictionary<string, FieldOverride> { ["score"] = new("1", "M. Roy", T) } }, Contact("2"),
        ])))[0];

        Assert.Equal([id], (await ReadAsync(tx => tx.Records.WithOverridesAsync(null))).Select(record => record.Id));
        Assert.Equal([id], (await ReadAsync(tx => tx.Records.WithOverridesAsync(Hub))).Select(record => record.Id));
        Assert.Empty(await ReadAsync(tx => tx.Records.WithOverridesAsync(Hub + 1)));
    }

    [SkippableFact]
    public async Task Only_companies_of_which_an_attribute_changed_are_answered_and_their_people_marked()
    {
        var (inside, outside) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await WriteAsync(async tx => await tx.Records.SaveAsync([.. (await tx.Records.OfLeadsAsync([inside])).Select(record => record with { CompanyId = "acme" })]));
        CompanyRow acme = new(Hub, "acme", Texts(("size", "10"), ("country", "FR"))), empty = new(Hub, "empty", Texts());

        Assert.Equal(["acme"], await WriteAsync(tx => tx.Records.SaveCompaniesAsync([acme, empty])));
        Assert.Empty(await WriteAsync(tx => tx.Records.SaveCompaniesAsync([acme with { Attributes = Texts(("country", "FR"), ("size", "10")) }, empty])));
        Assert.Equal(["acme"], await WriteAsync(tx => tx.Records.SaveCompaniesAsync([acme with { Attributes = Texts(("size", "11")) }])));
        Assert.Equivalent(
            new[] { acme with { Attributes = Texts(("size", "11")) }, empty }, await ReadAsync(tx => tx.Records.CompaniesAsync(Hub, ["acme", "empty", "unknown"])), strict: true);

        await WriteAsync(tx => tx.Records.MarkDueByCompanyAsync(Hub, ["acme", "unknown"]));
        Assert.Equal((true, false), (await IsDueAsync(inside), await IsDueAsync(outside)));
    }

    [SkippableFact]
    public async Task Owners_are_replaced_by_what_was_read_last()
    {
        var gone = new OwnerRow(Hub, "1", null, null, null, IsActive: false);
        await WriteAsync(tx => tx.Records.SaveOwnersAsync([new OwnerRow(Hub, "1", "u", "m@x.test", "M. Roy", IsActive: true)]));
        await WriteAsync(tx => tx.Records.SaveOwnersAsync([gone]));

        Assert.Equal([gone], await ReadAsync(tx => tx.Records.OwnersAsync(Hub)));
    }

    [SkippableFact]
    public async Task An_owner_who_comes_leaves_or_gets_another_address_marks_the_leads_of_its_records()
    {
        var (owned, other) = (await AddLeadAsync("1"), await AddLeadAsync("2"));
        await WriteAsync(async tx => await tx.Records.SaveAsync([.. (await tx.Records.OfLeadsAsync([owned])).Select(record => record with { OwnerId = "roy" })]));
        var roy = new OwnerRow(Hub, "roy", "u", "m@x.test", "M. Roy", IsActive: true);
        foreach (var owner in new[] { roy, roy with { IsActive = false }, roy with { IsActive = false, Email = "roy@x.test" } })
        {
            await WriteAsync(tx => tx.Records.SaveOwnersAsync([owner]));
            Assert.Equal((true, false), (await IsDueAsync(owned), await IsDueAsync(other)));

            await SettleAsync(owned);
            await WriteAsync(tx => tx.Records.SaveOwnersAsync([owner with { Name = "Another name" }]));
            Assert.False(await IsDueAsync(owned));
        }
    }

    [SkippableFact]
    public async Task All_leads_of_a_connection_are_marked_at_once()
    {
        var leads = new[] { await AddLeadAsync("1"), await AddLeadAsync("2") };

        await WriteAsync(tx => tx.Records.MarkDueByConnectionAsync(Hub));

        foreach (var lead in leads)
        {
            Assert.True(await IsDueAsync(lead));
        }
    }

    // By name: a test runner hands its arguments on as UTF-8, in which half an emoji is already lost.
    private static readonly Dictionary<string, (string Written, string Read)> AnyTexts = new()
    {
        ["empty"] = ("", ""),
        ["line breaks"] = ("line\r\nfeed\ttab", "line\r\nfeed\ttab"),
        ["NUL"] = ("before\0after", "before\0after"),
        ["control characters"] = ("\u0001\u001f\u007f\u2028", "\u0001\u001f\u007f\u2028"),
        ["emoji and quotes"] = ("Zoë 🚀 \"quoted\" \\ 'it''s'", "Zoë 🚀 \"quoted\" \\ 'it''s'"),
        ["half an emoji"] = ("cut \ud83d emoji", "cut \ufffd emoji"),
        ["the other half"] = ("\udc00", "\ufffd"),
        ["200 kB"] = (new string('é', 100_000), new string('é', 100_000)),
    };

    public static TheoryData<string> NamesOfTexts => [.. AnyTexts.Keys];

    [SkippableTheory]
    [MemberData(nameof(NamesOfTexts))]
    public async Task Any_text_comes_back_and_what_is_no_text_is_marked(string name)
    {
        var (text, read) = AnyTexts[name];
        var id = (await WriteAsync(tx => tx.Records.SaveAsync([
            Contact($"id{text}") with { OwnerId = text, Attributes = Texts(("name", text)), Overrides = new Dictionary<string, FieldOverride> { ["f"] = new(text, text, T) } },
        ])))[0];
        await WriteAsync(tx => tx.Records.SaveKeysAsync([new(id, [new("email", text)])]));

        var record = await RecordAsync(id);

        Assert.Equal(($"id{read}", read, read), (record.ExternalId, record.OwnerId, record.Attributes["name"]));
        Assert.Equal(new FieldOverride(read, read, T), record.Overrides["f"]);
        Assert.Equal([id], (await ReadAsync(tx => tx.Records.GetAsync(Hub, "contact", [$"id{text}"]))).Select(r => r.Id));
        Assert.Equal([id], (await ReadAsync(tx => tx.Records.HoldersAsync([new("email", text)]))).Select(holder => holder.RecordId));
    }

    private async Task<RecordRow> RecordAsync(long id) => Assert.Single(await ReadAsync(tx => tx.Records.GetAsync([id])));
}
