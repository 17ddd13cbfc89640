using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>Days as CRM users read them, in the agreement's language and business time zone; own tables, so that no machine's cultures decide.</summary>
internal static class Days
{
    private static readonly string[] English = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    private static readonly string[] French = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."];

    /// <summary><c>21 Nov</c>, <c>21 nov.</c>, <c>1er août</c>.</summary>
    public static string Short(Instant at, Definition definition)
    {
        var date = NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(definition.Sales.BusinessHours.Zone).Date;
        var day = date.Day.ToString(CultureInfo.InvariantCulture);
        return definition.Language == Language.French
            ? $"{day}{(date.Day == 1 ? "er" : "")} {French[date.Month - 1]}"
            : $"{day} {English[date.Month - 1]}";
    }
}
