namespace CrmLeadQualifier.Core.Facts;

/// <summary>What is known of one lead: its attributes under a schema, and its activities. Scored as of an instant by a plan of the same schema.</summary>
public sealed class LeadFacts
{
    private readonly AttributeValue[] _values;
    private readonly ActivityFact[] _activities;

    /// <param name="values">One for each attribute of the schema, in its order, <c>email_domain</c> among them.</param>
    /// <param name="activities">Each activity once, in any order; sorted in place, latest first.</param>
    public LeadFacts(AttributeSchema schema, AttributeValue[] values, ActivityFact[] activities)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, schema.Attributes.Count);
        Schema = schema;
        _values = values;
        _activities = activities;
        if (!IsLatestFirst(activities))
        {
            Array.Sort(activities, static (a, b) => b.At.CompareTo(a.At));
        }
    }

    public AttributeSchema Schema { get; }

    public ReadOnlySpan<AttributeValue> Values => _values;

    /// <summary>Latest first.</summary>
    public ReadOnlySpan<ActivityFact> Activities => _activities;

    private static bool IsLatestFirst(ActivityFact[] activities)
    {
        for (var i = 1; i < activities.Length; i++)
        {
            if (activities[i].At > activities[i - 1].At)
            {
                return false;
            }
        }

        return true;
    }
}
