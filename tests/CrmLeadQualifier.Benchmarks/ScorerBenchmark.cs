using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// The scorer against a function written by hand for the same agreement, and against Microsoft RulesEngine on the part that its rules can say. One thread; rounds alternate, so that
/// the machine's moods meet all alike; results must be equal.
/// </summary>
internal static class ScorerBenchmark
{
    /// <summary>Many more than caches hold, as when leads come out of a ledger.</summary>
    private const int Leads = 10_000;

    /// <summary>So few that all of them stay in the cache.</summary>
    private const int LeadsInCache = 200;

    private const int Rounds = 61;
    private static readonly Instant Now = Instant.TryRead("2026-11-23T09:30:00Z", out var now) ? now : default;

    public static int Run(TextWriter output)
    {
        var definition = BenchmarkAgreement.Read();
        var plan = ScoringPlan.Compile(definition);
        var facts = new BenchmarkLeads(seed: 20261123, Now).Make(definition.Attributes, Leads);
        var hand = new HandWrittenScorer();
        var handLeads = Array.ConvertAll(facts, HandLeads.Of);

        Verify(plan, facts, hand, handLeads);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{Leads} leads, {facts.Average(lead => lead.Activities.Length):F1} activities each, {definition.Criteria.Count() + definition.Exclusions.Count} criteria; every result equal"));

        var planMicroseconds = Compare(output, string.Create(CultureInfo.InvariantCulture, $"{Leads} leads"), plan, facts, hand, handLeads);
        Compare(output, string.Create(CultureInfo.InvariantCulture, $"{LeadsInCache} leads again and again"), plan, facts[..LeadsInCache], hand, handLeads[..LeadsInCache]);
        return RulesEngineComparison.Run(output, plan, facts, Now, planMicroseconds);
    }

    /// <returns>The plan's median time a lead, all keys included.</returns>
    private static double Compare(TextWriter output, string what, ScoringPlan plan, LeadFacts[] facts, HandWrittenScorer hand, HandLead[] handLeads)
    {
        Contest[] contests =
        [
            new("plan, all", facts.Length, () => Plan(plan, facts, findNextChange: true)),
            new("by hand, all", facts.Length, () => Hand(hand, handLeads, findNextChange: true)),
            new("plan, without next_change_at", facts.Length, () => Plan(plan, facts, findNextChange: false)),
            new("by hand, without next_change_at", facts.Length, () => Hand(hand, handLeads, findNextChange: false)),
        ];
        Measure(contests);
        output.WriteLine();
        output.WriteLine(what);
        foreach (var contest in contests)
        {
            output.WriteLine(contest);
        }

        Ratio(output, "all", contests[0], contests[1]);
        Ratio(output, "without next_change_at", contests[2], contests[3]);
        return contests[0].Median;
    }

    private static void Measure(Contest[] contests)
    {
        // Long enough for the last tier of compilation to be there.
        for (var warmUp = Stopwatch.StartNew(); warmUp.ElapsedMilliseconds < 3_000;)
        {
            foreach (var contest in contests)
            {
                contest.Play(counts: false);
            }
        }

        for (var round = 0; round < Rounds; round++)
        {
            // Each round starts with another one.
            for (var i = 0; i < contests.Length; i++)
            {
                contests[(round + i) % contests.Length].Play(counts: true);
            }
        }

        if (contests[0].Checksum != contests[1].Checksum || contests[2].Checksum != contests[3].Checksum)
        {
            throw new InvalidOperationException("The checksums differ: " + string.Join(", ", contests.Select(contest => contest.Checksum)));
        }
    }

    private static void Ratio(TextWriter output, string what, Contest plan, Contest hand)
    {
        var ratios = plan.Times.Zip(hand.Times, (a, b) => a / b).Order().ToArray();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"plan / by hand, {what}: {ratios[ratios.Length / 2]:F2} (middle half of the rounds {ratios[ratios.Length / 4]:F2} to {ratios[ratios.Length * 3 / 4]:F2})"));
    }

    private static long Plan(ScoringPlan plan, LeadFacts[] facts, bool findNextChange)
    {
        var checksum = 0L;
        foreach (var lead in facts)
        {
            var score = plan.Score(lead, Now, findNextChange);
            checksum = checksum * 31 + score.Total + score.Criteria.Count + (score.NextChangeAt?.UnixMilliseconds ?? 0);
        }

        return checksum;
    }

    private static long Hand(HandWrittenScorer hand, HandLead[] leads, bool findNextChange)
    {
        var checksum = 0L;
        foreach (var lead in leads)
        {
            var score = hand.Score(lead, Now.UnixMilliseconds, findNextChange);
            checksum = checksum * 31 + score.Profile + score.Behaviour + score.Intent + score.Criteria.Count + (score.NextChangeAt ?? 0);
        }

        return checksum;
    }

    /// <summary>Every key of every line, once, outside the measured time.</summary>
    private static void Verify(ScoringPlan plan, LeadFacts[] facts, HandWrittenScorer hand, HandLead[] handLeads)
    {
        for (var i = 0; i < facts.Length; i++)
        {
            var a = plan.Score(facts[i], Now);
            var b = hand.Score(handLeads[i], Now.UnixMilliseconds, findNextChange: true);
            if (ScoreLineWriter.NameOf(a.Status) != b.Status || a.Profile != b.Profile || a.Behaviour != b.Behaviour || a.Intent != b.Intent || a.Grade != b.Grade
                || !a.Criteria.Select(value => (value.Id, value.Value)).SequenceEqual(b.Criteria)
                || !a.Adjustments.Select(value => (value.Key, value.Value)).SequenceEqual(b.Adjustments)
                || !a.ExcludedBy.SequenceEqual(b.ExcludedBy) || !a.Missing.SequenceEqual(b.Missing) || a.NextChangeAt?.UnixMilliseconds != b.NextChangeAt)
            {
                throw new InvalidOperationException($"Lead {i}: the plan and the function written by hand differ.");
            }
        }
    }

    private sealed class Contest(string name, int leads, Func<long> play)
    {
        private readonly int _repeats = Leads / leads;

        public List<double> Times { get; } = [];

        public long Checksum { get; private set; }

        public double Median => Times.Order().ElementAt(Times.Count / 2);

        public void Play(bool counts)
        {
            var start = Stopwatch.GetTimestamp();
            for (var repeat = 0; repeat < _repeats; repeat++)
            {
                Checksum = play();
            }

            var microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds / (leads * _repeats);
            if (counts)
            {
                Times.Add(microseconds);
            }
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{name,-32} {Median,7:F3} us a lead (least {Times.Min():F3})");
    }
}
