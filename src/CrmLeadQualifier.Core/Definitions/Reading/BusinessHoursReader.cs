using CrmLeadQualifier.Core.Definitions.Yaml;
using NodaTime;

namespace CrmLeadQualifier.Core.Definitions.Reading;

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
