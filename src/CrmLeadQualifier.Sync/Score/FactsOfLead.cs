using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Score;

/// <summary>
/// One person's attributes and activities out of all its records (CRM mapping): for each attribute the first known value in a fixed order of sources wins, the company's before the
/// person's own. Never decided by a record's modification time, which our own writes move.
/// </summary>
internal static class FactsOfLead
{
    private const string CreatedAt = "created_at";
    private const string HasOpenDeal = "has_open_deal";
    private const string OwnerEmail = "owner_email";

    /// <summary>True in any record is true.</summary>
    private static readonly string[] AnyTrue = ["opted_out", "is_customer"];

    /// <summary>Where a person came from is known where its visits were seen.</summary>
    private static readonly string[] HubSpotFirst = ["source", "source_detail", "language"];

    private static readonly int IsCustomerSlot = AttributeSchema.Standard.IndexOf("is_customer");
    private static readonly int SourceSlot = AttributeSchema.Standard.IndexOf("source");

    public static LeadFacts Build(LeadBundle bundle, AttributeSchema schema, LeadFactsBuilder builder, FactsOfActivities facts)
    {
        foreach (var (name, source) in Values(bundle))
        {
            if (schema.IndexOf(name) >= 0)
            {
                builder.Set(name, source.Value);
            }
        }

        var areDistinct = AreDistinct(bundle.Activities);
        foreach (var activity in bundle.Activities)
        {
            // The same activity on two records of one lead is one activity.
            var id = areDistinct ? null : $"{activity.ConnectionId} {activity.ActivityId}";
            if (activity.CopyOf is not null)
            {
                builder.AddCopy(id);
            }
            else if (facts.Of(activity) is { } fact)
            {
                builder.Add(id, fact);
            }
        }

        return builder.Build();
    }

    /// <summary>Those of one record are, by the ledger's key, where no relation ties the record to any of them once more.</summary>
    private static bool AreDistinct(IReadOnlyList<ActivityRow> activities)
    {
        for (var i = 0; i < activities.Count; i++)
        {
            if (activities[i].RecordId != activities[0].RecordId || activities[i].ConnectionId != activities[0].ConnectionId || activities[i].ExternalId.Contains(ActivityRow.Relation))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Every attribute that some source knows: the value that counts, and where it is from.</summary>
    public static IReadOnlyDictionary<string, SourcedValue> Values(LeadBundle bundle)
    {
        var values = new Dictionary<string, SourcedValue>();
        foreach (var (name, value) in InOrder(bundle))
        {
            if (!values.TryGetValue(name, out var known) || Replaces(name, known.Value, value.Value))
            {
                values[name] = value;
            }
        }

        return values;
    }

    /// <summary>What every source says of each attribute, in the order of the sources.</summary>
    public static ILookup<string, SourcedValue> All(LeadBundle bundle) => InOrder(bundle).ToLookup(source => source.Name, source => source.Value);

    private static IEnumerable<(string Name, SourcedValue Value)> InOrder(LeadBundle bundle)
    {
        if (bundle.Deals.Count > 0)
        {
            var open = bundle.Deals.FirstOrDefault(deal => deal.Deal.Outcome == DealOutcome.Open);
            yield return (HasOpenDeal, new(open is null ? "false" : "true", (open ?? bundle.Deals[0]).ConnectionId, open is null ? "deals" : "deal", open?.Deal.Id));
        }

        var isOne = bundle.Records.Count == 1;
        foreach (var record in bundle.Present)
        {
            var isHubSpot = isOne || bundle.CrmOf(record) == CrmWords.HubSpot;
            foreach (var source in Sources(bundle, record).Where(source => isHubSpot || !HubSpotFirst.Contains(source.Name)))
            {
                yield return source;
            }
        }

        foreach (var record in bundle.Present.Where(record => !isOne && bundle.CrmOf(record) != CrmWords.HubSpot))
        {
            foreach (var source in Sources(bundle, record).Where(source => HubSpotFirst.Contains(source.Name)))
            {
                yield return source;
            }
        }
    }

    public static bool IsCustomer(LeadFacts facts) => facts.Values[IsCustomerSlot] is { IsKnown: true, Boolean: true };

    /// <summary>The source as the CRM writes it, for the transition's row.</summary>
    public static string? SourceOf(LeadBundle bundle) => Values(bundle).TryGetValue(AttributeSchema.StandardAttributes[SourceSlot].Name, out var source) ? source.Value : null;

    private static IEnumerable<(string Name, SourcedValue Value)> Sources(LeadBundle bundle, RecordRow record)
    {
        if (bundle.CompanyOf.TryGetValue(record.Id, out var company))
        {
            foreach (var (name, value) in company)
            {
                yield return (name, new(value, record.ConnectionId, "company", record.CompanyId));
            }
        }

        foreach (var (name, value) in record.Attributes)
        {
            yield return (name, new(value, record.ConnectionId, record.Object, record.ExternalId));
        }

        if (bundle.OwnerOf.TryGetValue(record.Id, out var owner) && owner.Email is { Length: > 0 } email)
        {
            yield return (OwnerEmail, new(email, record.ConnectionId, "owner", owner.ExternalId));
        }
    }

    private static bool Replaces(string name, string known, string value)
    {
        if (AnyTrue.Contains(name))
        {
            return !IsTrue(known) && IsTrue(value);
        }

        return name == CreatedAt && Instant.TryRead(value, out var other) && (!Instant.TryRead(known, out var first) || other < first);
    }

    private static bool IsTrue(string value) => AttributeReader.TryRead(AttributeType.Boolean, value, out var read) && read is { IsKnown: true, Boolean: true };
}

/// <summary>What one source says of an attribute.</summary>
/// <param name="Value">As the CRM writes it.</param>
/// <param name="Kind">Of what said it: a record's object, <c>company</c>, <c>owner</c>, <c>deal</c>.</param>
/// <param name="Id">The CRM's; null for all of a kind.</param>
internal readonly record struct SourcedValue(string Value, long ConnectionId, string Kind, string? Id)
{
    /// <summary>The record, company, owner or deal, as explanations name it.</summary>
    public string Source => Id is null ? Kind : $"{Kind} {Id}";
}
