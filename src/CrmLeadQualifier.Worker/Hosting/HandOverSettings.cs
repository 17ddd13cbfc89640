using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Sync.Overdue;
using CrmLeadQualifier.Worker.CommandLine;
using NodaTime;
using NodaTime.Text;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>What an admin decides about hand-overs in appsettings.json (<c>Handover</c>, <c>Holidays</c>, <c>Overdue</c>).</summary>
/// <param name="Crm">In which CRM sales works the leads of both; null: in Salesforce where one is connected.</param>
/// <param name="Holidays">Days on which nobody works, beside those of the agreement.</param>
/// <param name="Overdue">Who is told of overdue answers; nobody unless it says so.</param>
internal sealed record HandOverSettings(CrmKind? Crm, IReadOnlySet<LocalDate> Holidays, OverdueNotification Overdue)
{
    /// <exception cref="UsageException">It says something that cannot be, or names a calendar that cannot be read.</exception>
    public static HandOverSettings Read(IConfiguration configuration, Func<HttpClient> http) =>
        new(CrmOf(configuration["Handover"]), HolidaysOf(configuration.GetSection("Holidays")), OverdueOf(configuration.GetSection("Overdue"), http));

    private static CrmKind? CrmOf(string? handover) => handover switch
    {
        null or "" => null,
        var crm when crm.Equals(CrmWords.Salesforce, StringComparison.OrdinalIgnoreCase) => CrmKind.Salesforce,
        var crm when crm.Equals(CrmWords.HubSpot, StringComparison.OrdinalIgnoreCase) => CrmKind.HubSpot,
        var other => throw Mistake("Handover", $"is '{other}': it is salesforce or hubspot, where sales works."),
    };

    private static HashSet<LocalDate> HolidaysOf(IConfigurationSection section)
    {
        var days = new HashSet<LocalDate>();
        foreach (var day in section.GetSection("Days").GetChildren())
        {
            days.Add(LocalDatePattern.Iso.Parse(day.Value ?? "") is { Success: true } read ? read.Value : throw Mistake(day.Path, $"is '{day.Value}': a day is written like 2026-12-25."));
        }

        if (section["Calendar"] is { Length: > 0 } file)
        {
            var path = Path.Combine(ApplicationFolder.Path, file);
            try
            {
                days.UnionWith(HolidayCalendar.Read(File.ReadAllText(path)));
            }
            catch (HolidayCalendarException e)
            {
                throw new UsageException($"{path} (Holidays:Calendar of {ApplicationFolder.Settings}), {e.Message}.");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw CommandContext.CannotRead(path, e);
            }
        }

        return days;
    }

    private static OverdueNotification OverdueOf(IConfigurationSection section, Func<HttpClient> http)
    {
        var createsTask = section["Task"] switch
        {
            null or "" => false,
            var text when bool.TryParse(text, out var isOn) => isOn,
            var other => throw Mistake("Overdue:Task", $"is '{other}': it is true or false."),
        };
        var messages = new Dictionary<string, SendOverdueMessage>();
        if (Address(section, "SlackWebhook") is { } slack)
        {
            messages[OverdueMessages.Slack] = new OverdueMessages(http, slack, OverdueMessages.Slack).SendAsync;
        }

        if (Address(section, "TeamsWebhook") is { } teams)
        {
            messages[OverdueMessages.Teams] = new OverdueMessages(http, teams, OverdueMessages.Teams).SendAsync;
        }

        return createsTask || messages.Count > 0 ? new OverdueNotification { CreatesTask = createsTask, Messages = messages } : OverdueNotification.Off;
    }

    /// <summary>Whoever knows the address can write to the channel: it is a secret, and no message shows it.</summary>
    private static Uri? Address(IConfigurationSection section, string name) => section[name] switch
    {
        null or "" => null,
        var text when Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" => address,
        _ => throw Mistake("Overdue:" + name, "is no web address: copy it whole, from https:// on."),
    };

    private static UsageException Mistake(string where, string what) => new(string.Create(CultureInfo.InvariantCulture, $"{ApplicationFolder.Settings}: {where} {what}"));
}
