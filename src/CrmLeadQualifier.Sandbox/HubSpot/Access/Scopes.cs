using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Access;

/// <summary>The scopes that tokens of this portal are given, and what a route asks of them.</summary>
internal static class Scopes
{
    /// <summary>What a service key gets here unless a fault takes it away; reading custom objects is not among it.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        "oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "crm.objects.companies.read", "crm.objects.companies.write",
        "crm.objects.deals.read", "crm.objects.deals.write", "crm.objects.tickets.read", "crm.objects.tickets.write", "crm.objects.owners.read",
        "crm.schemas.contacts.read", "crm.schemas.contacts.write", "crm.schemas.companies.read", "crm.schemas.companies.write", "crm.schemas.deals.read",
        "crm.schemas.deals.write", "crm.schemas.tickets.read", "crm.schemas.tickets.write", "crm.lists.read", "crm.lists.write", "sales-email-read", "forms",
        "content",
    ];

    /// <param name="needs">Each entry must be given; alternatives are split by a bar, and {type} stands for the route's object type.</param>
    /// <param name="values">The route's values.</param>
    /// <param name="given">The token's scopes.</param>
    public static void Check(IReadOnlyList<string> needs, RouteValueDictionary values, IReadOnlySet<string> given)
    {
        foreach (var need in needs)
        {
            string[] alternatives = [.. need.Split('|').Select(scope => Named(scope, values))];
            // An object type that is not there is for the route to say.
            if (!Array.Exists(alternatives, scope => given.Contains(scope) || scope.Contains('{', StringComparison.Ordinal)))
                throw HubSpotRefusal.MissingScopes(alternatives);
        }
    }

    private static string Named(string scope, RouteValueDictionary values)
    {
        foreach (var parameter in new[] { "type", "from", "to" })
        {
            if (values.TryGetValue(parameter, out var given) && given is string text && ObjectType.Find(text) is { } type)
                scope = scope.Replace("{" + parameter + "}", type.ScopeName, StringComparison.Ordinal);
        }
        return scope;
    }
}
