using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Access;
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
    private const string ReadObjects = "crm.objects.{type}.read";
    private const string WriteObjects = "crm.objects.{type}.write";
    private const string ReadSchemas = "crm.schemas.{type}.read|crm.objects.{type}.read";
    private const string WriteSchemas = "crm.schemas.{type}.write";

    public static IEnumerable<HubSpotRoute> All(Portal portal, Tokens tokens, RateLimiter limits) =>
        [.. Objects(portal), .. Associations(portal), .. Properties(portal), .. Lists(portal), .. Account(portal, limits), .. Signals(portal),
            .. OAuth(portal, tokens)];

    private static IEnumerable<HubSpotRoute> Objects(Portal portal)
    {
        var single = new ObjectRoutes(portal);
        var batch = new BatchRoutes(portal, single);
        var search = new SearchRoutes(portal);
        const string objects = "/crm/objects/{version}/{type}", objectsV3 = "/crm/v3/objects/{type}";
        yield return new("GET", single.List, objects, objectsV3) { Paged = true, Needs = [ReadObjects] };
        yield return new("POST", single.Create, objects, objectsV3) { Needs = [WriteObjects] };
        yield return new("POST", search.Search, objects + "/search", objectsV3 + "/search") { Search = true, Paged = true, Needs = [ReadObjects] };
        yield return new("POST", batch.Read, objects + "/batch/read", objectsV3 + "/batch/read") { Needs = [ReadObjects] };
        yield return new("POST", batch.Update, objects + "/batch/update", objectsV3 + "/batch/update") { Needs = [WriteObjects] };
        yield return new("POST", batch.Create, objects + "/batch/create", objectsV3 + "/batch/create") { Needs = [WriteObjects] };
        yield return new("POST", batch.Upsert, objects + "/batch/upsert", objectsV3 + "/batch/upsert") { Needs = [WriteObjects] };
        yield return new("POST", batch.Archive, objects + "/batch/archive", objectsV3 + "/batch/archive") { Needs = [WriteObjects] };
        const string contacts = "/crm/objects/{version}/contacts", contactsV3 = "/crm/v3/objects/contacts";
        yield return new("POST", single.Merge, contacts + "/merge", contactsV3 + "/merge") { Needs = ["crm.objects.contacts.write"] };
        yield return new("POST", single.DeleteForPrivacy, contacts + "/gdpr-delete", contactsV3 + "/gdpr-delete") { Needs = ["crm.objects.contacts.write"] };
        yield return new("GET", single.Get, objects + "/{id}", objectsV3 + "/{id}") { Needs = [ReadObjects] };
        yield return new("PATCH", single.Patch, objects + "/{id}", objectsV3 + "/{id}") { Needs = [WriteObjects] };
        yield return new("DELETE", single.Archive, objects + "/{id}", objectsV3 + "/{id}") { Needs = [WriteObjects] };
        yield return new("GET", _ => throw HubSpotRefusal.MissingScopes(["custom-object-read"]), "/crm-object-schemas/{version}/schemas/{name}",
            "/crm/v3/schemas/{name}");
    }

    private static IEnumerable<HubSpotRoute> Associations(Portal portal)
    {
        var associations = new AssociationRoutes(portal);
        string[] read = ["crm.objects.{from}.read", "crm.objects.{to}.read"], write = ["crm.objects.{from}.write", "crm.objects.{to}.write"];
        const string links = "/crm/associations/{version}/{from}/{to}/batch", linksV4 = "/crm/v4/associations/{from}/{to}/batch";
        yield return new("POST", associations.Read, links + "/read", linksV4 + "/read") { Paged = true, Needs = read };
        yield return new("POST", associations.Create, links + "/create", linksV4 + "/create") { Needs = write };
        yield return new("POST", associations.Create, links + "/associate/default", linksV4 + "/associate/default") { Needs = write };
        yield return new("POST", associations.Archive, links + "/archive", linksV4 + "/archive") { Needs = write };
        const string ofOne = "/{id}/associations/{to}", one = ofOne + "/{toId}";
        const string objects = "/crm/objects/{version}/{type}", objectsV4 = "/crm/v4/objects/{type}";
        yield return new("GET", associations.OfOne, objects + ofOne, objectsV4 + ofOne) { Paged = true, Needs = [ReadObjects, "crm.objects.{to}.read"] };
        yield return new("PUT", associations.CreateOne, objects + one, objectsV4 + one) { Needs = [WriteObjects, "crm.objects.{to}.write"] };
        yield return new("DELETE", associations.ArchiveOne, objects + one, objectsV4 + one) { Needs = [WriteObjects, "crm.objects.{to}.write"] };
    }

    private static IEnumerable<HubSpotRoute> Properties(Portal portal)
    {
        var properties = new PropertyRoutes(portal);
        const string described = "/crm/properties/{version}/{type}", describedV3 = "/crm/v3/properties/{type}";
        string[] read = [ReadSchemas], write = [WriteSchemas];
        yield return new("GET", properties.List, described, describedV3) { Needs = read };
        yield return new("POST", properties.Create, described, describedV3) { Needs = write };
        yield return new("POST", properties.CreateBatch, described + "/batch/create", describedV3 + "/batch/create") { Needs = write };
        yield return new("POST", properties.ReadBatch, described + "/batch/read", describedV3 + "/batch/read") { Needs = read };
        yield return new("POST", properties.ArchiveBatch, described + "/batch/archive", describedV3 + "/batch/archive") { Needs = write };
        yield return new("GET", properties.ListGroups, described + "/groups", describedV3 + "/groups") { Needs = read };
        yield return new("POST", properties.CreateGroup, described + "/groups", describedV3 + "/groups") { Needs = write };
        yield return new("GET", properties.GetGroup, described + "/groups/{name}", describedV3 + "/groups/{name}") { Needs = read };
        yield return new("PATCH", properties.PatchGroup, described + "/groups/{name}", describedV3 + "/groups/{name}") { Needs = write };
        yield return new("DELETE", properties.DeleteGroup, described + "/groups/{name}", describedV3 + "/groups/{name}") { Needs = write };
        yield return new("GET", properties.Get, described + "/{name}", describedV3 + "/{name}") { Needs = read };
        yield return new("PATCH", properties.Patch, described + "/{name}", describedV3 + "/{name}") { Needs = write };
        yield return new("DELETE", properties.Delete, described + "/{name}", describedV3 + "/{name}") { Needs = write };
    }

    private static IEnumerable<HubSpotRoute> Lists(Portal portal)
    {
        const string list = "/crm/lists/{version}", listV3 = "/crm/v3/lists";
        string[] read = ["crm.lists.read"], write = ["crm.lists.write"];
        var lists = portal.Lists;
        yield return new("POST", lists.Create, list, listV3) { Needs = write };
        yield return new("GET", lists.GetSeveral, list, listV3) { Needs = read };
        yield return new("POST", lists.Search, list + "/search", listV3 + "/search") { Needs = read };
        yield return new("GET", lists.GetByName, list + "/object-type-id/{typeId}/name/{name}", listV3 + "/object-type-id/{typeId}/name/{name}") { Needs = read };
        yield return new("GET", lists.Get, list + "/{id}", listV3 + "/{id}") { Needs = read };
        yield return new("DELETE", lists.Delete, list + "/{id}", listV3 + "/{id}") { Needs = write };
        yield return new("PUT", lists.Rename, list + "/{id}/update-list-name", listV3 + "/{id}/update-list-name") { Needs = write };
        yield return new("PUT", lists.Refilter, list + "/{id}/update-list-filters", listV3 + "/{id}/update-list-filters") { Needs = write };
        const string members = "/{id}/memberships";
        yield return new("GET", lists.Members, list + members, listV3 + members) { Paged = true, Needs = read };
        yield return new("PUT", lists.Add, list + members + "/add", listV3 + members + "/add") { Needs = write };
        yield return new("PUT", lists.Remove, list + members + "/remove", listV3 + members + "/remove") { Needs = write };
        yield return new("PUT", lists.AddAndRemove, list + members + "/add-and-remove", listV3 + members + "/add-and-remove") { Needs = write };
    }

    private static IEnumerable<HubSpotRoute> Account(Portal portal, RateLimiter limits)
    {
        var account = new AccountRoutes(portal, limits);
        yield return new("GET", portal.Owners.List, "/crm/owners/{version}", "/crm/v3/owners") { Paged = true, Needs = ["crm.objects.owners.read"] };
        yield return new("GET", portal.Owners.Get, "/crm/owners/{version}/{id}", "/crm/v3/owners/{id}") { Needs = ["crm.objects.owners.read"] };
        yield return new("GET", Pipelines.List, "/crm/pipelines/{version}/{type}", "/crm/v3/pipelines/{type}") { Needs = [ReadSchemas] };
        yield return new("GET", Pipelines.Get, "/crm/pipelines/{version}/{type}/{id}", "/crm/v3/pipelines/{type}/{id}") { Needs = [ReadSchemas] };
        yield return new("GET", _ => account.Details(), "/account-info/{version}/details", "/account-info/v3/details");
        yield return new("GET", account.DailyUsage, "/account-info/{version}/api-usage/daily/private-apps", "/account-info/v3/api-usage/daily/private-apps");
        yield return new("GET", _ => account.CustomProperties(), "/crm/limits/{version}/custom-properties", "/crm/v3/limits/custom-properties");
    }

    private static IEnumerable<HubSpotRoute> Signals(Portal portal)
    {
        yield return new("GET", call => portal.PageViews.Occurrences(call, portal), "/events/event-occurrences/{version}", "/events/v3/events") { Paged = true };
        yield return new("GET", _ => PageViews.Types(), "/events/event-occurrences/{version}/event-types", "/events/v3/events/event-types");
        yield return new("GET", portal.Forms.List, "/marketing/forms/{version}", "/marketing/v3/forms") { Paged = true, Needs = ["forms"] };
        yield return new("GET", portal.Forms.SubmissionsOf, "/form-integrations/v1/submissions/forms/{guid}") { Paged = true, Needs = ["forms"] };
        yield return new("GET", portal.EmailEvents.List, "/email/public/v1/events") { Paged = true, Needs = ["content"] };
        yield return new("GET", portal.EmailEvents.CampaignOf, "/email/public/v1/campaigns/{id}") { Needs = ["content"] };
    }

    /// <summary>Dated paths and v3 have introspection; v1 has the tokens in its paths.</summary>
    private static IEnumerable<HubSpotRoute> OAuth(Portal portal, Tokens tokens)
    {
        var oauth = new OAuthRoutes(portal, tokens);
        yield return new("GET", oauth.Authorize, "/oauth/authorize") { Open = true };
        yield return new("POST", oauth.Token, "/oauth/{version}/token", "/oauth/v3/token", "/oauth/v1/token") { Open = true };
        yield return new("POST", oauth.Introspect, "/oauth/{version}/token/introspect", "/oauth/v3/token/introspect") { Open = true };
        yield return new("POST", oauth.Revoke, "/oauth/{version}/token/revoke", "/oauth/v3/token/revoke") { Open = true };
        yield return new("GET", oauth.AccessToken, "/oauth/v1/access-tokens/{token}") { Open = true };
        yield return new("GET", oauth.RefreshToken, "/oauth/v1/refresh-tokens/{token}") { Open = true };
        yield return new("DELETE", oauth.RevokeRefreshToken, "/oauth/v1/refresh-tokens/{token}") { Open = true };
        yield return new("POST", oauth.ServiceKey, "/oauth/v2/private-apps/get/access-token-info");
    }
}

/// <summary>A route: its handler and the paths under which it is found.</summary>
internal sealed record HubSpotRoute(string Method, Func<HubSpotCall, Answer> Handle, params string[] Paths)
{
    private static readonly string[] Versions = ["2026-03", "2026-09"];

    /// <summary>Search has a limit of its own.</summary>
    public bool Search { get; init; }

    /// <summary>The answer is a page, and more may follow.</summary>
    public bool Paged { get; init; }

    /// <summary>No token is asked for.</summary>
    public bool Open { get; init; }

    /// <summary>The scopes that a token needs, as <see cref="Scopes.Check"/> reads them.</summary>
    public IReadOnlyList<string> Needs { get; init; } = [];

    /// <summary>Whether something may be another than before.</summary>
    public bool Writes => Method is "PATCH" or "PUT" or "DELETE" || (Method == "POST" && !Search && !Open && !Paths[0].EndsWith("/read", StringComparison.Ordinal));

    private bool IsUpdate => Paths[0].EndsWith("/batch/update", StringComparison.Ordinal);

    private bool IsList => Method == "GET" && Paths[0] == "/crm/objects/{version}/{type}";

    /// <summary>Whether a fault can have its effect on a call of this route.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="call">The call.</param>
    /// <param name="canExpire">Whether it comes with an access token that can expire now.</param>
    public bool Fits(FaultKind fault, HubSpotCall call, bool canExpire) => fault switch
    {
        FaultKind.ShortPage => Paged,
        FaultKind.EmptyPage => IsList,
        FaultKind.OutsideWindow => Search,
        FaultKind.TokenExpired => canExpire && !Open,
        FaultKind.DeletedIds or FaultKind.MergedIds or FaultKind.PeopleEdit => IsUpdate && ObjectType.Find(call.Route("type")) == ObjectType.Contact,
        FaultKind.ListMoves => IsList && ObjectType.Find(call.Route("type")) == ObjectType.Contact,
        // The page that asks a user is a browser's, and nobody's call.
        _ => Paths[0] != "/oauth/authorize",
    };

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
