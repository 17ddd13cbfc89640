using System.Globalization;
using CrmLeadQualifier.Resilience.Processes;

namespace CrmLeadQualifier.Resilience;

/// <summary>
/// Three days beside the native connector, which copies people, activities, deals and lifecycle between the two CRMs every quarter of an hour: nothing is counted twice, and our
/// fields pass through the values that they pass through without it, where the same people do the same at the same instants.
/// </summary>
public sealed class BesideTheConnectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 7, 0, 0, TimeSpan.Zero);

    /// <summary>Of each day, from its morning: the last one is in the quiet hour of the night, when what only time changed is sent.</summary>
    private static readonly double[] Hours = [8, 11, 14, 17, 20.5, 26.5];

    private static readonly string[] Fields =
    [
        "lq_stage", "lq_status", "lq_answer", "lq_score", "lq_profile", "lq_behaviour", "lq_intent", "lq_grade", "lq_reasons", "lq_definition", "lq_handed_over_at",
        "lq_answer_due_at", "lq_first_contact_at", "lq_previous", "lq_verdict", "lq_rejection_reason", "lq_comment", "lq_recontact_on", "lq_verdict_at", "lq_verdict_by", "lifecyclestage",
    ];

    [Fact]
    public async Task Three_days_beside_the_connector_count_and_write_nothing_that_three_days_without_it_would_not()
    {
        var worlds = await Task.WhenAll(World.LiveAsync(hasConnector: false), World.LiveAsync(hasConnector: true));
        using var without = worlds[0];
        using var beside = worlds[1];

        await AssertCopiesAreMarkedAsync(beside);
        Assert.Empty(await without.CopiesInLedgerAsync());
        await AssertUndisturbedAsync(without);
        await AssertUndisturbedAsync(beside);
        await AssertSameWritesAsync(without, beside);
        await AssertOneTruthAsync(beside);
    }

    /// <summary>Every activity that the connector made is in the ledger, marked, and nothing else is.</summary>
    private static async Task AssertCopiesAreMarkedAsync(World beside)
    {
        var made = await beside.CopiesInCrmsAsync();
        Assert.True(made.Count(copy => copy.StartsWith("hub", StringComparison.Ordinal)) > 20, $"{made.Count} copies");
        Assert.True(made.Count(copy => copy.StartsWith("sf", StringComparison.Ordinal)) > 20, $"{made.Count} copies");
        Assert.Equal(made, await beside.CopiesInLedgerAsync());
    }

    /// <summary>No override, nothing parked or quarantined, no value that somebody else is said to have written.</summary>
    private static async Task AssertUndisturbedAsync(World world)
    {
        Assert.Empty(await world.Workplace.QueryAsync("SELECT external_id, parked FROM record WHERE has_overrides = 1 OR foreign_json <> '{}' OR coalesce(parked, 'converted') <> 'converted'"));
        Assert.Empty(await world.Workplace.QueryAsync("SELECT external_id, reason FROM quarantine"));
        Assert.DoesNotContain("drift", world.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("parked", world.Said, StringComparison.Ordinal);
    }

    private static async Task AssertSameWritesAsync(World without, World beside)
    {
        var (expected, actual) = (await without.HistoriesAsync(), await beside.HistoriesAsync());
        // What the connector makes anew is not there without it: a contact of who was in Salesforce only, and a Lead of whose contact reached marketing qualified lead.
        var made = (await beside.RecordsAsync()).Except(await without.RecordsAsync()).ToHashSet();
        Assert.NotEmpty(made);
        // Who is in HubSpot only waits for sales, which works in Salesforce, for ever; once the connector made a Lead, the hand-over begins there.
        var madeLeads = await beside.ContactsOfAsync(made);
        // The opportunity of a converted Lead is mirrored as a deal, which moves the contact to opportunity in HubSpot itself: further on than SQL, and so our write is one less there.
        var moved = $"{without.Converted.Contact} lifecyclestage";
        Assert.Equal(("salesqualifiedlead", ""), (expected.GetValueOrDefault(moved, ""), actual.GetValueOrDefault(moved, "")));
        Assert.Equal("opportunity", (await beside.Sandbox.ContactsAsync("lifecyclestage"))[beside.Converted.Contact]["lifecyclestage"]?.GetValue<string>());
        var different = expected.Keys.Union(actual.Keys).Order(StringComparer.Ordinal)
            .Where(key => !made.Contains(IdOf(key)) && key != moved)
            .Where(key => madeLeads.Contains(IdOf(key)) ? !Begins(actual, expected, key) : actual.GetValueOrDefault(key, "") != expected.GetValueOrDefault(key, ""))
            .Select(key => $"{key}: {actual.GetValueOrDefault(key, "")} instead of {expected.GetValueOrDefault(key, "")}")
            .ToList();
        Assert.True(different.Count == 0, $"{different.Count} of {expected.Count} differ:\n{string.Join('\n', different.Take(30))}\n{beside.Said}");
        Assert.True(expected.Count(entry => entry.Key.EndsWith("_score", StringComparison.OrdinalIgnoreCase) && entry.Value.Contains(" > ", StringComparison.Ordinal)) > 20);
        Assert.Contains(expected, entry => entry.Key.EndsWith(" LQ_Verdict__c", StringComparison.Ordinal));
    }

    /// <summary>All records of a person, those that the connector made too, show one stage and one score.</summary>
    private static async Task AssertOneTruthAsync(World beside)
    {
        var people = (await beside.Sandbox.ContactsAsync("email", "lq_stage", "lq_score")).Values
            .Where(contact => contact["email"]?.GetValue<string>() is { Length: > 0 })
            .ToDictionary(contact => contact["email"]!.GetValue<string>(), contact => (contact["lq_stage"]?.GetValue<string>(), Whole(contact["lq_score"]?.GetValue<string>())));
        var persons = new List<(string Email, string? Stage, decimal? Score)>();
        foreach (var type in new[] { "Lead", "Contact" })
        {
            persons.AddRange((await beside.Sandbox.Org!.QueryAsync($"SELECT Email, LQ_Stage__c, LQ_Score__c FROM {type} WHERE Email != null" + (type == "Lead" ? " AND IsConverted = false" : "")))
                .Select(person => (person["Email"]!.GetValue<string>(), person["LQ_Stage__c"]?.GetValue<string>(), Whole(person["LQ_Score__c"]?.ToString()))));
        }

        Assert.All(persons.Where(person => people.ContainsKey(person.Email)), person => Assert.Equal((person.Email, people[person.Email]), (person.Email, (person.Stage, person.Score))));
    }

    private static bool Begins(IReadOnlyDictionary<string, string> actual, IReadOnlyDictionary<string, string> expected, string key) =>
        !key.EndsWith(" lq_stage", StringComparison.Ordinal) || actual.GetValueOrDefault(key, "").StartsWith(expected.GetValueOrDefault(key, ""), StringComparison.Ordinal);

    private static string IdOf(string key) => key.Split(' ')[0];

    private static decimal? Whole(string? number) => string.IsNullOrEmpty(number) ? null : decimal.Parse(number, CultureInfo.InvariantCulture);

    /// <summary>Both CRMs with their people and a sales team, and the program between them, for three days.</summary>
    private sealed class World : IDisposable
    {
        private const string Seller = "claire.dubois@vendor.example";
        private const int Days = 3;
        private const int Special = 4;

        private World(SandboxUnderTest sandbox) => Sandbox = sandbox;

        public SandboxUnderTest Sandbox { get; }

        public Workplace Workplace { get; } = new();

        public string Said { get; private set; } = "";

        /// <summary>Whose Lead a person converts, with an opportunity.</summary>
        public Person Converted { get; private set; } = null!;

        private OrgUnderTest Org => Sandbox.Org!;

        public static async Task<World> LiveAsync(bool hasConnector)
        {
            var world = new World(await SandboxUnderTest.StartAsync(
                "--contacts", "120", "--seed", "11", "--split", "both", "--connector", hasConnector ? "on" : "off", "--sales", "on", "--rate-limits", "off", "--at", Instant(Start)));
            var people = await world.PeopleInBothAsync();
            world.Converted = people[3];
            await world.DuplicateAsync(people[0]);
            await world.GoLiveAsync();
            var step = 0;
            for (var day = 0; day < Days; day++)
            {
                foreach (var hour in Hours)
                {
                    await world.LiveAsync(Start.Date.AddDays(day).AddHours(hour), step++, people);
                }
            }

            return world;
        }

        /// <summary>The activities that the connector made, as the ledger should call them.</summary>
        public async Task<IReadOnlyList<string>> CopiesInCrmsAsync()
        {
            var copies = new List<string>();
            foreach (var kind in new[] { "call", "meeting", "task" })
            {
                copies.AddRange((await Sandbox.ObjectsAsync(kind + "s", "hs_object_source"))
                    .Where(row => row.Value["hs_object_source"]?.GetValue<string>() == "SALESFORCE").Select(row => $"hub {kind}:{row.Key}"));
            }

            copies.AddRange((await Org.QueryAsync("SELECT Id FROM Task WHERE CreatedBy.Name = 'HubSpot Integration'")).Select(row => $"sf task:{row["Id"]}"));
            return [.. copies.Order(StringComparer.Ordinal)];
        }

        public async Task<IReadOnlyList<string>> CopiesInLedgerAsync() =>
            [.. (await Workplace.QueryAsync("SELECT DISTINCT c.name, a.external_id FROM activity a JOIN connection c ON c.id = a.connection_id WHERE a.copy_of IS NOT NULL"))
                .Select(row => $"{row[0]} {row[1]}").Order(StringComparer.Ordinal)];

        /// <summary>Of HubSpot's lifecycle only what we wrote: the connector's deals, too, move people to opportunity there.</summary>
        public async Task<IReadOnlyDictionary<string, string>> HistoriesAsync() =>
            (await Sandbox.HistoriesAsync(Fields, "lifecyclestage")).Concat(await Org.HistoriesAsync()).Where(history => history.Value.Length > 0).ToDictionary();

        /// <summary>Ids of the contacts, Leads and Contacts.</summary>
        public async Task<IReadOnlyList<string>> RecordsAsync() =>
        [
            .. (await Sandbox.ContactsAsync("email")).Keys,
            .. (await Org.QueryAsync("SELECT Id FROM Lead")).Concat(await Org.QueryAsync("SELECT Id FROM Contact")).Select(row => row["Id"]!.GetValue<string>()),
        ];

        /// <summary>The HubSpot contacts of these Leads.</summary>
        public async Task<IReadOnlySet<string>> ContactsOfAsync(IReadOnlySet<string> leads) =>
            (await Sandbox.ContactsAsync("salesforceleadid")).Where(contact => leads.Contains(contact.Value["salesforceleadid"]?.GetValue<string>() ?? "")).Select(contact => contact.Key).ToHashSet();

        public void Dispose()
        {
            Sandbox.Dispose();
            Workplace.Dispose();
        }

        private static string Instant(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

        private async Task GoLiveAsync()
        {
            // Calls, meetings and tasks, which the connector copies, make points here.
            var agreement = (await File.ReadAllTextAsync(Repository.File("definitions", "b2b-software.en.yaml"))).ReplaceLineEndings("\n");
            const string Criteria = "  decay: { lose: 50%, every: 30d }\n  criteria:\n";
            Assert.Contains(Criteria, agreement, StringComparison.Ordinal);
            await File.WriteAllTextAsync(
                Workplace.File("agreement.yaml"),
                agreement.Replace(Criteria, Criteria + "    - id: in_touch\n      label: In touch\n      on: [call, meeting, task, email_sent]\n      points: 3\n      at_most: 45\n", StringComparison.Ordinal));
            var at = Instant(Start.AddMinutes(5));
            await Workplace.SignAsync(Workplace.File("agreement.yaml"), at);
            await Workplace.GoLiveAsync(Sandbox.BaseUrl, Sandbox.Token, at);
            await Workplace.GoLiveAsync(Org, at);
            await SyncAsync(Start.AddMinutes(10));
            (await Workplace.RunAsync("release", "--yes", "--at", Instant(Start.AddMinutes(10)))).Expect(0);
            await SyncAsync(Start.AddMinutes(12));
        }

        private async Task SyncAsync(DateTimeOffset at) => Said += (await Workplace.RunAsync("sync", "--yes", "--at", Instant(at))).Expect(0) is var run ? run.Output + run.Error : "";

        /// <summary>Contacts with their Lead, by e-mail.</summary>
        private async Task<IReadOnlyList<Person>> PeopleInBothAsync()
        {
            var contacts = (await Sandbox.ContactsAsync("email")).Where(contact => contact.Value["email"]?.GetValue<string>() is { Length: > 0 })
                .ToDictionary(contact => contact.Value["email"]!.GetValue<string>(), contact => contact.Key);
            return [.. (await Org.QueryAsync("SELECT Id, Email FROM Lead WHERE Email != null AND IsConverted = false ORDER BY Email"))
                .Select(lead => (Email: lead["Email"]!.GetValue<string>(), Id: lead["Id"]!.GetValue<string>()))
                .Where(lead => contacts.ContainsKey(lead.Email))
                .Select(lead => new Person(contacts[lead.Email], lead.Id))];
        }

        /// <summary>A second Lead of the same person: sales works the one on which something happens.</summary>
        private async Task DuplicateAsync(Person person)
        {
            var lead = (await Org.QueryAsync($"SELECT LastName, Company, Email, OwnerId FROM Lead WHERE Id = '{person.Lead}'"))[0];
            var user = (await Org.QueryAsync($"SELECT Id FROM User WHERE Email = '{Seller}'"))[0]["Id"]!.GetValue<string>();
            await Org.EditAsync("lead", person.Lead, new { OwnerId = user }, Seller);
            await Org.CreateAsync("Lead", new { LastName = lead["LastName"]!.GetValue<string>(), Company = lead["Company"]!.GetValue<string>(), Email = lead["Email"]!.GetValue<string>(), OwnerId = user });
        }

        /// <summary>One step of a day: people act in both CRMs, the connector makes its round and the sales team works, and the program syncs.</summary>
        private async Task LiveAsync(DateTimeOffset at, int step, IReadOnlyList<Person> people)
        {
            await Sandbox.AdvanceToAsync(at);
            var instant = Instant(at);
            var next = step * 4;
            // The first of them have a story of their own.
            Person Next() => people[Special + (next++ % (people.Count - Special))];

            await ActInHubSpotAsync(Next(), new { kind = "form_submission", at = instant, attributes = new { form = step % 3 == 0 ? "Request a demo" : "Contact us" } });
            await ActInHubSpotAsync(Next(), new { kind = "call", at = instant, attributes = new { direction = "OUTBOUND", outcome = "Connected", duration_seconds = "120" } });
            await ActInHubSpotAsync(Next(), new { kind = new[] { "meeting", "task", "email_sent" }[step % 3], at = instant });
            await Org.ActAsync("lead", Next().Lead, new { kind = new[] { "call", "meeting", "task" }[step % 3], at = instant, user = Seller });
            switch (step)
            {
                case 1:
                    await Org.ActAsync("lead", people[0].Lead, new { kind = "call", at = instant, user = Seller });
                    await ActInHubSpotAsync(people[0], new { kind = "form_submission", at = instant, attributes = new { form = "Request a demo" } });
                    break;
                case 2 or 9:
                    // The connector logs it on the Lead that it joined last.
                    await ActInHubSpotAsync(people[0], new { kind = "call", at = instant, attributes = new { direction = "OUTBOUND", outcome = "Connected", duration_seconds = "60" } });
                    break;
                case 4:
                    await Org.EditAsync("lead", people[1].Lead, new { Title = "Chief Operating Officer" }, Seller);
                    await Sandbox.PostAsync($"/__sandbox/people/contacts/{people[2].Contact}", new { properties = new { jobtitle = "Head of Operations" }, user = Seller });
                    break;
                case 7:
                    await Org.ConvertAsync(Converted.Lead, Seller, "A deal of three days");
                    break;
            }

            await Sandbox.AdvanceToAsync(at.AddMinutes(20));
            // What others changed is committed, and indexed, some seconds after.
            await Sandbox.AdvanceToAsync(at.AddMinutes(20).AddSeconds(20));
            await SyncAsync(at.AddMinutes(30));
        }

        private Task ActInHubSpotAsync(Person person, object activity) => Sandbox.PostAsync($"/__sandbox/people/contacts/{person.Contact}/activities", activity);
    }

    private sealed record Person(string Contact, string Lead);
}
