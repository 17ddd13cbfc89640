using CrmLeadQualifier.Core.Definitions.Yaml;
using NodaTime;

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

/// <summary>When sales works. The time zones are those that the program carries.</summary>
internal sealed class BusinessHoursReader(ProblemList problems, ScalarReader scalars)
{
    private static readonly Dictionary<string, IsoDayOfWeek> Week = new(StringComparer.Ordinal)
    {
        ["mon"] = IsoDayOfWeek.Monday,
        ["tue"] = IsoDayOfWeek.Tuesday,
        ["wed"] = IsoDayOfWeek.Wednesday,
        ["thu"] = IsoDayOfWeek.Thursday,
        ["fri"] = IsoDayOfWeek.Friday,
        ["sat"] = IsoDayOfWeek.Saturday,
        ["sun"] = IsoDayOfWeek.Sunday,
    };

    public static BusinessHours Default { get; } = new(
        DateTimeZone.Utc,
        new HashSet<IsoDayOfWeek> { IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday },
        new LocalTime(9, 0),
        new LocalTime(18, 0),
        new HashSet<LocalDate>());

    public BusinessHours Read(YamlNode node)
    {
        if (MappingReader.Open(node, problems, ["timezone", "days", "from", "to", "holidays"]) is not { } entries)
        {
            return Default;
        }

        if (!entries.Has("timezone"))
        {
            problems.Warning(node, "Business hours without a time zone: they are read as UTC. Add `timezone`, such as `Europe/Paris`.");
        }

        var from = (entries.Find("from") is { } fromNode ? scalars.TimeOfDay(fromNode) : null) ?? Default.From;
        var to = (entries.Find("to") is { } toNode ? scalars.TimeOfDay(toNode) : null) ?? Default.To;
        if (to <= from)
        {
            problems.Error(entries.Find("to") ?? entries.Find("from") ?? node, "The day's end must come after its start: `from` is earlier than `to`, on one day.");
        }

        return new BusinessHours(
            (entries.Find("timezone") is { } zone ? Zone(zone) : null) ?? Default.Zone,
            (entries.Find("days") is { } days ? Days(days) : null) ?? Default.Days,
            from,
            to,
            entries.Find("holidays") is { } holidays ? Holidays(holidays) : Default.Holidays);
    }

    private DateTimeZone? Zone(YamlNode node)
    {
        if (scalars.Text(node) is not { } name)
        {
            return null;
        }

        if (DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is { } zone)
        {
            return zone;
        }

        var meant = NearestWord.Find(name, DateTimeZoneProviders.Tzdb.Ids);
        problems.Error(node, $"`{name}` is no time zone{(meant is null ? "; one is `Europe/Paris`." : $": did you mean `{meant}`?")}");
        return null;
    }

    private HashSet<IsoDayOfWeek>? Days(YamlNode node)
        => scalars.Items(node, mayBeEmpty: false) is { } items ? [.. items.Select(item => scalars.Choice(item, Week)).OfType<IsoDayOfWeek>()] : null;

    private HashSet<LocalDate> Holidays(YamlNode node)
        => scalars.Items(node, mayBeEmpty: true) is { } items ? [.. items.Select(scalars.Day).OfType<LocalDate>()] : [];
}
