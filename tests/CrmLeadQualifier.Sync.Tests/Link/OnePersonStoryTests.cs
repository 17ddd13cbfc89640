using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Link;

/// <summary>
/// Random stories of people in two CRMs: they appear here and there, do things, are converted, merged, deleted, restored, edited and answered. However often the program looks in between, it ends
/// with one lead for each person, every activity counted once, and every verdict that was said.
/// </summary>
public sealed class OnePersonStoryTests
{
    private const int Chapters = 45;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Whatever_happens_a_person_is_one_lead_however_often_it_is_looked_at(int seed)
    {
        await using var often = await World.BeginAsync();
        await using var seldom = await World.BeginAsync();
        var (told, untold) = (new Story(often, seed), new Story(seldom, seed));
        for (var chapter = 0; chapter < Chapters; chapter++)
        {
            var (isWatched, happens) = told.Next();
            var (_, alsoHappens) = untold.Next();
            if (isWatched || chapter % 7 == seed % 7)
            {
                await seldom.LookAsync();
            }

            happens();
            alsoHappens();
            often.Wait();
            seldom.Wait();
            await often.LookAsync();
        }

        foreach (var world in new[] { often, seldom })
        {
            await world.EndAsync();
            await world.AssertOnePersonIsOneLeadAsync();
            await world.AssertNothingCountedTwiceAsync();
            Assert.Equal(told.Verdicts.Order(StringComparer.Ordinal), (await world.VerdictsAsync()).Order(StringComparer.Ordinal));
        }

        Assert.Equal(await often.StateAsync(), await seldom.StateAsync());
    }

    /// <summary>What people do, decided by what is in the CRMs and a seed: two worlds with one seed live through the same.</summary>
    private sealed class Story(World world, int seed)
    {
        private readonly Random _random = new(seed);
        private readonly HashSet<string> _saidOn = [];
        private int _made;

        /// <summary>Every verdict that sales gave: its record's CRM, and what it was.</summary>
        public List<string> Verdicts { get; } = [];

        /// <summary>
        /// The next chapter, and whether a program that has not looked since the last one would lose something by it that no CRM tells later: what was said or done on a record that is gone.
        /// </summary>
        public (bool IsWatched, Action Happens) Next()
        {
            var (hub, org) = (world.Hub, world.Org);
            var id = ++_made;
            switch (_random.Next(12))
            {
                case 0 or 1:
                    var ofContact = Address(hub);
                    return (false, () => hub.Add($"h{id}", ofContact, ("job_title", "Manager")));
                case 2:
                    var ofLead = Address(org);
                    return (false, () => org.AddLead($"l{id}", ofLead, ("job_title", "Manager")));
                case 3 when _random.Next(2) == 0:
                    var ofOther = Address(org);
                    return (false, () => org.Add($"c{id}", ofOther, ("job_title", "Manager")));
                case 4 or 5 when Pick([.. Present(hub), .. Present(org).Where(record => record.Conversion is null)]) is { } visitor:
                    return (false, () => CrmOf(visitor).Visit(visitor.Id, id: $"visit:{id}"));
                case 6 when Pick(Present(org).Where(record => record is { Object: "lead", Conversion: null })) is { } lead:
                    var existing = _random.Next(2) == 0 ? Pick(Present(org).Where(record => record.Object == "contact")) : null;
                    Verdicts.Add("sf qualified");
                    return (true, () => org.ConvertTo(lead.Id, (existing ?? org.Add($"c{id}", lead.Emails.FirstOrDefault() ?? "", ("job_title", "Manager"))).Id));
                case 7 when Two(Present(hub)) is var (primary, other):
                    return (true, () => hub.MergeAnew(primary.Id, other.Id, $"s{id}"));
                case 8 when Two(Present(org).Where(record => record.Conversion is null)) is var (winner, loser) && winner.Object == loser.Object:
                    return (true, () => org.MergeInto(winner.Id, loser.Id));
                case 9 when Pick([.. Present(hub), .. Present(org)]) is { } deleted:
                    return (true, () => CrmOf(deleted).Delete(deleted.Id));
                case 10 when Pick([.. Deleted(hub), .. Deleted(org)]) is { } restored:
                    return (true, () => CrmOf(restored).Delete(restored.Id, restore: true));
                case 11 when Pick([.. Present(hub), .. Present(org).Where(record => record.Conversion is null)]) is { } answered && _saidOn.Add(answered.Id):
                    var reason = _random.Next(2) == 0 ? "no_need" : "not_target";
                    Verdicts.Add($"{(CrmOf(answered) == hub ? "hub" : "sf")} rejected");
                    // What stands there already would be no answer.
                    return (false, () => CrmOf(answered).Set(
                        answered.Id, "CRM_UI", "u-alice", ("verdict", "rejected"), ("rejection_reason", reason), ("recontact_on", $"2027-{1 + (id / 28):00}-{1 + (id % 28):00}")));
                default:
                    var (edited, address) = (Pick(Present(hub)), Address(hub));
                    return (false, () =>
                    {
                        if (edited is not null && address.Length > 0 && !edited.Emails.Contains(address))
                        {
                            hub.Change(edited.Id, record => record.Emails.Add(address));
                        }
                    });
            }
        }

        private FakeCrm CrmOf(FakeContact record) => record.Id[0] is 'h' or 's' ? world.Hub : world.Org;

        private static IEnumerable<FakeContact> Present(FakeCrm crm) => crm.Contacts.Where(record => !record.IsGone);

        /// <summary>Merged ones do not come back.</summary>
        private static IEnumerable<FakeContact> Deleted(FakeCrm crm) =>
            crm.Contacts.Where(record => record.IsGone && (record.SameAs.Count == 0 || record.Conversion is not null) && !crm.Contacts.Any(other => other.Aliases.Contains(record.Id)));

        /// <summary>One of a few people's, or nobody's; an address on too many records of a CRM would join nobody.</summary>
        private string Address(FakeCrm crm)
        {
            var address = $"person{_random.Next(9)}@company.example";
            return crm.Contacts.Count(record => record.Emails.Contains(address)) < 4 ? address : "";
        }

        private FakeContact? Pick(IEnumerable<FakeContact> records)
        {
            var all = records.ToList();
            return all.Count == 0 ? null : all[_random.Next(all.Count)];
        }

        private (FakeContact, FakeContact)? Two(IEnumerable<FakeContact> records)
        {
            var all = records.ToList();
            return Pick(all) is { } one && Pick(all.Where(record => record != one)) is { } other ? (one, other) : null;
        }
    }

    /// <summary>Two CRMs, a ledger and a clock of their own.</summary>
    private sealed class World : SyncTest, IAsyncDisposable
    {
        private World() => Org = new FakeCrm(Clock, "00D000000000001") { Kind = CrmKind.Salesforce };

        public FakeCrm Hub => Crm;

        public FakeCrm Org { get; }

        protected override bool HasAgreement => false;

        public static async Task<World> BeginAsync()
        {
            var world = new World();
            await world.InitializeAsync();
            await world.ConnectAsync("sf", world.Org);
            // Each visit makes a point, for ever: the points are the count.
            await world.SignAsync(TestAgreement.Replace("points: 20, at_most: 40 }", "points: 1, at_most: 100, decay: none }", StringComparison.Ordinal));
            await world.SettleAsync();
            return world;
        }

        public async Task SettleAsync()
        {
            Wait();
            await LookAsync();
        }

        public async Task LookAsync() => Assert.Empty((await SyncAsync(yes: true, after: TimeSpan.Zero)).Failures);

        /// <summary>A record that is written all the time would be parked.</summary>
        public void Wait() => Clock.Advance(TimeSpan.FromHours(5));

        /// <summary>A night on both sides, and the runs after it.</summary>
        public async Task EndAsync()
        {
            await SettleAsync();
            await ReconcileWellAsync();
            await ReconcileWellAsync("sf");
            await SettleAsync();
            await SettleAsync();
        }

        /// <summary>Records of one address, of one merge or conversion, are one person's: what the CRMs say themselves is what the ledger has.</summary>
        public async Task AssertOnePersonIsOneLeadAsync()
        {
            var persons = new Dictionary<string, string>();
            string Find(string key)
            {
                while (persons.TryGetValue(key, out var up) && up != key)
                {
                    key = up;
                }

                persons.TryAdd(key, key);
                return key;
            }

            foreach (var record in Hub.Contacts.Concat(Org.Contacts))
            {
                foreach (var key in record.Emails.Concat(record.Aliases).Concat(record.SameAs))
                {
                    var (a, b) = (Find(record.Id), Find(key));
                    persons[b] = a;
                }
            }

            var expected = Hub.Contacts.Concat(Org.Contacts).GroupBy(record => Find(record.Id)).Select(person => Named(person.Select(record => record.Id)));
            var rows = await RecordsAsync();
            Assert.Equal(expected.Order(StringComparer.Ordinal), rows.GroupBy(row => row.LeadId).Select(lead => Named(lead.Select(row => row.ExternalId))).Order(StringComparer.Ordinal));
        }

        public async Task AssertNothingCountedTwiceAsync()
        {
            var rows = await RecordsAsync();
            var leads = rows.Where(row => !row.IsGone).Select(row => row.LeadId).Distinct().ToList();
            var activities = await ReadAsync(ledger => ledger.Activities.OfLeadsAsync(leads));
            // Without an address nobody can be called back, and nothing is counted.
            foreach (var lead in (await ReadAsync(ledger => ledger.Leads.GetAsync(leads))).Where(lead => lead.Score!.Status != LeadStatus.Unscorable))
            {
                var counted = (activities.GetValueOrDefault(lead.Id) ?? []).Select(row => row.ActivityId).Distinct().Count();
                Assert.True(counted == lead.Score!.Criteria.FirstOrDefault(criterion => criterion.Id == "pricing").Value, $"lead {lead.Id}, due {lead.IsDue}\n{await StateAsync()}");
            }
        }

        public async Task<IReadOnlyList<string>> VerdictsAsync()
        {
            var hub = await ConnectionAsync();
            var rows = (await RecordsAsync()).ToDictionary(row => row.Id);
            var verdicts = await ReadAsync(ledger => ledger.Feedback.VerdictsAsync([.. rows.Values.Select(row => row.LeadId).Distinct()]));
            return [.. verdicts.Values.SelectMany(ofLead => ofLead).Select(row => $"{(rows[row.RecordId].ConnectionId == hub.Id ? "hub" : "sf")} {row.Verdict.Value.Word()}")];
        }

        /// <summary>What the ledger knows of each person, whatever its leads are called, and what the CRMs show of it.</summary>
        public async Task<string> StateAsync()
        {
            var rows = await RecordsAsync();
            var leads = rows.Select(row => row.LeadId).Distinct().ToList();
            var activities = await ReadAsync(ledger => ledger.Activities.OfLeadsAsync(leads));
            var verdicts = await ReadAsync(ledger => ledger.Feedback.VerdictsAsync(leads));
            var state = (await ReadAsync(ledger => ledger.Leads.GetAsync(leads))).ToDictionary(lead => lead.Id);
            var shown = Hub.Contacts.Concat(Org.Contacts).ToDictionary(record => record.Id);
            return string.Join('\n', rows.GroupBy(row => row.LeadId).Select(lead => string.Create(CultureInfo.InvariantCulture,
                $"{Named(lead.Select(row => row.IsGone ? $"({row.ExternalId})" : row.ExternalId))}: {state[lead.Key].State.Stage.Word()} {(lead.All(row => row.IsGone) ? null : state[lead.Key].Score?.Total)}, {string.Join(' ', (activities.GetValueOrDefault(lead.Key) ?? []).Select(row => row.ActivityId).Distinct().Order(StringComparer.Ordinal))}, {string.Join(' ', (verdicts.GetValueOrDefault(lead.Key) ?? []).Select(row => $"{row.Verdict.Value.Word()}@{row.Verdict.At.ToString()[..16]}"))}, shown {string.Join(' ', lead.Where(row => !row.IsGone && row.Parked is null).Select(row => $"{shown[row.ExternalId]["stage"]} {shown[row.ExternalId]["score"]}").Distinct())}")).Order(StringComparer.Ordinal));
        }

        async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

        private static string Named(IEnumerable<string> ids) => string.Join(' ', ids.Order(StringComparer.Ordinal));

        private async Task<IReadOnlyList<Storage.Rows.RecordRow>> RecordsAsync()
        {
            var (hub, sf) = (await ConnectionAsync(), await ConnectionAsync("sf"));
            return await ReadAsync(async ledger => (IReadOnlyList<Storage.Rows.RecordRow>)
            [
                .. await ledger.Records.GetAsync(hub.Id, "contact", [.. Hub.Contacts.Select(record => record.Id)]),
                .. await ledger.Records.GetAsync(sf.Id, "contact", [.. Org.Contacts.Select(record => record.Id)]),
                .. await ledger.Records.GetAsync(sf.Id, "lead", [.. Org.Contacts.Select(record => record.Id)]),
            ]);
        }
    }
}
