using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Indicators;

/// <summary>Random facts of every kind that indicators read, consistent or not; the same seed gives the same.</summary>
internal sealed class MadeUpHistories(int seed)
{
    public static readonly Instant Beginning = Instant.From(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    private static readonly string?[] Sources = [null, "", "Google", "Referral", "unknown", " Google "];
    private static readonly string?[] Reasons = [null, "", "no_need", "not_target", "gone_fishing"];
    private static readonly string?[] Grades = ["A1", "A2", "B1", "C4", null];
    private static readonly string[] Causes =
        [TransitionCause.Qualified, TransitionCause.Released, TransitionCause.Baseline, TransitionCause.Verdict, TransitionCause.SalesDirect, TransitionCause.Deal];

    private readonly Random _random = new(seed);

    public List<LeadHistory> Make(int count) => [.. Enumerable.Range(0, count).Select(Lead)];

    private LeadHistory Lead(int number)
    {
        var created = At();
        var stages = Some(4, () => new StageChange(Stage.Lead, Pick(Stage.Mql, Stage.Mql, Stage.Mql, Stage.Sal, Stage.Sql, Stage.Recycled), At(), Pick(Causes), At())
        {
            Grade = Pick(Grades), Source = Pick(Sources), Owner = Pick<string?>("ann", "ben", null), Agreement = Pick("1", "2"),
        });
        var mqls = stages.Where(stage => stage.IsNewMql).OrderBy(stage => stage.At).ToList();
        return new LeadHistory($"lead{number:000}")
        {
            CreatedAt = _random.Next(10) == 0 ? null : created,
            Source = Pick(Sources),
            SourceDetail = Pick<string?>(null, "spring"),
            Country = Pick<string?>("FR", null),
            Score = new LeadScore { Status = Pick(LeadStatus.NotYet, LeadStatus.Excluded, LeadStatus.Unscorable), ExcludedBy = ["student"], Missing = ["email", "company"] },
            Stages = stages,
            Verdicts = Some(4, () => new VerdictFact(Pick(Enum.GetValues<VerdictValue>()), Pick(Reasons), At(), At(), _random.Next(6) == 0)),
            Deals = Some(2, () =>
            {
                var at = At();
                return new DealFact($"D{_random.Next(1000)}", at, Pick(DealOutcome.Open, DealOutcome.Won, DealOutcome.Won, DealOutcome.Lost), _random.Next(3) == 0 ? null : at + Span(40));
            }),
            HandOvers = [.. mqls.Where(_ => _random.Next(5) > 0).Select(mql =>
            {
                Instant? handedOver = _random.Next(5) > 0 ? mql.At + Span(3) : null;
                return new HandOverFact(mql.At, handedOver, handedOver + Span(3), handedOver is not null && _random.Next(3) > 0 ? handedOver + Span(9) : null);
            })],
        };
    }

    private Instant At() => Beginning + Span(200);

    /// <summary>Whole minutes: instants of different facts meet now and then.</summary>
    private TimeSpan Span(int days) => TimeSpan.FromMinutes(_random.Next(days * 1440));

    private List<T> Some<T>(int most, Func<T> make) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make())];

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
