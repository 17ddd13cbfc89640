using System.Globalization;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;
using CrmLeadQualifier.HubSpot.Provisioning;
using CrmLeadQualifier.HubSpot.Streams;

namespace CrmLeadQualifier.HubSpot.Checks;

/// <summary>What else in the portal decides how well this program works there: lists, the day's calls, who else moves lifecycle stages, the native connector.</summary>
/// <param name="shareOfDay">The part of the account's daily calls that this program takes at most; 0 to 1.</param>
internal sealed class PortalCheck(HubSpotTransport transport, ListProvisioning lists, double shareOfDay)
{
    /// <summary>A run every minute.</summary>
    private const long CyclesADay = 24 * 60;

    /// <summary>Contacts whose lifecycle history is looked at.</summary>
    private const int Looked = 50;

    private static readonly CallContext LifecycleRead = new("the lifecycle history of contacts", Stream: "lifecycle");
    private static readonly CallContext LifecycleSearch = LifecycleRead with { Lane = CallLane.Search };

    public Task<CheckFinding> ListsAsync(IReadOnlyList<FieldDefinition> fields, CancellationToken cancellation) => Attempt.AtAsync("lists", async () =>
        await lists.PlanAsync(fields, cancellation).ConfigureAwait(false) is { Count: > 0 } missing
            ? new CheckFinding("lists", CheckResult.Notice, string.Join("; ", missing.Select(step => step.Description)),
                "Run provision with a token that has crm.lists.read and crm.lists.write; or filter the contacts by Sales answer.")
            : new CheckFinding("lists", CheckResult.Passed, "there"));

    /// <summary>Calls that the streams take in a day on which nothing changes, of those that the account has.</summary>
    public CheckFinding Schedule(IEnumerable<StreamDescription> streams)
    {
        // Each run asks once whose account it is.
        var calls = CyclesADay + streams.Sum(stream => stream.Cadence <= TimeSpan.FromMinutes(1) ? CyclesADay : (long)Math.Ceiling(TimeSpan.FromDays(1) / stream.Cadence));
        if (transport.Daily is not { } daily || daily <= 0)
        {
            return new CheckFinding("schedule", CheckResult.Passed, Invariant($"{calls} calls a day where nothing changes; this portal's token has no daily limit"));
        }

        var share = (long)(daily * shareOfDay);
        var percent = Math.Round(shareOfDay * 100);
        return calls <= share
            ? new CheckFinding("schedule", CheckResult.Passed, Invariant($"{calls} calls a day where nothing changes, of the {share} that are this program's share ({percent} %) of {daily}"))
            : new CheckFinding("schedule", CheckResult.Failed, Invariant($"{calls} calls a day where nothing changes, more than the {share} that are this program's share ({percent} %) of {daily}"),
                "Let `sync` run less often than every minute by a scheduler of your own instead of `serve`, or get more calls: in HubSpot, Settings, Account & billing, API limit increase.");
    }

    public CheckFinding Quota() => (transport.DailyRemaining, transport.Daily) switch
    {
        ({ } remaining, { } daily) when daily > 0 => remaining * 100 >= daily * 20
            ? new CheckFinding("daily quota", CheckResult.Passed, Invariant($"{remaining} of {daily} calls left today"))
            : new CheckFinding("daily quota", CheckResult.Notice, Invariant($"only {remaining} of {daily} calls left today"),
                "Other integrations share them: in HubSpot, Settings, Integrations, Connected apps (and Private apps, Logs) show who uses most."),
        _ => new CheckFinding("daily quota", CheckResult.Passed, "none for this kind of token"),
    };

    /// <summary>Whether deals and companies move the lifecycle of their people, as the history of such people tells: no API shows the setting.</summary>
    public Task<CheckFinding> LifecycleSyncAsync(CancellationToken cancellation) => Attempt.AtAsync("lifecycle sync", async () =>
    {
        var path = transport.Paths.Objects(ContactReader.ObjectType);
        SearchFilterGroup Stage(string stage) => new([new SearchFilter(LeadProperties.Lifecycle, "EQ", stage)]);
        var search = new SearchRequest([Stage("opportunity"), Stage("customer")], [new SearchSort(ContactReader.StampProperty, "DESCENDING")], [ContactReader.StampProperty], Looked, null);
        var page = await transport.CallAsync(LifecycleSearch, t => transport.Objects.SearchAsync(path, search, t), cancellation).ConfigureAwait(false);
        var ids = (page.Body.Results ?? []).Select(row => row?.Id).OfType<string>().ToList();
        if (ids.Count == 0)
        {
            return new CheckFinding("lifecycle sync", CheckResult.Passed, "no contact is an opportunity or a customer yet, so it does not show whether deals and companies move lifecycle stages");
        }

        var rows = await ObjectReading.ReadAsync(transport, LifecycleRead, ContactReader.ObjectType, ids, [ContactReader.StampProperty], [LeadProperties.Lifecycle], cancellation).ConfigureAwait(false);
        var sources = rows.SelectMany(row => row.PropertiesWithHistory?.GetValueOrDefault(LeadProperties.Lifecycle) ?? []).Select(version => version?.SourceType ?? "").ToHashSet(StringComparer.OrdinalIgnoreCase);
        var (byDeals, byCompanies) = (sources.Contains("DEALS"), sources.Contains("COMPANIES"));
        return byCompanies
            ? new CheckFinding("lifecycle sync", CheckResult.Notice, "companies move the lifecycle stage of their contacts" + (byDeals ? ", and so do deals" : ""),
                "A company's stage may overtake our MQL on its other people. If that is not meant: in HubSpot, Settings, Objects, Companies, Lifecycle stage, switch off the sync to contacts.")
            : byDeals
                ? new CheckFinding("lifecycle sync", CheckResult.Passed, "deals move the lifecycle stage of their contacts to opportunity and customer, as this program expects")
                : new CheckFinding("lifecycle sync", CheckResult.Notice, Invariant($"of {rows.Count} contacts, none became opportunity or customer by a deal or a company"),
                    "This program leaves those stages to HubSpot: in HubSpot, Settings, Objects, Deals, Lifecycle stage, switch on the sync, if contacts are to follow their deals.");
    });

    public static CheckFinding Connector(IEnumerable<string> properties)
    {
        var found = properties.Where(property => property is "salesforcecontactid" or "salesforceleadid").Order(StringComparer.Ordinal).ToList();
        return found.Count == 0
            ? new CheckFinding("native connector", CheckResult.Passed, "no Salesforce ids on contacts: HubSpot's own Salesforce connector is not installed")
            : new CheckFinding("native connector", CheckResult.Notice, $"HubSpot's own Salesforce connector is installed ({string.Join(", ", found)})",
                "Map no lq_ field in it (HubSpot: Settings, Integrations, Connected apps, Salesforce, Contacts), give this program a Salesforce user of its own, and look at its inclusion list: "
                + "one by lifecycle stage takes in every MQL that we write. See docs/beside-the-connector.md.");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
