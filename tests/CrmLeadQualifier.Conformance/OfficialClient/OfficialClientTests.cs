using System.Text.Json;

namespace CrmLeadQualifier.Conformance.OfficialClient;

/// <summary>
/// HubSpot's official client for Node (<c>@hubspot/api-client</c> 13.5.0), which knows nothing of us, uses the emulated HubSpot through its own methods and reads its
/// answers by its own types.
/// </summary>
public sealed class OfficialClientTests(NodeClient node) : IClassFixture<NodeClient>
{
    private static void AssertSame(object expected, JsonElement actual) => Assert.Equal(JsonSerializer.Serialize(expected), JsonSerializer.Serialize(actual));

    [SkippableFact]
    public void Pages_lead_from_one_to_the_next() =>
        AssertSame(new { rows = 2, values = "string", stage = "lead", createdAt = true, goesOn = true, all = 40, company = true }, node.Step("page"));

    [SkippableFact]
    public void Search_pages_by_offset_and_ends_at_ten_thousand()
    {
        var found = node.Step("search");
        Assert.InRange(found.GetProperty("total").GetInt32(), 30, 40);
        Assert.Equal((3, "3", true, 400), (found.GetProperty("rows").GetInt32(), found.GetProperty("after").GetString(), found.GetProperty("others").GetBoolean(),
            found.GetProperty("beyond").GetInt32()));
    }

    [SkippableFact]
    public void A_batch_read_has_its_rows_errors_and_histories() => AssertSame(
        new { rows = 2, errors = 1, category = "OBJECT_NOT_FOUND", ids = new[] { "999" }, history = "IMPORT" }, node.Step("batch_read"));

    [SkippableFact]
    public void A_batch_update_succeeds_succeeds_in_part_or_is_refused() => AssertSame(
        new
        {
            status = "COMPLETE", startedAt = true, city = "Lyon",
            partial = new { rows = 1, errors = 1, category = "OBJECT_NOT_FOUND", ids = new[] { "999" } },
            twice = new { status = 400, category = "VALIDATION_ERROR", ids = node.Step("batch_update").GetProperty("twice").GetProperty("ids") },
            unknown = new { status = 400, code = "PROPERTY_DOESNT_EXIST" },
        },
        node.Step("batch_update"));

    [SkippableFact]
    public void A_batch_create_names_the_row_that_exists()
    {
        var created = node.Step("batch_create");
        Assert.Equal("lead", created.GetProperty("stage").GetString());
        AssertSame(new { rows = 1, trace = new[] { "c" }, existing = new[] { created.GetProperty("id").GetString() } }, created.GetProperty("partial"));
        AssertSame(new { status = 409, category = "CONFLICT" }, created.GetProperty("conflict"));
    }

    [SkippableFact]
    public void Single_records_are_made_found_by_address_changed_and_archived() =>
        AssertSame(new { city = "Brest", gone = 404, archived = true }, node.Step("single"));

    [SkippableFact]
    public void A_merge_gives_another_id_and_a_purge_is_for_good()
    {
        var merged = node.Step("merge_and_purge");
        Assert.True(merged.GetProperty("another").GetBoolean() && merged.GetProperty("resolves").GetBoolean());
        Assert.Equal(2, merged.GetProperty("merged").GetString()!.Split(';').Length);
        Assert.Equal((404, 400), (merged.GetProperty("gone").GetInt32(), merged.GetProperty("again").GetInt32()));
    }

    [SkippableFact]
    public void Associations_are_made_read_in_batches_and_by_one_and_removed()
    {
        var linked = node.Step("associations");
        Assert.Equal("crm.associations.NO_ASSOCIATIONS_FOUND", linked.GetProperty("subCategory").GetString());
        Assert.Equal((1, 1, 0, 0), (linked.GetProperty("rows").GetInt32(), linked.GetProperty("errors").GetInt32(), linked.GetProperty("labels").GetInt32(),
            linked.GetProperty("left").GetInt32()));
        Assert.True(linked.GetProperty("from").GetBoolean() && linked.GetProperty("knows").GetBoolean());
        Assert.Contains(279, linked.GetProperty("typeId").EnumerateArray().Select(type => type.GetInt32()));
        AssertSame(new[] { 1, 279 }, linked.GetProperty("primary"));
    }

    [SkippableFact]
    public void Properties_and_groups_are_made_changed_listed_and_archived() => AssertSame(
        new
        {
            group = "official", created = 2, again = new { rows = 1, category = "OBJECT_ALREADY_EXISTS", name = new[] { "of_text" } }, options = new[] { "one", "two" },
            read = "official", known = true, groups = true, gone = 404,
        },
        node.Step("properties"));

    [SkippableFact]
    public void Owners_are_no_users_and_archived_ones_stand_apart() => AssertSame(
        new { rows = 2, more = true, userId = "number", another = true, archived = 1, byEmail = 1, one = true }, node.Step("owners"));

    [SkippableFact]
    public void Pipelines_tell_the_stages_of_deals_and_of_contacts() => AssertSame(
        new
        {
            won = "1.0",
            stages = new[] { "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist", "other" },
            one = 7,
        },
        node.Step("pipelines"));

    [SkippableFact]
    public void Lists_are_filled_by_their_filter_or_by_hand()
    {
        var made = node.Step("lists");
        Assert.InRange(made.GetProperty("members").GetInt32(), 1, 60);
        Assert.Equal(("DYNAMIC", 1, true), (made.GetProperty("type").GetString(), made.GetProperty("added").GetInt32(), made.GetProperty("named").GetBoolean()));
        AssertSame(new[] { "Known city" }, made.GetProperty("found"));
    }

    [SkippableFact]
    public void Events_and_forms_are_paged_by_their_cursors()
    {
        var told = node.Step("signals");
        Assert.Equal((5, true, "string", true), (told.GetProperty("rows").GetInt32(), told.GetProperty("occurredAt").GetBoolean(), told.GetProperty("url").GetString(),
            told.GetProperty("others").GetBoolean()));
        Assert.InRange(told.GetProperty("forms").GetInt32(), 1, 50);
    }

    [SkippableFact]
    public void A_code_and_a_refresh_token_become_access_tokens_with_their_scopes() => AssertSame(
        new
        {
            state = "state", type = "bearer", expiresIn = 1_800, scopes = new[] { "crm.objects.contacts.read", "forms", "oauth" }, hubId = 44237313, rows = 1,
            refused = new { status = 403, scopes = new[] { "crm.objects.companies.read" } }, bad = new { status = 400, @is = "BAD_REFRESH_TOKEN" },
        },
        node.Step("oauth"));

    [SkippableFact]
    public void The_clients_own_retries_get_through() => AssertSame(new { searched = 1, page = 1 }, node.Step("retries"));

    [SkippableFact]
    public void Both_dated_versions_answer() => AssertSame(new { answers = new[] { 1, 1 }, usage = "number" }, node.Step("dated"));
}
