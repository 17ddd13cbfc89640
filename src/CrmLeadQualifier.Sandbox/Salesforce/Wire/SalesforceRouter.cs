using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Wire;

/// <summary>Finds the route of a call; composite calls come through here again for each of their parts.</summary>
internal sealed class SalesforceRouter
{
    private readonly List<SalesforceRoute> _routes = [];

    public void Add(params IEnumerable<SalesforceRoute> routes) => _routes.AddRange(routes);

    public SalesforceRoute? Find(SalesforceCall call)
    {
        var path = call.Path.Length > 1 ? call.Path.TrimEnd('/') : call.Path;
        foreach (var route in _routes)
        {
            if (!route.Matches(call.Method, path, out var values))
                continue;
            call.Values = values;
            return values.TryGetValue("version", out var version) && !Versions.Serves(version) ? null : route;
        }
        return null;
    }

    /// <summary>The answer of a part of a composite call: its refusal is an answer too.</summary>
    public Answer Dispatch(SalesforceCall call)
    {
        try
        {
            var route = Find(call) ?? throw SalesforceRefusal.NotFound();
            return route.Handle(call);
        }
        catch (SalesforceRefusal refusal)
        {
            return refusal.Answer;
        }
    }
}
