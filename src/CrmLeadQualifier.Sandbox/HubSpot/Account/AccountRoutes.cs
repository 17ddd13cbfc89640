using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.HubSpot.Account;

internal sealed class AccountRoutes(RateLimiter limits)
{
    public static Answer Details() => Answer.Json(200, json =>
    {
        json.WriteNumber("portalId", Portal.Id);
        json.WriteString("accountType", "STANDARD");
        json.WriteString("timeZone", "UTC");
        json.WriteString("companyCurrency", "EUR");
        json.WriteStartArray("additionalCurrencies");
        json.WriteEndArray();
        json.WriteString("utcOffset", "+00:00");
        json.WriteNumber("utcOffsetMilliseconds", 0);
        json.WriteString("uiDomain", "app.hubspot.com");
        json.WriteString("dataHostingLocation", "na1");
    }) with { RowsRead = 1 };

    public Answer DailyUsage(HubSpotCall call) => Answer.Json(200, json =>
    {
        json.WriteStartArray("results");
        json.WriteStartObject();
        json.WriteString("name", "private-apps-api-calls-daily");
        json.WriteNumber("usageLimit", limits.Tier.PerDay ?? LimitTier.Off.PerDay!.Value);
        json.WriteNumber("currentUsage", limits.Today);
        json.WriteString("collectedAt", Instant.Iso(call.Now));
        json.WriteString("fetchStatus", "SUCCESS");
        json.WriteString("resetsAt", Instant.Iso(((call.Now / 86_400_000) + 1) * 86_400_000));
        json.WriteEndObject();
        json.WriteEndArray();
    }) with { RowsRead = 1 };
}
