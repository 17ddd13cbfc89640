namespace CrmLeadQualifier.HubSpot.Api;

/// <summary>The paths of the routes under the configured versions, without a leading slash.</summary>
internal sealed class HubSpotPaths(HubSpotApiVersions versions)
{
    /// <summary>HubSpot's id of the object type contact.</summary>
    public const string ContactTypeId = "0-1";

    public string Objects(string type) => Family("crm", "objects", versions.Objects) + "/" + type;

    public string Associations(string from, string to) => $"{Family("crm", "associations", versions.Associations)}/{from}/{to}/batch/read";

    public string Properties(string type) => Family("crm", "properties", versions.Properties) + "/" + type;

    public string Pipelines(string type) => Family("crm", "pipelines", versions.Pipelines) + "/" + type;

    public string ListMemberships(string list) => $"{Lists}/{list}/memberships";

    public string Lists => Family("crm", "lists", versions.Lists);

    public string PropertyLimits => Family("crm", "limits", versions.Account) + "/custom-properties";

    /// <summary>Where codes and refresh tokens are changed for access tokens.</summary>
    public string Token => Family("oauth", null, versions.OAuth) + "/token";

    /// <summary>What a private app's token is good for; has no dated version.</summary>
    public string TokenInfo => "oauth/v2/private-apps/get/access-token-info";

    public string Owners => Family("crm", "owners", versions.Owners);

    public string Account => Family("account-info", null, versions.Account) + "/details";

    /// <summary>Occurrences were called events before versions had dates.</summary>
    public string EventOccurrences => IsDated(versions.Events) ? $"events/event-occurrences/{versions.Events}" : $"events/{versions.Events}/events";

    public string Forms => Family("marketing", "forms", versions.Forms);

    public string FormSubmissions(string form) => $"form-integrations/{versions.FormSubmissions}/submissions/forms/{form}";

    public string EmailEvents => $"email/public/{versions.EmailEvents}/events";

    public string EmailCampaign(string id) => $"email/public/{versions.EmailEvents}/campaigns/{id}";

    private static string Family(string area, string? family, string version) =>
        family is null ? $"{area}/{version}"
        : IsDated(version) ? $"{area}/{family}/{version}"
        : $"{area}/{version}/{family}";

    private static bool IsDated(string version) => char.IsAsciiDigit(version[0]);
}
