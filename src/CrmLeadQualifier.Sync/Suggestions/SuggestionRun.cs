using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>
/// Finds what sales rejects, what to change and what is unhealthy. The leads are walked several times, each time in the same order: (1) what became of them is gathered, (2) where a
/// threshold is to be chosen some are tried, (3) every change is replayed over the last 90 days.
/// </summary>
/// <param name="read">Gives the leads from the beginning, with their facts under the definition's schema.</param>
/// <param name="window">The cohort of the rejected segments; D is its end.</param>
public sealed class SuggestionRun(WrittenDefinition present, Func<IAsyncEnumerable<HistoricLead>> read, IndicatorWindow window, SuggestionOptions options)
{
    private const int MostSampled = 20_000;
    private const int Seed = 1;

    private static readonly TimeSpan EffectWindow = TimeSpan.FromDays(90);

    /// <summary>Answered in time, where the agreement lets no hand-over expire.</summary>
    private static readonly TimeSpan InTime = TimeSpan.FromDays(7);

    private readonly Random _draw = new(Seed);
    private readonly Replay _replay = new(present.Definition, present.Name, 0, window.AsOf);
    private readonly List<JudgedLead> _judged = [];
    private readonly List<JudgedLead> _cohort = [];
    private readonly List<SampledLead> _sample = [];
    private int _leads;
    private int _mqls;
    private int _dueMqls;
    private int _answeredInTime;

    public async Task<SuggestionReport> RunAsync(string history, CancellationToken cancellation)
    {
        await WalkAsync(Gather, cancellation);
        IReadOnlyList<(LeadFacts Facts, Instant At)> sample = [.. _sample.Select(lead => (lead.Facts, lead.At))];
        var proposal = ProposalMaker.Make(present, options.Outcome, _judged, sample);
        var (fitting, chosen) = await TryThresholdsAsync(proposal, sample, cancellation);
        proposal = chosen is { } threshold ? WithThreshold(proposal, threshold) : proposal;

        var alone = proposal.Changes.Where(change => change.Amended is not null).ToList();
        var effects = new EffectRun(present, [.. alone.Select(change => change.Amended!), .. proposal.Amended is { } whole ? [whole] : (WrittenDefinition[])[]], EffectFrom, window.AsOf);
        if (proposal.Amended is not null)
        {
            await WalkAsync(effects.Add, cancellation);
        }

        var effectOf = alone.Zip(effects.Effects).ToDictionary(pair => pair.First, pair => pair.Second);
        return new SuggestionReport(present.Definition, history, proposal)
        {
            Suggestions = [.. proposal.Changes.Select(change => new Suggestion(change, effectOf.GetValueOrDefault(change)))],
            Effect = proposal.Amended is null ? null : effects.Effects[^1],
            RejectedSegments =
            [
                .. Core.Suggestions.RejectedSegments.Find(present.Definition, _cohort)
                    .Select(segment => new RejectedSegmentSentence(segment, SuggestionSentences.Rejected(segment, present.Definition))),
            ],
            Health = [.. ModelHealth.Of(present.Definition, _sample, _cohort), .. VolumePerWeek is var (mqls, answered) && ModelHealth.Volume(mqls, answered, fitting) is { } volume ? [volume] : (HealthFinding[])[]],
        };
    }

    private Instant EffectFrom => window.AsOf - EffectWindow;

    private TimeSpan AnswerTime => present.Definition.Mql.ExpiresAfter ?? InTime;

    /// <summary>MQLs and those answered in time, a week, over the last 90 days (or as far back as the window); of hand-overs whose time is over.</summary>
    private (double Mqls, double Answered) VolumePerWeek
    {
        get
        {
            var weeks = (window.AsOf - Instant.Latest(window.From, EffectFrom)).TotalDays / 7;
            return _dueMqls == 0 || weeks <= 0 ? (0, 0) : (_mqls / weeks, (double)_mqls * _answeredInTime / _dueMqls / weeks);
        }
    }

    private async Task WalkAsync(Action<HistoricLead> take, CancellationToken cancellation)
    {
        await foreach (var lead in read().WithCancellation(cancellation))
        {
            if (lead.Since <= window.AsOf)
            {
                take(lead);
            }
        }
    }

    private void Gather(HistoricLead lead)
    {
        var verdict = StandingVerdict.Of(lead, window.AsOf);
        var mqlAt = _replay.FirstQualified(lead);
        if (Outcome(lead, verdict) is { } outcome)
        {
            _judged.Add(new JudgedLead(lead.Id, lead.PeriodAt(outcome.At).Facts[0], outcome.At, outcome.IsGood) { Source = lead.PeriodAt(outcome.At).Source, Reason = verdict?.Reason });
        }

        if (JudgedCohort.Of(lead, mqlAt, verdict, window, 0) is { } judged)
        {
            _cohort.Add(judged);
        }

        if (mqlAt >= Instant.Latest(window.From, EffectFrom) && mqlAt < window.To)
        {
            _mqls++;
            if (mqlAt.Value + AnswerTime <= window.AsOf)
            {
                _dueMqls++;
                _answeredInTime += lead.Verdicts.Any(given => !given.IsWithdrawal && given.At > mqlAt && given.At <= mqlAt.Value + AnswerTime) ? 1 : 0;
            }
        }

        Sample(lead);
    }

    /// <summary>A verdict counts as of its instant; a deal as of its creation, when sales had made up its mind.</summary>
    private (Instant At, bool IsGood)? Outcome(HistoricLead lead, VerdictFact? verdict)
    {
        if (options.Outcome == SuggestionOutcome.Verdict)
        {
            return verdict is null ? null : (verdict.At, verdict.Value != VerdictValue.Rejected);
        }

        var won = lead.Deals.Where(deal => deal.WonAt <= window.AsOf).MinBy(deal => deal.CreatedAt);
        var lost = lead.Deals.Where(deal => deal.Outcome == DealOutcome.Lost && (deal.ClosedAt ?? deal.CreatedAt) <= window.AsOf).MinBy(deal => deal.CreatedAt);
        return won is not null ? (won.CreatedAt, true) : lost is not null ? (lost.CreatedAt, false) : null;
    }

    /// <summary>Every lead with the same chance, however many there are.</summary>
    private void Sample(HistoricLead lead)
    {
        _leads++;
        var place = _sample.Count < MostSampled ? _sample.Count : _draw.Next(_leads);
        if (place >= MostSampled)
        {
            return;
        }

        var atAge = lead.CreatedAt is { } created && created + ModelHealth.Age <= window.AsOf ? created + ModelHealth.Age : (Instant?)null;
        var total = atAge is { } at ? _replay.RankAt(lead, at) : -1;
        var sampled = new SampledLead(lead.PeriodAt(window.AsOf).Facts[0], window.AsOf, lead.CreatedAt, total < 0 ? null : (int)total);
        if (place == _sample.Count)
        {
            _sample.Add(sampled);
        }
        else
        {
            _sample[place] = sampled;
        }
    }

    /// <summary>The present definition's threshold that fits what sales answers in time, and the proposal's that fits what was asked for.</summary>
    private async Task<(int? Fitting, (int From, int To, WrittenDefinition Definition)? Chosen)> TryThresholdsAsync(
        Proposal proposal, IReadOnlyList<(LeadFacts Facts, Instant At)> sample, CancellationToken cancellation)
    {
        var (mqls, answered) = VolumePerWeek;
        var ofPresent = ModelHealth.Volume(mqls, answered, null) is null ? [] : ThresholdChoice.Candidates(present, sample);
        var ofProposal = proposal.Amended is null || (options.Capacity is null && options.AcceptanceAtLeast is null) ? [] : ThresholdChoice.Candidates(proposal.Amended, sample);
        if (ofPresent.Count + ofProposal.Count == 0)
        {
            return (null, null);
        }

        var run = new EffectRun(present, ofPresent.Concat(ofProposal).Select(candidate => candidate.Definition), Instant.Latest(window.From, EffectFrom), window.AsOf);
        await WalkAsync(run.Add, cancellation);
        var weeks = (window.AsOf - Instant.Latest(window.From, EffectFrom)).TotalDays / 7;
        int? fitting = null;
        for (var i = ofPresent.Count - 1; i >= 0 && run.Volumes[i].Mqls / weeks <= answered; i--)
        {
            fitting = ofPresent[i].To;
        }

        for (var i = 0; i < ofProposal.Count; i++)
        {
            var (count, accepted) = run.Volumes[ofPresent.Count + i];
            if (!(count / weeks > options.Capacity) && (options.AcceptanceAtLeast is not { } least || accepted.Value >= least))
            {
                return (fitting, ofProposal[i]);
            }
        }

        return (fitting, null);
    }

    private Proposal WithThreshold(Proposal proposal, (int From, int To, WrittenDefinition Definition) chosen)
    {
        const string Total = "mql.total";
        var moved = proposal.Changes.FirstOrDefault(change => change.Kind == ProposedChange.Threshold && change.Where == Total);
        var why = SuggestionSentences.ChosenThreshold(options.Capacity, options.AcceptanceAtLeast);
        return proposal with
        {
            Amended = chosen.Definition,
            Changes =
            [
                .. proposal.Changes.Where(change => change != moved).Select(change => ReferenceEquals(change.Amended, proposal.Amended) ? change with { Amended = chosen.Definition } : change),
                new ProposedChange(ProposedChange.Threshold, Total, moved?.From ?? chosen.From, chosen.To, why) { Amended = chosen.Definition },
            ],
        };
    }
}
