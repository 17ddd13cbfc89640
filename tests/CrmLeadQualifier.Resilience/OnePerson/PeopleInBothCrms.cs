using System.Globalization;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience.OnePerson;

/// <summary>The emulated HubSpot and Salesforce with the same people, the program live on both, and sales working in Salesforce.</summary>
public sealed class PeopleInBothCrms : IDisposable
{
    public const string Seller = "claire.dubois@vendor.example";

    private const string Start = "2026-11-23T09:00:00Z";

    private readonly Queue<Person> _strangers = new();

    private PeopleInBothCrms(SandboxUnderTest sandbox, Engine engine)
    {
        Sandbox = sandbox;
        Workplace = new Workplace(engine);
    }

    public SandboxUnderTest Sandbox { get; }

    public Workplace Workplace { get; }

    public OrgUnderTest Org => Sandbox.Org!;

    /// <summary>What the runs said.</summary>
    public string Said { get; private set; } = "";

    /// <param name="faults">What the org does from the beginning.</param>
    public static async Task<PeopleInBothCrms> LiveAsync(Engine engine = Engine.Sqlite, string faults = "")
    {
        var people = new PeopleInBothCrms(
            await SandboxUnderTest.StartAsync(["--contacts", "80", "--seed", "23", "--split", "both", "--rate-limits", "off", "--at", Start, .. faults.Length > 0 ? new[] { "--faults", faults } : []]), engine);
        // What people do in either CRM makes one point each, for ever: the points are the count.
        var agreement = (await File.ReadAllTextAsync(Repository.File("definitions", "b2b-software.en.yaml"))).ReplaceLineEndings("\n");
        const string Criteria = "  decay: { lose: 50%, every: 30d }\n  criteria:\n";
        Assert.Contains(Criteria, agreement, StringComparison.Ordinal);
        await File.WriteAllTextAsync(
            people.Workplace.File("agreement.yaml"),
            agreement.Replace(Criteria, Criteria + "    - id: in_touch\n      label: In touch\n      on: [call, meeting, task, note, email_sent, event_registration]\n      points: 1\n      at_most: 60\n      decay: none\n",
                StringComparison.Ordinal));
        await people.Workplace.SignAsync(people.Workplace.File("agreement.yaml"), Start);
        await people.Workplace.GoLiveAsync(people.Sandbox.BaseUrl, people.Sandbox.Token, Start);
        await people.Workplace.GoLiveAsync(people.Org, Start);
        await people.SyncAsync();
        await people.FindStrangersAsync();
        return people;
    }

    /// <summary>A run a quarter of an hour later: whatever people did before is committed and indexed.</summary>
    public async Task<Finished> SyncAsync(params string[] options)
    {
        var at = await LaterAsync();
        var run = (await Workplace.RunAsync(["sync", "--yes", "--at", at, .. options])).Expect(0);
        Said += run.Output + run.Error;
        return run;
    }

    /// <summary>Another run finds nothing to write.</summary>
    public async Task AssertQuietAsync()
    {
        var run = (await Workplace.RunAsync("sync", "--yes", "--at", await LaterAsync(), "--format", "json")).Expect(0).Json;
        Assert.All(run["connections"]!.AsArray(), connection => Assert.Equal(("0", $"{connection!["name"]}"), ($"{connection["fields_written"]}", $"{connection["name"]}")));
    }

    /// <summary>A quarter of an hour later.</summary>
    public async Task<string> LaterAsync()
    {
        await Sandbox.AdvanceAsync("15m");
        return (await Sandbox.GetAsync("/__sandbox/clock"))["now"]!.GetValue<DateTimeOffset>().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }

    /// <summary>The next person who is a contact in HubSpot and an open Lead in Salesforce, and of whom no test has spoken.</summary>
    public Person Next() => _strangers.Dequeue();

    /// <summary>A user did something with the person, told by Salesforce.</summary>
    public Task ActAsync(string record, string kind, object? attributes = null) => Org.ActAsync(TypeOf(record), record, new { kind, attributes = attributes ?? new { }, user = Seller });

    /// <summary>The same, told by HubSpot.</summary>
    public Task ActInHubSpotAsync(string contact, string kind, object? attributes = null) =>
        Sandbox.PostAsync($"/__sandbox/people/contacts/{contact}/activities", new { kind, attributes = attributes ?? new { } });

    /// <summary>The person asks for a demo, and is handed over with the next run.</summary>
    public Task AskForDemoAsync(Person person) => ActInHubSpotAsync(person.Contact, "form_submission", new { form = "Request a demo" });

    public Task AnswerAsync(string record, string verdict, string? reason = null) =>
        Org.EditAsync(TypeOf(record), record, new { LQ_Verdict__c = verdict, LQ_Rejection_Reason__c = reason }, Seller);

    /// <summary>Answers the survivor's id, which is a new one.</summary>
    public async Task<string> MergeContactsAsync(string contact, string other) =>
        (await Sandbox.PostAsync($"/__sandbox/people/contacts/{contact}/merge", new { other, user = Seller }))!["id"]!.GetValue<string>();

    public async Task<string> CreateContactAsync(string lastName, string? email, string account) =>
        await Org.CreateAsync("Contact", new { LastName = lastName, Email = email, AccountId = account, OwnerId = await SellerIdAsync() });

    public async Task<string> AccountAsync(string name) => await Org.CreateAsync("Account", new { Name = name });

    public async Task<string> SellerIdAsync() => (await Org.QueryAsync($"SELECT Id FROM User WHERE Email = '{Seller}'"))[0]["Id"]!.GetValue<string>();

    /// <summary>The one lead of the person with that address, as <c>explain</c> shows it.</summary>
    public async Task<OneLead> LeadAsync(string email) => new((await Workplace.RunAsync("explain", email, "--format", "json")).Expect(0).Json);

    /// <summary>One lead has all of these records, whichever CRM they are in, and no other lead has a record of the person.</summary>
    public async Task<long> AssertOneLeadAsync(params string[] records)
    {
        var rows = await Workplace.QueryAsync($"SELECT external_id, lead_id FROM record WHERE external_id IN ({string.Join(", ", records.Select(id => $"'{id}'"))})");
        Assert.Equal(records.Order(StringComparer.Ordinal), rows.Select(row => (string)row[0]).Order(StringComparer.Ordinal));
        return Convert.ToInt64(Assert.Single(rows.Select(row => row[1]).Distinct()), CultureInfo.InvariantCulture);
    }

    /// <summary>These records show one stage and one score, the given one.</summary>
    public async Task AssertShownAsync(string stage, params string[] records)
    {
        var shown = new List<(string Id, string? Stage, decimal? Score)>();
        foreach (var id in records)
        {
            var fields = await ShownAsync(id);
            shown.Add((id, fields["stage"], fields["score"] is { } score ? decimal.Parse(score, CultureInfo.InvariantCulture) : null));
        }

        Assert.All(shown, row => Assert.Equal((row.Id, stage, shown[0].Score), (row.Id, row.Stage, row.Score)));
        Assert.NotNull(shown[0].Score);
    }

    /// <summary>Our fields on a record of either CRM.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> ShownAsync(string id)
    {
        string[] fields = ["stage", "score", "verdict", "rejection_reason", "answer", "handed_over_at", "grade"];
        if (IsOfHubSpot(id))
        {
            var properties = (await Sandbox.GetAsync($"/crm/v3/objects/contacts/{id}?properties={string.Join(',', fields.Select(field => "lq_" + field))}"))["properties"]!;
            return fields.ToDictionary(field => field, field => Text(properties["lq_" + field]));
        }

        var names = fields.ToDictionary(field => field, field => $"LQ_{string.Join('_', field.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]))}__c");
        var row = Assert.Single(await Org.QueryAsync($"SELECT {string.Join(", ", names.Values)} FROM {TypeOf(id)} WHERE Id = '{id}'"));
        return fields.ToDictionary(field => field, field => Text(row[names[field]]));
    }

    /// <summary>How often the lead was handed over, and how often it became MQL.</summary>
    public async Task<(long HandOvers, long Mqls)> HandOversAsync(long lead)
    {
        var row = (await Workplace.QueryAsync(
            $"SELECT (SELECT count(DISTINCT handed_over_at) FROM hand_over WHERE lead_id = {lead}), (SELECT count(*) FROM transition WHERE lead_id = {lead} AND to_stage = 'mql')"))[0];
        return (Convert.ToInt64(row[0], CultureInfo.InvariantCulture), Convert.ToInt64(row[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Nothing waits for an admin, nobody overrode anything, no write was refused.</summary>
    public async Task AssertUndisturbedAsync()
    {
        Assert.Empty(await Workplace.QueryAsync("SELECT external_id, reason FROM quarantine"));
        Assert.Empty(await Workplace.QueryAsync("SELECT external_id, parked FROM record WHERE coalesce(parked, 'converted') <> 'converted'"));
        Assert.DoesNotContain("drift", Said, StringComparison.Ordinal);
        Assert.DoesNotContain("another writer", Said, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Sandbox.Dispose();
        Workplace.Dispose();
    }

    private static bool IsOfHubSpot(string id) => id.All(char.IsAsciiDigit);

    public static string TypeOf(string id) => id[..3] switch
    {
        "00Q" => "Lead",
        "003" => "Contact",
        "001" => "Account",
        _ => throw new ArgumentException("no person of Salesforce", nameof(id)),
    };

    private static string? Text(JsonNode? value) => value?.ToString() is { Length: > 0 } text ? text : null;

    /// <summary>Whom the agreement would hand over with a demo request: a fit, no customer, nobody's opportunity, with an owner in Salesforce.</summary>
    private async Task FindStrangersAsync()
    {
        var contacts = (await Sandbox.ContactsAsync("email", "lq_stage", "lq_status", "lq_profile")).Where(contact => Text(contact.Value["email"]) is not null)
            .ToDictionary(contact => contact.Value["email"]!.GetValue<string>());
        var seller = await SellerIdAsync();
        foreach (var lead in await Org.QueryAsync("SELECT Id, Email, Company FROM Lead WHERE Email != null AND IsConverted = false AND HasOptedOutOfEmail = false ORDER BY Email"))
        {
            var email = lead["Email"]!.GetValue<string>();
            if (contacts.TryGetValue(email, out var contact) && Text(contact.Value["lq_stage"]) == "lead" && Text(contact.Value["lq_status"]) is "qualified" or "not_yet"
                && decimal.TryParse(Text(contact.Value["lq_profile"]), CultureInfo.InvariantCulture, out var profile) && profile >= 40)
            {
                var id = lead["Id"]!.GetValue<string>();
                _strangers.Enqueue(new Person(email, contact.Key, id, lead["Company"]!.GetValue<string>()));
                await Org.EditAsync("Lead", id, new { OwnerId = seller }, Seller);
            }
        }

        await SyncAsync();
    }
}

/// <param name="Contact">In HubSpot.</param>
/// <param name="Lead">In Salesforce.</param>
public sealed record Person(string Email, string Contact, string Lead, string Company);

/// <summary>What <c>explain --format json</c> says of a lead.</summary>
public sealed class OneLead(JsonNode explanation)
{
    public override string ToString() => explanation.ToJsonString();

    public string Summary => explanation["summary"]!.GetValue<string>();

    /// <summary>Kind and identity, each as often as it is told.</summary>
    public IReadOnlyList<string> Activities => [.. Section("Activities").Select(row => $"{row[1]} {row[3]} {row[4]}").Order(StringComparer.Ordinal)];

    public int InTouch => int.Parse(Section("Criteria").SingleOrDefault(row => row[0] == "in_touch")?[2] ?? "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    public IReadOnlyList<string> Verdicts => [.. Section("Verdicts").Select(row => $"{row[1]} {row[2]}".Trim())];

    public IReadOnlyList<string> Stages => [.. Section("Stages").Select(row => $"{row[2]} {row[3]}")];

    /// <summary>What the criterion counts, as the activities tell it.</summary>
    public int InTouchActivities => Activities.Count(activity =>
        new[] { "call ", "meeting ", "task ", "note ", "email_sent ", "event_registration " }.Any(kind => activity.StartsWith(kind, StringComparison.Ordinal)) && !activity.Contains("not counted", StringComparison.Ordinal));

    /// <summary>Every activity is there once, and counts once.</summary>
    public OneLead AssertNothingTwice()
    {
        Assert.Equal(Activities.Distinct(), Activities);
        Assert.Equal(InTouchActivities, InTouch);
        return this;
    }

    private IEnumerable<string[]> Section(string title) => explanation["sections"]!.AsArray().Where(section => section!["title"]!.GetValue<string>() == title)
        .SelectMany(section => section!["rows"]!.AsArray().Select(row => row!.AsArray().Select(cell => cell?.ToString() ?? "").ToArray()));
}
