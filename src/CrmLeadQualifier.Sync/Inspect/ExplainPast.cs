using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Inspect;

/// <summary>
/// Why a lead was what it was at an instant of the past, and under which agreement: attributes by their history, activities by their time, the agreement in force then, and what was
/// decided by then. Scored anew: the same facts at the same instant give the same score.
/// </summary>
public static class ExplainPast
{
    /// <param name="version">Null: the agreement in force at that instant.</param>
    /// <returns>Null: nobody has this address.</returns>
    /// <exception cref="ConfigurationException">There is no such version, or no agreement was in force then.</exception>
    public static async Task<Explanation?> ByEmailAsync(ILedger ledger, string email, Instant at, int? version, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        if (await Explain.FindAsync(transaction, email) is not { } bundle)
        {
            return null;
        }

        var agreements = await transaction.Definitions.ListAsync();
        var inForce = await AgreementInForce.ReadAsync(transaction, at);
        var (number, definition) = version is { } wanted ? Read(agreements, wanted) : inForce is { } agreement
            ? (agreement.Version, agreement.Definition)
            : throw new ConfigurationException($"No agreement was in force at {at}: say under which version, explain EMAIL --at INSTANT --definition VERSION.");
        var history = new BundleHistory(bundle, await transaction.Leads.AttributeValuesAsync([.. bundle.Records.Select(record => record.Id)]));
        var then = By(history.At(at), at);
        var score = ScoringPlan.Compile(definition).Score(FactsOfLead.Build(then, definition.Attributes, new LeadFactsBuilder(definition.Attributes), new FactsOfActivities()), at);
        return new Explanation(
            Summary(then, at, number, definition, version is null ? inForce : null, score, history),
            [
                Explain.Records(then),
                Explain.Attributes(then),
                Explain.Activities(then),
                Explain.Deals(then),
                Explain.Criteria(score, definition),
                Stages(then, agreements),
                Explain.Verdicts(then),
            ]);
    }

    private static (int Version, Definition Definition) Read(IReadOnlyList<DefinitionRow> agreements, int version)
    {
        var row = agreements.FirstOrDefault(row => row.Version == version) ?? throw new ConfigurationException(
            $"There is no version {version}. " + (agreements.Count > 0 ? $"There is: {string.Join(", ", agreements.Select(row => row.Version))}." : "Run definition propose FILE first."));
        var reading = DefinitionReader.Read(Encoding.UTF8.GetBytes(row.Yaml), $"version {version}");
        return (version, reading.Definition ?? throw new ConfigurationException($"Version {version} can no longer be read: {reading.Problems[0]}"));
    }

    /// <summary>Without what came after the instant.</summary>
    private static LeadBundle By(LeadBundle bundle, Instant at) => new(bundle.Lead, bundle.Records)
    {
        Connections = bundle.Connections,
        CompanyOf = bundle.CompanyOf,
        OwnerOf = bundle.OwnerOf,
        Deals = bundle.Deals,
        Activities = [.. bundle.Activities.Where(activity => activity.At <= at)],
        Verdicts = [.. bundle.Verdicts.Where(row => row.Verdict.At <= at)],
        Transitions = [.. bundle.Transitions.Where(row => row.Transition.At <= at)],
    };

    private static string Summary(LeadBundle then, Instant at, int version, Definition definition, AgreementInForce? inForce, LeadScore score, BundleHistory history)
    {
        var last = then.Transitions.Count == 0 ? null : then.Transitions.MaxBy(row => row.Transition.At);
        var stage = last is null
            ? "Stage lead"
            : string.Create(CultureInfo.InvariantCulture, $"Stage {last.Transition.To.Word()} since {last.Transition.At} ({last.Transition.Cause})");
        var under = inForce is null ? $"under version {version} ('{definition.Name}')" : $"under version {version} ('{definition.Name}'), in force since {inForce.Since}";
        var ofToday = history.IsKnownSince(at) ? "" : " Some of its records were first read later: their attributes of then are not known, and those of the first read stand in.";
        return $"As of {at} {under}: {stage}; {Explain.InWords(score)}.{ofToday}";
    }

    /// <summary>With the agreement that each change was made under, and the scores that it was made with.</summary>
    private static ExplanationSection Stages(LeadBundle then, IReadOnlyList<DefinitionRow> agreements)
    {
        var versions = agreements.GroupBy(row => row.AgreementFingerprint).ToDictionary(same => same.Key, same => same.Last().Version);
        return new("Stages", ["at", "from", "to", "cause", "agreement", "profile", "behaviour", "intent", "grade", "seen at"], [.. then.Transitions.Select(row => (IReadOnlyList<string>)
        [
            row.Transition.At.ToString(),
            row.Transition.From.Word(),
            row.Transition.To.Word(),
            row.Transition.Cause,
            versions.TryGetValue(row.AgreementFingerprint, out var version) ? $"version {version}" : "",
            Text(row.Profile),
            Text(row.Behaviour),
            Text(row.Intent),
            row.Grade ?? "",
            row.SeenAt.ToString(),
        ])]);

        static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
