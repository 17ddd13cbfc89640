using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>What sales promised, and what each of its answers leads to.</summary>
internal sealed class SalesReader(ProblemList problems, ScalarReader scalars, IdRegister ids)
{
    private static readonly Dictionary<string, AfterRejection> Consequences = new(StringComparer.Ordinal)
    {
        ["recycle"] = AfterRejection.Recycle,
        ["disqualify"] = AfterRejection.Disqualify,
    };

    public static SalesRule Default { get; } = new()
    {
        FirstContactWithin = TimeSpan.FromHours(8),
        BusinessHours = BusinessHoursReader.Default,
        TwoStep = false,
        CoolDown = new Dictionary<string, TimeSpan>(),
        RejectionReasons = [],
    };

    public SalesRule Read(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["first_contact_within", "business_hours", "two_step", "cool_down", "rejection_reasons"]) is not { } entries)
        {
            return Default;
        }

        return new SalesRule
        {
            FirstContactWithin = (entries.Find("first_contact_within") is { } within ? scalars.Duration(within) : null) ?? Default.FirstContactWithin,
            BusinessHours = entries.Find("business_hours") is { } hours ? new BusinessHoursReader(problems, scalars).Read(hours) : Default.BusinessHours,
            TwoStep = (entries.Find("two_step") is { } twoStep ? scalars.Boolean(twoStep) : null) ?? Default.TwoStep,
            CoolDown = entries.Find("cool_down") is { } coolDown ? CoolDown(coolDown) : Default.CoolDown,
            RejectionReasons = entries.Find("rejection_reasons") is { } reasons ? Reasons(reasons) : Default.RejectionReasons,
        };
    }

    private Dictionary<string, TimeSpan> CoolDown(YamlNode node)
    {
        var coolDown = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        if (MappingReader.Open(node, problems, ["expired", "deal_lost"]) is { } entries)
        {
            foreach (var cause in (string[])["expired", "deal_lost"])
            {
                if (entries.Find(cause) is { } span && scalars.Duration(span) is { } rest)
                {
                    coolDown[cause] = rest;
                }
            }
        }

        return coolDown;
    }

    private IReadOnlyList<RejectionReason> Reasons(YamlNode node)
        => scalars.Items(node, mayBeEmpty: true) is { } items ? [.. items.Select(Reason).OfType<RejectionReason>()] : [];

    private RejectionReason? Reason(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["id", "label", "then", "after"]) is not { } entries)
        {
            return null;
        }

        var id = entries.Require("id") is { } idNode ? ids.Read(idNode) : null;
        var label = entries.Require("label") is { } labelNode ? scalars.Localized(labelNode) : null;
        var then = entries.Require("then") is { } thenNode ? scalars.Choice(thenNode, Consequences) : null;
        var after = entries.Find("after") is { } afterNode ? scalars.Duration(afterNode) : null;
        if (then == AfterRejection.Disqualify)
        {
            entries.Refuse("after", "`after` goes with `then: recycle`: a disqualified lead comes back only when sales reopens it.");
        }

        return id is null || label is null || then is null ? null : new RejectionReason(id, label, then.Value, after);
    }
}
