using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>Of how many leads what the criteria ask for is known at all, and what is not read: a criterion that nobody can fulfil is no judgement of the leads.</summary>
internal sealed class CoverageSection(WeeklyReport report, ReportWords words)
{
    public PageSection Write()
    {
        var connections = report.Set.Coverage.Select(one => one.Connection).OfType<string>().Distinct().ToList();
        return new(
            words.Say("What is known of the leads", "Ce que l’on sait des leads"),
            [.. report.RefusedStreams.Select(stream => words.Say(
                $"Not read from {stream.Connection}: {stream.Stream}{Since(stream, "since", "")}; the CRM says: {stream.Why}",
                $"Non lu depuis {stream.Connection} : {stream.Stream}{Since(stream, "", "depuis le")} ; le CRM dit : {stream.Why}"))],
            [words.Say("attribute", "attribut"), words.Say("asked for by", "demandé par"), words.Say("all leads", "tous les leads"), .. connections.Count > 1 ? connections : []],
            [.. report.Set.Coverage
                .GroupBy(one => one.Attribute)
                .Select(ofAttribute => (IReadOnlyList<string>)
                [
                    AttributeTexts.Label(ofAttribute.Key, report.Language),
                    string.Join(", ", ofAttribute.Select(one => one.Criterion).Distinct().Select(Label)),
                    words.Of(ofAttribute.First(one => one.Connection is null).Known),
                    .. connections.Count > 1 ? connections.Select(connection => words.Of(ofAttribute.First(one => one.Connection == connection).Known)) : [],
                ])]);
    }

    private string Since(RefusedStream stream, string english, string french) =>
        stream.Since is { } since ? $" {words.Say(english, french)} {words.Day(since)}" : "";

    private string Label(string criterion) => report.Set.Definition.Criteria.First(one => one.Id == criterion).Label.In(report.Language);
}
