using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Sync.Tests.Fakes;

namespace CrmLeadQualifier.Sync.Tests.Report;

/// <summary>What happens in a CRM in some weeks, drawn from a seed, with an account of its own of who did what and when: a report is checked against that.</summary>
internal sealed class SimulatedTeams(FakeCrm crm, int seed, Func<Instant> now)
{
    private static readonly string[] Sources = ["PAID_SEARCH", "REFERRALS", ""];
    private static readonly string[] Reasons = ["no_need", "not_target", ""];

    private readonly Random _random = new(seed);

    public List<Person> People { get; } = [];

    /// <summary>Half a day in which people come, look round, ask for a demo, are called and answered.</summary>
    public void HalfADay()
    {
        for (var coming = _random.Next(3); coming > 0; coming--)
        {
            Come();
        }

        foreach (var person in People)
        {
            switch (_random.Next(14))
            {
                case 0 when !person.IsStudent:
                    crm.AskForDemo(person.Id);
                    break;
                case 1:
                    crm.Visit(person.Id);
                    break;
                case 2 when crm[person.Id]["stage"] is ("mql" or "sal" or "sql"):
                    crm.Call(person.Id);
                    person.Calls.Add(now());
                    break;
                case 3 or 4 when crm[person.Id]["stage"] == "mql" && crm[person.Id]["verdict"].Length == 0:
                    Answer(person);
                    break;
                case 5 when person.Deal != DealState.Won && crm[person.Id]["stage"] is ("sql" or "opportunity"):
                    // A deal is never opened again: what it was before is in no CRM's answer.
                    person.Deal = person.Deal == DealState.Open || _random.Next(2) == 0 ? DealState.Won : DealState.Open;
                    crm.AddDeal($"deal{person.Id}", person.Deal.Value, person.Id);
                    break;
            }
        }
    }

    private void Come()
    {
        var id = $"{People.Count + 1}";
        var isStudent = _random.Next(4) == 0;
        var source = Sources[_random.Next(Sources.Length)];
        crm.Add(id, $"person{id}@company.example", ("job_title", isStudent ? "Student" : "Manager"), ("source", source), ("country", _random.Next(2) == 0 ? "France" : "Spain"));
        People.Add(new Person(id, now(), source, isStudent));
    }

    private void Answer(Person person)
    {
        var isRejected = _random.Next(2) == 0;
        crm.Say(person.Id, isRejected ? "rejected" : "accepted", isRejected ? Reasons[_random.Next(Reasons.Length)] : "");
    }
}

internal sealed record Person(string Id, Instant CameAt, string Source, bool IsStudent)
{
    public List<Instant> Calls { get; } = [];

    /// <summary>Null: none yet.</summary>
    public DealState? Deal { get; set; }
}
