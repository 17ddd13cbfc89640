using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Queries;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>The org behind the connection and its time zone, by which it dates what it knows by the day.</summary>
internal sealed class Organization(QueryReading queries)
{
    private static readonly CallContext Call = new("the organization");

    private DateTimeZone? _zone;

    public async Task<CrmAccount> ReadAsync(CancellationToken cancellation)
    {
        var answer = await queries.FirstAsync(Call, "SELECT Id, TimeZoneSidKey FROM Organization", withDeleted: false, cancellation).ConfigureAwait(false);
        if (answer.Body.Records is not [{ Id: { } id } row, ..] || !SalesforceId.IsId(id))
        {
            throw new FatalCrmException("Salesforce's answer names no organization.", "Check the connection's login address.");
        }

        var zone = row.Get("TimeZoneSidKey");
        _zone = zone is null ? DateTimeZone.Utc : DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) ?? DateTimeZone.Utc;
        return new CrmAccount(CrmKind.Salesforce, SalesforceId.To18(id), zone, answer.Date);
    }

    /// <summary>What the org's clocks make of an instant; read once.</summary>
    public async ValueTask<OrgDays> GetDaysAsync(CancellationToken cancellation)
    {
        if (_zone is null)
        {
            await ReadAsync(cancellation).ConfigureAwait(false);
        }

        return new OrgDays(_zone!);
    }
}

/// <summary>Days as the org counts them.</summary>
internal readonly struct OrgDays(DateTimeZone zone)
{
    /// <summary>
    /// When something happened of which the org keeps the day only: the instant that another field has of it if that falls on the day, else the day
    /// (its 00:00 UTC).
    /// </summary>
    public (Instant At, bool IsDayOnly) Of(Instant day, Instant? exact) =>
        exact is { } instant && DayOf(instant) == NodaTime.Instant.FromUnixTimeMilliseconds(day.UnixMilliseconds).InUtc().Date ? (instant, false) : (day, true);

    /// <summary>The org's day of an instant, as a date field takes it.</summary>
    public string TextOf(Instant instant) => NodaTime.Text.LocalDatePattern.Iso.Format(DayOf(instant));

    private LocalDate DayOf(Instant instant) => NodaTime.Instant.FromUnixTimeMilliseconds(instant.UnixMilliseconds).InZone(zone).Date;
}
