using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Sync.Agreements;

/// <summary>Whether a connection gives what a definition's criteria and exclusions are decided by (CRM mapping, Activities, last paragraph).</summary>
/// <param name="refused">The streams that the CRM does not give, by plan or scope.</param>
internal sealed class FactsAvailability(Definition definition, string connection, ICrm crm, IReadOnlySet<string> refused)
{
    /// <summary>What is made of other facts, and of which.</summary>
    private static readonly Dictionary<string, StreamContentKind> Derived = new()
    {
        ["has_open_deal"] = StreamContentKind.Deals,
        ["is_customer"] = StreamContentKind.Deals,
        ["owner_email"] = StreamContentKind.Owners,
    };

    /// <summary>One for each criterion and exclusion, in the order of the file.</summary>
    public async Task<IReadOnlyList<CriterionFacts>> LookAsync(CancellationToken cancellation)
    {
        IReadOnlySet<string> readable;
        try
        {
            readable = await crm.ReadableAttributesAsync(cancellation);
        }
        catch (CrmException failed)
        {
            return [new CriterionFacts("*", connection, FactsAvailable.NotAvailable, $"the CRM cannot be asked: {failed.Message}")];
        }

        return
        [
            .. definition.Criteria.Select(criterion => Look(criterion.Id, readable, criterion switch
            {
                AttributeCriterion attributes => new Needed(attributes.Tiers.SelectMany(tier => Subjects(tier.If)), []),
                ActivityCriterion activities => new Needed(Subjects(activities.If), activities.On),
                _ => throw new ArgumentOutOfRangeException(nameof(criterion)),
            })),
            .. definition.Exclusions.Select(exclusion => Look(
                exclusion.Id,
                readable,
                new Needed(Subjects(exclusion.Matching.If).Concat(Subjects(exclusion.Unless?.If)), exclusion.Matching.On.Concat(exclusion.Unless?.On ?? [])))),
        ];
    }

    private CriterionFacts Look(string id, IReadOnlySet<string> readable, Needed needed)
    {
        var attributes = needed.Attributes.Select(name => name == AttributeSchema.EmailDomain ? "email" : name).Distinct().ToList();
        var kinds = needed.Kinds.Distinct().ToList();
        var missing = attributes.Where(name => !IsReadable(name, readable)).Select(name => $"no field for {name}").ToList();
        var partial = new List<string>();
        foreach (var kind in kinds)
        {
            var streams = crm.Streams.Where(stream => stream.Kinds.Contains(kind.Name)).ToList();
            var given = streams.Where(stream => !refused.Contains(stream.Name)).ToList();
            if (given.Count == 0 && streams.Any(stream => stream.Fallback?.Kinds.Contains(kind.Name) == true))
            {
                partial.Add($"{string.Join(", ", streams.Select(stream => stream.Name))} refused: {kind.Name} only as counted on the record, with the details of the newest one");
            }
            else if (given.Count == 0)
            {
                missing.Add(streams.Count == 0 ? $"no {kind.Name} in this CRM" : $"{string.Join(", ", streams.Select(stream => stream.Name))} refused: no {kind.Name}");
            }
            else if (given.Count < streams.Count)
            {
                partial.Add($"{string.Join(", ", streams.Except(given).Select(stream => stream.Name))} refused: {kind.Name} only in part");
            }
        }

        var available = missing.Count == attributes.Count + kinds.Count && missing.Count > 0 ? FactsAvailable.NotAvailable
            : missing.Count + partial.Count > 0 ? FactsAvailable.Partial
            : FactsAvailable.Complete;
        return new CriterionFacts(id, connection, available, missing.Count + partial.Count == 0 ? null : string.Join("; ", [.. missing, .. partial]));
    }

    private bool IsReadable(string attribute, IReadOnlySet<string> readable) => readable.Contains(attribute)
        || (Derived.TryGetValue(attribute, out var content) && crm.Streams.Any(stream => stream.Content == content && !refused.Contains(stream.Name)));

    private static IEnumerable<string> Subjects(Condition? condition) => condition switch
    {
        AllOf all => all.Parts.SelectMany(Subjects),
        AnyOf any => any.Parts.SelectMany(Subjects),
        NoneOf none => none.Parts.SelectMany(Subjects),
        SubjectCondition subject => [subject.Subject],
        _ => [],
    };

    private sealed record Needed(IEnumerable<string> Attributes, IEnumerable<ActivityKind> Kinds);
}
