namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>The sandbox's answers about contacts beside HubSpot's recorded ones: status, keys and types.</summary>
public sealed class ContactAnswers
{
    private const string Contacts = "/crm/objects/2026-03/contacts";

    [SkippableFact]
    public async Task Batch_create()
    {
        var recording = Recording.Read("amp/contacts-batch-create-200-success");
        await using var portal = await SandboxPortal.StartAsync();
        var inputs = new[] { "a", "b" }.Select(name => new { properties = new { email = $"{name}@b.fr", firstname = name, lastname = "Nash" } });
        var answer = await portal.SendAsync("POST", Contacts + "/batch/create", new { inputs });
        answer.AssertAsRecorded(recording, status: 201);
        var recorded = recording.Body.GetProperty("results")[0].GetProperty("properties").GetProperty("hs_lifecyclestage_lead_date").GetString()!;
        var answered = answer.Json.GetProperty("results")[0].GetProperty("properties").GetProperty("hs_lifecyclestage_lead_date").GetString()!;
        Assert.Equal(recorded.All(char.IsDigit), answered.All(char.IsDigit));
    }

    [SkippableFact]
    public async Task Batch_create_where_one_exists()
    {
        await using var portal = await SandboxPortal.StartAsync();
        await portal.CreateAsync("contacts", new { email = "a@b.fr" });
        object[] inputs = [new { properties = new { email = "a@b.fr" }, objectWriteTraceId = "0" },
            new { properties = new { email = "c@b.fr" }, objectWriteTraceId = "1" }];
        (await portal.SendAsync("POST", Contacts + "/batch/create", new { inputs }))
            .AssertAsRecorded(Recording.Read("amp/contacts-batch-create-207-partial-existing"));
        object[] untraced = [new { properties = new { email = "a@b.fr" } }];
        (await portal.SendAsync("POST", Contacts + "/batch/create", new { inputs = untraced }))
            .AssertAsRecorded(Recording.Read("amp/contacts-batch-create-409-conflict"));
    }

    [SkippableTheory]
    [InlineData("amp/contacts-batch-create-400-many-invalid-properties", "create")]
    [InlineData("amp/contacts-batch-update-400-many-invalid-properties", "update")]
    public async Task Unknown_properties(string name, string verb)
    {
        var recording = Recording.Read(name);
        await using var portal = await SandboxPortal.StartAsync();
        var row = new { first000name = "x", last000name = "y" };
        var inputs = new[] { "1", "2" }.Select(id => new { id, properties = row });
        var answer = await portal.SendAsync("POST", $"{Contacts}/batch/{verb}", new { inputs });
        answer.AssertAsRecorded(recording);
        Assert.Equal(recording.Body.GetProperty("message").GetString(), answer.Json.GetProperty("message").GetString());
        Assert.Equal(4, answer.Json.GetProperty("errors").GetArrayLength());
    }

    [SkippableFact]
    public async Task Batch_read()
    {
        var recording = Recording.Read("amp/contacts-batch-read-200");
        await using var portal = await SandboxPortal.StartAsync();
        var id = await portal.CreateAsync("contacts", new { email = "a@b.fr", firstname = "A", lastname = "Nash" });
        (await portal.SendAsync("POST", Contacts + "/batch/read", new { inputs = new[] { new { id } } })).AssertAsRecorded(recording, propertyNames: true);
    }

    [SkippableFact]
    public async Task Batch_update()
    {
        await using var portal = await SandboxPortal.StartAsync();
        var id = await portal.CreateAsync("contacts", new { email = "a@b.fr" });
        object known = new { id, properties = new { firstname = "A (updated)", lastname = "Nash (updated)" } };
        object unknown = new { id = "unknownIdentifier888", properties = new { firstname = "B" } };
        (await portal.SendAsync("POST", Contacts + "/batch/update", new { inputs = new[] { known } }))
            .AssertAsRecorded(Recording.Read("amp/contacts-batch-update-200-success"), propertyNames: true);
        (await portal.SendAsync("POST", Contacts + "/batch/update", new { inputs = new[] { known, unknown } }))
            .AssertAsRecorded(Recording.Read("amp/contacts-batch-update-207-partial-not-found"), propertyNames: true);
        (await portal.SendAsync("POST", Contacts + "/batch/update", new { inputs = new[] { known, known } }))
            .AssertAsRecorded(Recording.Read("amp/contacts-batch-update-400-duplicate-ids"));
    }

    [SkippableFact]
    public async Task Search()
    {
        var recording = Recording.Read("amp/contacts-search-200-page1");
        await using var portal = await SandboxPortal.StartAsync();
        for (var i = 0; i < 2; i++)
            await portal.CreateAsync("contacts", new { email = $"a{i}@b.fr", firstname = "A", lastname = "Nash" });
        await portal.IndexAsync();
        var properties = new[] { "company", "email", "firstname", "lastname", "phone", "website" };
        (await portal.SendAsync("POST", Contacts + "/search", new { limit = 1, properties })).AssertAsRecorded(recording, propertyNames: true);
        (await portal.SendAsync("POST", "/crm/objects/2026-03/butterflies/search", new { }))
            .AssertAsRecorded(Recording.Read("amp/search-400-unknown-object-no-category"));
    }

    [SkippableFact]
    public async Task List()
    {
        await using var portal = await SandboxPortal.StartAsync();
        for (var i = 0; i < 2; i++)
            await portal.CreateAsync("contacts", new { email = $"a{i}@b.fr", firstname = "A", lastname = "Nash" });
        (await portal.SendAsync("GET", "/crm/v3/objects/contacts?limit=1")).AssertAsRecorded(Recording.Read("cc/contacts-list-limit1-paging"),
            propertyNames: true);
    }

    [SkippableFact]
    public async Task List_with_history_and_associations()
    {
        var recording = Recording.Read("dlt/contacts-list-propertiesWithHistory");
        await using var portal = await SandboxPortal.StartAsync();
        var contact = await portal.CreateAsync("contacts", new { email = "a@b.fr", city = "Lyon" });
        await portal.SendAsync("POST", $"/__sandbox/people/contacts/{contact}", new { properties = new { city = "Nantes" }, user = "2506672" });
        await portal.AssociateAsync("deals", await portal.CreateAsync("deals", new { dealname = "D" }), "contacts", contact);
        var answer = await portal.SendAsync("GET", "/crm/v3/objects/contacts?propertiesWithHistory=city,address&associations=deals");
        answer.AssertAsRecorded(recording, exceptKeys: "url");
    }
}
