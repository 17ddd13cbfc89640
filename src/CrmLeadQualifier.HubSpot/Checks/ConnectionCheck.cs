using System.Runtime.CompilerServices;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Checks;

/// <summary>Tests what a connection needs by using it: the token and its scopes, each stream, properties, lists, the clock, the day's calls, and what else moves things in the portal.</summary>
internal sealed class ConnectionCheck(
    ICrm crm, IReadOnlyList<IHubSpotStream> streams, ContactProperties properties, ScopeCheck scopes, PropertyCheck ofProperties, PortalCheck portal, TimeProvider clock)
{
    /// <summary>More than this, and windows by HubSpot's clock surprise whoever compares them with the machine's.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(30);

    public async IAsyncEnumerable<CheckFinding> RunAsync(IReadOnlyList<FieldDefinition> fields, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var account = await Attempt.AtAsync("token", async () =>
        {
            var found = await crm.GetAccountAsync(cancellation).ConfigureAwait(false);
            return new CheckFinding("token", CheckResult.Passed, $"accepted by portal {found.Id}, time zone {found.TimeZone ?? "unknown"}");
        }).ConfigureAwait(false);
        yield return account;
        if (account.Result == CheckResult.Failed)
        {
            yield break;
        }

        foreach (var finding in await scopes.RunAsync(cancellation).ConfigureAwait(false))
        {
            yield return finding;
        }

        Instant? date = null;
        foreach (var stream in streams)
        {
            var subject = $"stream {stream.Description.Name}";
            yield return await Attempt.AtAsync(subject, async () =>
            {
                date = (await stream.ReadPageAsync(EmptyWindow(stream.Description), position: null, cancellation).ConfigureAwait(false)).Date;
                return new CheckFinding(subject, CheckResult.Passed, "readable");
            }).ConfigureAwait(false);
        }

        if (date is { } theirs)
        {
            yield return Clock(theirs);
        }

        await foreach (var finding in ofProperties.RunAsync(fields, cancellation).ConfigureAwait(false))
        {
            yield return finding;
        }

        if (fields.Count > 0)
        {
            yield return await portal.ListsAsync(fields, cancellation).ConfigureAwait(false);
        }

        yield return portal.Quota();
        yield return portal.Schedule(streams.Select(stream => stream.Description));
        yield return await portal.LifecycleSyncAsync(cancellation).ConfigureAwait(false);
        yield return await Attempt.AtAsync(
            "native connector", async () => PortalCheck.Connector((await properties.GetAsync(cancellation).ConfigureAwait(false)).Keys)).ConfigureAwait(false);
    }

    /// <summary>A window of the present, in which nothing can have happened: as cheap as asking can be.</summary>
    private ChangeWindow? EmptyWindow(StreamDescription stream)
    {
        var now = Instant.Now(clock);
        return stream.Tracking == ChangeTracking.FullRead ? null : new ChangeWindow(now, now + TimeSpan.FromSeconds(1));
    }

    private CheckFinding Clock(Instant theirs)
    {
        var skew = Instant.Now(clock) - theirs;
        return skew.Duration() <= ClockTolerance
            ? new CheckFinding("clock", CheckResult.Passed, "agrees with HubSpot's")
            : new CheckFinding("clock", CheckResult.Notice, FormattableString.Invariant($"{skew.Duration().TotalSeconds:0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} HubSpot's"),
                "Let the machine's clock be set by NTP.");
    }
}
