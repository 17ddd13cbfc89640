using System.CommandLine;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Learning;

/// <summary>An instant as a person writes one: a day alone begins in the agreement's time zone.</summary>
internal static class InstantOption
{
    /// <summary>Null: it was not given.</summary>
    public static Instant? Read(ParseResult parsed, Option<string?> option, AgreementCalendar calendar) => parsed.GetValue(option) switch
    {
        null => null,
        var text when calendar.TryRead(text, out var instant) => instant,
        var text => throw new UsageException($"{option.Name}: '{text}' is no instant. Write a day (2026-11-23) or a time with its offset (2026-11-23T09:30:00Z)."),
    };
}
