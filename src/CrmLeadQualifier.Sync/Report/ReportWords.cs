using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>Numbers, rates, days and the agreement's own words, as a report in one language writes them. The machine's culture is none.</summary>
/// <param name="retired">Rejection reasons of earlier agreements.</param>
internal sealed class ReportWords(Language language, Definition definition, IReadOnlyDictionary<string, LocalizedText> retired)
{
    private static readonly string[] FrenchMonths =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

    private static readonly string[] EnglishMonths =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private readonly DateTimeZone _zone = definition.Sales.BusinessHours.Zone;

    private bool IsFrench => language == Language.French;

    /// <summary>French keeps a number and what follows it on one line.</summary>
    private string Fixed => IsFrench ? "\u00A0" : " ";

    public string Say(string english, string french) => IsFrench ? french.Replace(" :", "\u00A0:", StringComparison.Ordinal).Replace(" ;", "\u00A0;", StringComparison.Ordinal).Replace(" ?", "\u00A0?", StringComparison.Ordinal) : english;

    public string Count(int number)
    {
        var text = number.ToString("#,0", CultureInfo.InvariantCulture);
        return IsFrench ? text.Replace(",", "\u00A0", StringComparison.Ordinal) : text;
    }

    /// <summary>English and French agree on one and many but for nought: 0 leads, 0 lead.</summary>
    public string Count(int number, string english, string englishMany, string french, string frenchMany) =>
        Count(number) + Fixed + (IsFrench ? number > 1 ? frenchMany : french : number == 1 ? english : englishMany);

    public string Number(double? number, string format = "0.0")
    {
        if (number is not { } value)
        {
            return "–";
        }

        var text = value.ToString(format, CultureInfo.InvariantCulture);
        return IsFrench ? text.Replace('.', ',') : text;
    }

    public string Percent(double share) => Number(share * 100) + (IsFrench ? "\u00A0%" : "%");

    /// <summary>Never a percentage without its counts: <c>61.4% (54 of 88)</c>.</summary>
    public string Of(Rate rate) => rate.Value is { } value ? $"{Percent(value)} ({Count(rate.Count)} {Say("of", "sur")} {Count(rate.Of)})" : Say("nobody yet", "personne encore");

    public string WithInterval(Rate rate) => rate.Wilson is { } interval ? $"{Of(rate)}, {Percent(interval.Low)} {Say("to", "à")} {Percent(interval.High)}" : Of(rate);

    /// <summary>A quantile in hours, or that it is not reached.</summary>
    public string Hours(double? hours) => hours is { } value ? Number(value) + Fixed + "h" : Say("not reached", "pas atteint");

    public string Days(Quantiles days) => days.Median is { } median
        ? Number(median) + Fixed + (IsFrench ? median >= 2 ? "jours" : "jour" : median == 1 ? "day" : "days")
        : "–";

    public string Day(Instant at)
    {
        var day = At(at).Date;
        return IsFrench
            ? string.Create(CultureInfo.InvariantCulture, $"{(day.Day == 1 ? "1er" : day.Day)} {FrenchMonths[day.Month - 1]} {day.Year}")
            : string.Create(CultureInfo.InvariantCulture, $"{day.Day} {EnglishMonths[day.Month - 1]} {day.Year}");
    }

    public string DayAndTime(Instant at)
    {
        var time = At(at).TimeOfDay;
        return IsFrench
            ? string.Create(CultureInfo.InvariantCulture, $"{Day(at)} à {time.Hour}\u00A0h\u00A0{time.Minute:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{Day(at)}, {time.Hour:00}:{time.Minute:00}");
    }

    /// <summary>The last day of a window whose end is given.</summary>
    public string LastDay(Instant to) => Day(to - TimeSpan.FromMilliseconds(1));

    /// <summary><c>2026-W47</c> as <c>week 47</c>.</summary>
    public string Week(string week) => Say("week", "semaine") + Fixed + week[^2..].TrimStart('0');

    /// <summary>Short, under a chart: <c>W47</c>, <c>S47</c>.</summary>
    public string ShortWeek(string week) => (IsFrench ? "S" : "W") + week[^2..].TrimStart('0');

    /// <summary>A source, owner or country; nothing has a word of its own.</summary>
    public string Value(string value) => value == Breakdown.Nothing ? Say("(none)", "(aucun)") : value;

    public string Reason(string reason) => reason == Rejection.ReasonMissing
        ? Say("no reason given", "sans motif")
        : definition.Sales.RejectionReasons.FirstOrDefault(one => one.Id == reason) is { } known ? known.Label.In(language)
        : retired.TryGetValue(reason, out var label) ? FieldTexts.Retired(label.In(language), language)
        : reason + Say(" (in no agreement)", " (dans aucun accord)");

    public string OutOfTarget(OutOfTargetCount why) => why.IsMissing
        ? Say($"{AttributeTexts.Label(why.Because, language)} unknown", $"{AttributeTexts.Label(why.Because, language)} : inconnu")
        : definition.Exclusions.FirstOrDefault(exclusion => exclusion.Id == why.Because)?.Label.In(language) ?? why.Because;

    private ZonedDateTime At(Instant at) => NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(_zone);
}
