using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>
/// What a stored report said, beside what is known of its window and instant now. The stored one stays as it is; what differs came from facts that arrived late.
/// </summary>
internal static class ChangesSince
{
    private static readonly (string Key, string Count)[] Figures =
        [("answered", "count"), ("mql_to_sql", "count"), ("rejected", "count"), ("sla", "met"), ("mql_to_opportunity", "count"), ("close", "count")];

    public static ReportChanges Of(ReportRow stored, IndicatorFacts facts, Definition definition, Instant knownAt)
    {
        var then = JsonNode.Parse(stored.Json)!.AsObject();
        var window = new IndicatorWindow(InstantOf(then, "from"), InstantOf(then, "to"), stored.AsOf, knownAt);
        var now = IndicatorsJson.Build(IndicatorComputation.Compute(facts, definition, window));
        List<ChangedFigure> changed = [];
        Add("mqls", new Rate(NumberOf(then["mqls"]), NumberOf(then["mqls"])), new Rate(NumberOf(now["mqls"]), NumberOf(now["mqls"])));
        foreach (var (key, count) in Figures)
        {
            Add(key, RateOf(then[key], count), RateOf(now[key], count));
        }

        return new ReportChanges(
            stored.Week,
            changed,
            facts.Leads.Sum(lead => lead.Stages.Count(stage => stage.At <= stored.AsOf && stage.SeenAt > stored.KnownAt)),
            facts.Leads.Sum(lead => lead.Verdicts.Count(verdict => verdict.At <= stored.AsOf && verdict.SeenAt > stored.KnownAt)));

        void Add(string figure, Rate was, Rate isNow)
        {
            if (was != isNow)
            {
                changed.Add(new ChangedFigure(figure, was, isNow));
            }
        }
    }

    private static Instant InstantOf(JsonObject json, string key) =>
        Instant.TryRead((string?)json[key], out var instant) ? instant : throw new InvalidDataException($"A stored report has no readable '{key}'.");

    private static Rate RateOf(JsonNode? rate, string count) => new(NumberOf(rate?[count]), NumberOf(rate?["of"]));

    private static int NumberOf(JsonNode? number) => (int?)number ?? 0;
}
