using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Checks;

/// <summary>Each scope by what it is needed for: granted, missing, or more than this program needs.</summary>
internal sealed class ScopeCheck(HubSpotConnection connection, HubSpotTransport transport)
{
    private const string Key = "In HubSpot: Settings, Integrations, Service keys (or Private apps), the key, Scopes";
    private const string App = "In the app's Auth tab";

    private readonly CallContext _read = new("what the token is good for", Stream: "scopes");

    public async Task<IReadOnlyList<CheckFinding>> RunAsync(CancellationToken cancellation)
    {
        if (await GrantedAsync(cancellation).ConfigureAwait(false) is not { } granted)
        {
            return
            [
                new CheckFinding("scopes", CheckResult.Notice, "HubSpot does not tell which scopes this token has",
                    $"{Key}: there are to be {string.Join(", ", HubSpotScopes.All.Where(scope => scope.Use != ScopeUse.Provisioning).Select(scope => scope.Name))}; each stream below says whether it can be read."),
            ];
        }

        return
        [
            .. HubSpotScopes.All.Select(scope => Of(scope, granted.Contains(scope.Name))),
            .. granted.Where(name => name != HubSpotScopes.OfEveryApp && HubSpotScopes.All.All(scope => scope.Name != name)).Order(StringComparer.Ordinal)
                .Select(name => new CheckFinding($"scope {name}", CheckResult.Notice, "granted, and not used by this program", $"{Where}: take {name} out; a key should open no more than it needs.")),
        ];
    }

    private string Where => connection.AccessTokens is null ? Key : App;

    private CheckFinding Of(HubSpotScope scope, bool isGranted)
    {
        var subject = $"scope {scope.Name}";
        if (isGranted)
        {
            return new CheckFinding(subject, CheckResult.Passed, scope.Use == ScopeUse.Provisioning ? $"granted, for {scope.For}; every day's work does without" : $"granted, for {scope.For}");
        }

        var add = connection.AccessTokens is null
            ? $"{Key}: add {scope.Name}, then Save; the token stays the same."
            : $"{App}: add {scope.Name}, then authorize again: connect hubspot --client-id … --replace.";
        return scope.Use switch
        {
            ScopeUse.Daily => new CheckFinding(subject, CheckResult.Failed, $"missing; needed for {scope.For}", add),
            ScopeUse.DailyOptional => new CheckFinding(subject, CheckResult.Notice, $"missing; without it there is nothing of: {scope.For}", $"{add} Or do without."),
            ScopeUse.Provisioning => new CheckFinding(subject, CheckResult.Notice, $"missing; only provision needs it, for {scope.For}", $"{add} It may be taken out again afterwards."),
            var other => throw new ArgumentOutOfRangeException(nameof(scope), other, "No use of a scope."),
        };
    }

    /// <summary>Null: it cannot be known.</summary>
    private async Task<IReadOnlySet<string>?> GrantedAsync(CancellationToken cancellation)
    {
        if (connection.GrantedScopes is { Count: > 0 } known)
        {
            return known.ToHashSet();
        }

        if (connection.AccessTokens is not null)
        {
            return null;
        }

        try
        {
            var path = transport.Paths.TokenInfo;
            var answer = await transport.FindAsync(
                _read, t => transport.Account.DescribeTokenAsync(path, new TokenQuestion(connection.Token), t), cancellation).ConfigureAwait(false);
            return answer?.Body.Scopes is { Count: > 0 } scopes ? scopes.OfType<string>().ToHashSet() : null;
        }
        catch (CrmException)
        {
            // Service keys and private apps are not asked in the same way everywhere; what cannot be asked is tried, stream by stream.
            return null;
        }
    }
}
