using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Wire;

/// <summary>A route by its method and pattern; what stands in braces is left open, and the last may be a rest with slashes.</summary>
internal sealed class SalesforceRoute(string method, string pattern, Func<SalesforceCall, Answer> handle)
{
    private readonly string[] _segments = pattern.Split('/');

    /// <summary>Needs no token: the token endpoint and the list of versions.</summary>
    public bool Open { get; init; }

    /// <summary>How the statistics call it.</summary>
    public string Name => $"{method} {pattern}";

    public Answer Handle(SalesforceCall call) => handle(call);

    public bool Matches(string calledMethod, string path, out Dictionary<string, string> values)
    {
        values = new Dictionary<string, string>(StringComparer.Ordinal);
        var given = path.Split('/');
        if (calledMethod != method || given.Length != _segments.Length)
            return false;
        for (var i = 0; i < given.Length; i++)
        {
            var open = _segments[i].IndexOf('{', StringComparison.Ordinal);
            if (open < 0)
            {
                if (!string.Equals(given[i], _segments[i], StringComparison.Ordinal))
                    return false;
                continue;
            }
            if (given[i].Length <= open || !given[i].StartsWith(_segments[i][..open], StringComparison.Ordinal))
                return false;
            values[_segments[i][(open + 1)..^1]] = given[i][open..];
        }
        return true;
    }
}
