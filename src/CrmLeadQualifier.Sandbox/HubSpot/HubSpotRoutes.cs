using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.HubSpot.Associations;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Properties;
using CrmLeadQualifier.Sandbox.HubSpot.Search;
using CrmLeadQualifier.Sandbox.HubSpot.Signals;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.HubSpot;

/// <summary>Every emulated route, under its dated path and its v1, v3 or v4 one alike, on one portal. The first path names the route in the
/// statistics.</summary>
internal static class HubSpotRoutes
{
    public static IEnumerable<HubSpotRoute> All(Portal portal, RateLimiter limits)
    {
        var single = new ObjectRoutes(portal);
        var batch = new BatchRoutes(portal, single);
        var search = new SearchRoutes(portal);
        var properties = new PropertyRoutes(portal);
        var associations = new AssociationRoutes(portal);
        var account = new AccountRoutes(limits);

        const string objects = "/crm/objects/{version}/{type}", objectsV3 = "/crm/v3/objects/{type}";
        yield return new("GET", single.List, objects, objectsV3);
        yield return new("POST", single.Create, objects, objectsV3);
        yield return new("POST", search.Search, objects + "/search", objectsV3 + "/search") { Search = true };
        yield return new("POST", batch.Read, objects + "/batch/read", objectsV3 + "/batch/read");
        yield return new("POST", batch.Update, objects + "/batch/update", objectsV3 + "/batch/update");
        yield return new("POST", batch.Create, objects + "/batch/create", objectsV3 + "/batch/create");
        yield return new("POST", batch.Archive, objects + "/batch/archive", objectsV3 + "/batch/archive");
        yield return new("POST", single.Merge, "/crm/objects/{version}/contacts/merge", "/crm/v3/objects/contacts/merge");
        yield return new("GET", single.Get, objects + "/{id}", objectsV3 + "/{id}");
        yield return new("PATCH", single.Patch, objects + "/{id}", objectsV3 + "/{id}");
        yield return new("DELETE", single.Archive, objects + "/{id}", objectsV3 + "/{id}");

        const string links = "/crm/associations/{version}/{from}/{to}/batch", linksV4 = "/crm/v4/associations/{from}/{to}/batch";
        yield return new("POST", associations.Read, links + "/read", linksV4 + "/read");
        yield return new("POST", associations.Create, links + "/create", linksV4 + "/create");
        yield return new("POST", associations.Create, links + "/associate/default", linksV4 + "/associate/default");
        yield return new("POST", associations.Archive, links + "/archive", linksV4 + "/archive");
        yield return new("GET", associations.OfOne, objects + "/{id}/associations/{to}", "/crm/v4/objects/{type}/{id}/associations/{to}");

        const string described = "/crm/properties/{version}/{type}", describedV3 = "/crm/v3/properties/{type}";
        yield return new("GET", properties.List, described, describedV3);
        yield return new("POST", properties.Create, described, describedV3);
        yield return new("POST", properties.CreateBatch, described + "/batch/create", describedV3 + "/batch/create");
        yield return new("POST", properties.ReadBatch, described + "/batch/read", describedV3 + "/batch/read");
        yield return new("POST", properties.ArchiveBatch, described + "/batch/archive", describedV3 + "/batch/archive");
        yield return new("GET", properties.ListGroups, described + "/groups", describedV3 + "/groups");
        yield return new("POST", properties.CreateGroup, described + "/groups", describedV3 + "/groups");
        yield return new("GET", properties.GetGroup, described + "/groups/{name}", describedV3 + "/groups/{name}");
        yield return new("PATCH", properties.PatchGroup, described + "/groups/{name}", describedV3 + "/groups/{name}");
        yield return new("DELETE", properties.DeleteGroup, described + "/groups/{name}", describedV3 + "/groups/{name}");
        yield return new("GET", properties.Get, described + "/{name}", describedV3 + "/{name}");
        yield return new("PATCH", properties.Patch, described + "/{name}", describedV3 + "/{name}");
        yield return new("DELETE", properties.Delete, described + "/{name}", describedV3 + "/{name}");

        yield return new("GET", portal.Owners.List, "/crm/owners/{version}", "/crm/v3/owners");
        yield return new("GET", Pipelines.List, "/crm/pipelines/{version}/{type}", "/crm/v3/pipelines/{type}");
        yield return new("GET", call => portal.PageViews.Occurrences(call, portal), "/events/event-occurrences/{version}", "/events/v3/events");
        yield return new("GET", _ => PageViews.Types(), "/events/event-occurrences/{version}/event-types", "/events/v3/events/event-types");
        yield return new("GET", portal.Forms.List, "/marketing/forms/{version}", "/marketing/v3/forms");
        yield return new("GET", portal.Forms.SubmissionsOf, "/form-integrations/v1/submissions/forms/{guid}");
        yield return new("GET", portal.EmailEvents.List, "/email/public/v1/events");
        yield return new("GET", portal.EmailEvents.CampaignOf, "/email/public/v1/campaigns/{id}");
        yield return new("GET", _ => AccountRoutes.Details(), "/account-info/{version}/details", "/account-info/v3/details");
        yield return new("GET", account.DailyUsage, "/account-info/{version}/api-usage/daily/private-apps", "/account-info/v3/api-usage/daily/private-apps");
    }
}

/// <summary>A route: its handler and the paths under which it is found.</summary>
internal sealed record HubSpotRoute(string Method, Func<HubSpotCall, Answer> Handle, params string[] Paths)
{
    private static readonly string[] Versions = ["2026-03", "2026-09"];

    /// <summary>Search has a limit of its own.</summary>
    public bool Search { get; init; }

    /// <summary>Forms are only in beta under a dated path.</summary>
    public bool Serves(string version) => Paths[0].StartsWith("/marketing/forms/", StringComparison.Ordinal) ? version == "2026-09-beta"
        : Versions.Contains(version);

    /// <summary>The route's name in the statistics: its first path, object types by their plural names.</summary>
    public string NameFor(RouteValueDictionary values)
    {
        var name = Paths[0];
        foreach (var parameter in new[] { "type", "from", "to" })
        {
            if (values.TryGetValue(parameter, out var given) && given is string text && ObjectType.Find(text) is { } type)
                name = name.Replace("{" + parameter + "}", type.Plural, StringComparison.Ordinal);
        }
        return $"{Method} {name}";
    }
}
