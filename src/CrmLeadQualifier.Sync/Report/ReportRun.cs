using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Score;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>What is asked for; null: the default.</summary>
/// <param name="From">Default: 91 days before the end, at the beginning of that day.</param>
/// <param name="To">Default: <paramref name="AsOf"/>.</param>
/// <param name="AsOf">Default: now.</param>
/// <param name="KnownAt">Default: now.</param>
/// <param name="Language">Default: the agreement's.</param>
public sealed record ReportRequest(Instant? From = null, Instant? To = null, Instant? AsOf = null, Instant? KnownAt = null, Language? Language = null);

/// <summary>Makes the alignment report out of the ledger: one consistent state, read in whole sets, nothing written.</summary>
public sealed class ReportRun(ILedger ledger)
{
    private const int WindowDays = 91;
    private const int Named = 10;
    private const int NamedOpen = 25;

    /// <summary>Whether it also says what feedback suggests: that goes through the leads of a year one by one, which in a large ledger takes minutes.</summary>
    public bool HasSuggestions { get; init; }

    /// <summary>Takes the names where the report is to be stored, which then holds their places.</summary>
    internal ReportNames? Names { get; init; }

    /// <summary>On which nobody works, beside the agreement's own.</summary>
    public IReadOnlySet<NodaTime.LocalDate> Holidays { get; init; } = new HashSet<NodaTime.LocalDate>();

    /// <exception cref="ConfigurationException">No agreement is in force, or the window is empty.</exception>
    public async Task<WeeklyReport> MakeAsync(ReportRequest request, Instant now, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var instants = new ReportInstants(request.AsOf ?? now, request.KnownAt ?? now);
        var agreement = (await AgreementInForce.ReadAsync(transaction, instants.AsOf) ?? await AgreementInForce.ReadAsync(transaction))?.Closing(Holidays)
            ?? throw new ConfigurationException("No agreement is in force, so there is nothing to report on: run definition propose FILE, then definition sign VERSION for both roles.");
        var calendar = new AgreementCalendar(agreement.Definition.Sales.BusinessHours.Zone);
        var window = WindowOf(request, instants, calendar);
        if (window.From >= window.To)
        {
            throw new ConfigurationException($"--from {window.From} is not before --to {window.To}.");
        }

        var facts = (await LedgerFacts.ReadAsync(transaction, agreement.Definition, window.From, window.To, instants)) with { RetiredReasons = [.. agreement.RetiredReasons.Keys] };
        var reconciling = Reconciling.ReadAsync(transaction, window, instants);
        var set = IndicatorComputation.Compute(facts, agreement.Definition, window);
        var entries = await reconciling;
        var lastDay = calendar.DayOf(window.To - TimeSpan.FromMilliseconds(1));
        var week = window with { From = Instant.Latest(window.From, calendar.StartOf(lastDay.PlusDays(-6))) };
        var latest = week == window ? set : await LatestAsync(transaction, facts, set, agreement.Definition, week, instants);
        var names = new LeadNames(transaction, Names);
        var language = request.Language ?? agreement.Definition.Language;
        var open = set.Cohort.Members.Where(IsOpen).ToList();
        var waiting = open.Where(member => member.HandedOverAt is null).ToList();
        var overdue = open.Where(member => member.HandedOverAt is not null && member.HandOver!.DueAt < instants.AsOf && member.FirstContactAt is null).ToList();
        set = await names.InAsync(set);
        var report = new WeeklyReport(AgreementCalendar.Week(lastDay), set, await names.InAsync(latest), agreement, now)
        {
            Language = language,
            Overdue = overdue.Count,
            Waiting = waiting.Count,
            Open = await OpenAsync(names, [.. overdue.OrderBy(member => member.HandOver!.DueAt).Concat(waiting).Take(NamedOpen)]),
            WonWithoutPerson = await transaction.Feedback.CountWonAsync(window.From, instants.AsOf) is var (without, won) ? new Rate(without, won) : default,
            Rejected = await RejectedAsync(transaction, names, set, new RejectedLeads(agreement, language)),
            Reconciliation = await Reconciling.RunAsync(transaction, entries, facts, window, instants, names),
            RefusedStreams = await RefusedStreamsAsync(transaction, instants),
            Changes = await ChangesAsync(transaction, facts, agreement.Definition, AgreementCalendar.Week(lastDay), instants),
        };
        if (!HasSuggestions)
        {
            return report;
        }

        var suggestions = await LedgerSuggestions.RunAsync(
            ledger, await LedgerSuggestions.WrittenAsync(transaction, agreement), new SuggestionOptions(SuggestionOutcome.Verdict), instants.AsOf, cancellation);
        return report with { Suggestions = Names?.In(suggestions) ?? suggestions, Set = report.Set with { RejectedSegments = [.. suggestions.RejectedSegments.Select(segment => segment.Segment)] } };
    }

    private static async Task<IReadOnlyList<RefusedStream>> RefusedStreamsAsync(ILedgerTransaction transaction, ReportInstants instants)
    {
        var refused = new List<RefusedStream>();
        foreach (var connection in await transaction.Connections.ListAsync())
        {
            refused.AddRange((await transaction.Cursors.ListAsync(connection.Id))
                .Where(cursor => cursor.Refusal is not null && !(cursor.RefusedAt > instants.SeenBy))
                .OrderBy(cursor => cursor.Stream, StringComparer.Ordinal)
                .Select(cursor => new RefusedStream(connection.Name, cursor.Stream, cursor.Refusal!, cursor.RefusedAt)));
        }

        return refused;
    }

    private static IndicatorWindow WindowOf(ReportRequest request, ReportInstants instants, AgreementCalendar calendar)
    {
        var to = request.To ?? instants.AsOf;
        var from = request.From ?? calendar.StartOf(calendar.DayOf(to - TimeSpan.FromMilliseconds(1)).PlusDays(1 - WindowDays));
        return new IndicatorWindow(from, to, instants.AsOf, instants.KnownAt);
    }

    /// <summary>The last days of the window: only the leads of those days are gone through, and maturity is told from all of them.</summary>
    private static async Task<IndicatorSet> LatestAsync(
        ILedgerTransaction transaction, IndicatorFacts facts, IndicatorSet set, Definition definition, IndicatorWindow week, ReportInstants instants)
    {
        var ofWeek = facts with
        {
            Leads = [.. facts.Leads.Where(lead => lead.CreatedAt >= week.From || lead.Stages.Any(stage => stage.At >= week.From))],
            OtherNewLeads = await transaction.Reports.OtherNewLeadsAsync(week.From, week.To, instants),
        };
        var latest = IndicatorComputation.Compute(ofWeek, definition, week);
        return latest with { Maturity = set.Maturity with { YoungestDays = latest.Maturity.YoungestDays } };
    }

    /// <summary>Still an MQL, without a verdict, and not excluded since.</summary>
    private static bool IsOpen(CohortMember member) =>
        member.Lead.Stages[^1].To == Stage.Mql && member.Verdict is null && member.Lead.Score?.Status != LeadStatus.Excluded;

    private static async Task<IReadOnlyList<OpenLead>> OpenAsync(LeadNames names, IReadOnlyList<CohortMember> members)
    {
        await names.ReadAsync([.. members.Select(member => member.Lead.Id)]);
        return [.. members.Select(member => new OpenLead(
            names.Of(member.Lead.Id), member.Owner, member.Mql.Grade, member.Mql.At, member.HandedOverAt, member.HandOver?.DueAt))];
    }

    /// <summary>Of each reason, the most frequent first, the latest of the best grade, then of each the next, until there are ten: what marketing thought good and sales did not says most.</summary>
    private static async Task<IReadOnlyList<RejectedLead>> RejectedAsync(ILedgerTransaction transaction, LeadNames names, IndicatorSet set, RejectedLeads rejected)
    {
        var ofReasons = set.Cohort.Members
            .Where(member => member.Verdict is { Value: VerdictValue.Rejected })
            .GroupBy(member => member.Verdict!.Reason is { } reason && !string.IsNullOrWhiteSpace(reason) ? reason : Rejection.ReasonMissing)
            .OrderByDescending(reason => reason.Count())
            .ThenBy(reason => reason.Key, StringComparer.Ordinal)
            .Select(reason => reason
                .OrderBy(member => member.Mql.Grade ?? "~", StringComparer.Ordinal)
                .ThenByDescending(member => member.Verdict!.At)
                .ThenBy(member => member.Lead.Id, StringComparer.Ordinal)
                .Take(Named)
                .Select((member, place) => (Reason: reason.Key, Member: member, Place: place)));
        var chosen = ofReasons.SelectMany(reason => reason).OrderBy(one => one.Place).Take(Named).ToList();
        await names.ReadAsync([.. chosen.Select(one => one.Member.Lead.Id)]);
        var bundles = chosen.Select(one => names.Find(one.Member.Lead.Id)).OfType<LeadBundle>().ToList();
        var values = (await transaction.Leads.AttributeValuesAsync([.. bundles.SelectMany(bundle => bundle.Records).Select(record => record.Id)])).ToLookup(value => value.RecordId);
        return [.. chosen.Select(one => rejected.Of(one.Member, one.Reason, names, (names.Find(one.Member.Lead.Id)?.Records ?? []).SelectMany(record => values[record.Id])))];
    }

    /// <summary>Only reports of earlier weeks, as of earlier instants, that were made by what is known.</summary>
    private static async Task<ReportChanges?> ChangesAsync(ILedgerTransaction transaction, IndicatorFacts facts, Definition definition, string week, ReportInstants instants)
    {
        foreach (var earlier in (await transaction.Reports.WeeksAsync()).Where(other => string.CompareOrdinal(other, week) < 0))
        {
            if (await transaction.Reports.FindAsync(earlier) is { } stored && stored.AsOf <= instants.AsOf && stored.KnownAt <= instants.KnownAt)
            {
                return ChangesSince.Of(stored, facts, definition, instants.KnownAt);
            }
        }

        return null;
    }
}
