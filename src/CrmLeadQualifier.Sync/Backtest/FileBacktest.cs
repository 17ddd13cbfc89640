using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Backtest;

/// <summary>
/// A backtest over a file of leads. Where no window is given it is the whole file: from the day of the first lead to the end of the day of the last fact, or to now if that is
/// earlier; the file is read twice then. D is the window's end.
/// </summary>
/// <param name="open">Opens the file at its beginning.</param>
/// <param name="name">As reports call the file.</param>
/// <param name="onInvalid">Called with the line's number and a sentence for each line that is not valid, once.</param>
public sealed class FileBacktest(Func<Stream> open, string name, Action<long, string> onInvalid)
{
    /// <summary>Lines that were not valid.</summary>
    public long Invalid { get; private set; }

    public BacktestReport Run(NamedDefinition candidate, NamedDefinition? against, Instant? from, Instant? to, Instant now, CancellationToken cancellation)
    {
        var schemas = BacktestRun.SchemasOf(candidate.Definition, against?.Definition);
        var window = WindowOf(candidate.Definition, from, to, now, cancellation);
        var run = new BacktestRun(candidate, against, schemas, window);
        var file = new HistoryFile(schemas, onInvalid);
        using var input = open();
        foreach (var lead in file.Read(input))
        {
            cancellation.ThrowIfCancellationRequested();
            run.Add(lead);
        }

        Invalid = file.Invalid;
        return run.Report(name, file.Problems == 0
            ? []
            : [new IndicatorProblem(IndicatorProblem.UnreadableValues, "values or activities could not be read by their type: they count as unknown", (int)Math.Min(file.Problems, int.MaxValue), [])]);
    }

    internal IndicatorWindow WindowOf(Definition definition, Instant? from, Instant? to, Instant now, CancellationToken cancellation)
    {
        if (from is null || to is null)
        {
            var (first, last) = Extent(definition, now, cancellation);
            var calendar = new AgreementCalendar(definition.Sales.BusinessHours.Zone);
            to ??= Instant.Earliest(now, calendar.StartOf(calendar.DayOf(last).PlusDays(1)));
            from ??= Instant.Earliest(to.Value, calendar.StartOf(calendar.DayOf(first)));
        }

        return new IndicatorWindow(from.Value, to.Value, to.Value, now);
    }

    /// <summary>The instants of the first lead and of the last fact that lies not after now.</summary>
    private (Instant First, Instant Last) Extent(Definition definition, Instant now, CancellationToken cancellation)
    {
        Instant? first = null, last = null;
        using var input = open();
        foreach (var lead in new HistoryFile([definition.Attributes], (_, _) => { }).Read(input))
        {
            cancellation.ThrowIfCancellationRequested();
            if (lead.Since is { } since && since <= now)
            {
                first = first is null || since < first ? since : first;
                foreach (var at in FactsOf(lead).Where(at => at <= now))
                {
                    last = last is null || at > last ? at : last;
                }
            }
        }

        return (first ?? now, last ?? now);
    }

    private static IEnumerable<Instant> FactsOf(HistoricLead lead) => lead.Verdicts.Select(verdict => verdict.At)
        .Concat(lead.Deals.Select(deal => deal.CreatedAt))
        .Concat(lead.Deals.Select(deal => deal.ClosedAt).OfType<Instant>())
        .Concat(lead.Periods[0].Facts[0].Activities.ToArray().Select(activity => activity.At))
        .Append(lead.Since!.Value);
}
