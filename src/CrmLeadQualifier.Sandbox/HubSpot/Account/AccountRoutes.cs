using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.HubSpot.Account;

internal sealed class AccountRoutes(Portal portal, RateLimiter limits)
{
    public Answer Details() => Answer.Json(200, json =>
    {
        json.WriteNumber("portalId", portal.Settings.AccountId);
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

    /// <summary>How many properties were added to each object type, and how many there is room for.</summary>
    public Answer CustomProperties()
    {
        var limit = portal.Settings.PropertyLimit;
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("byObjectType");
            foreach (var type in ObjectType.All.Where(type => !type.IsEngagement))
            {
                var usage = portal.Properties(type).All.Count(property => !property.HubSpotDefined);
                json.WriteStartObject();
                json.WriteNumber("limit", limit);
                json.WriteString("objectTypeId", type.TypeId);
                json.WriteNumber("percentage", 100.0 * usage / limit);
                json.WriteString("pluralLabel", type.Plural);
                json.WriteString("singularLabel", type.Singular);
                json.WriteNumber("usage", usage);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }) with { RowsRead = 1 };
    }

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
