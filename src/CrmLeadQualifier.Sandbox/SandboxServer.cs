using System.Net;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Connector;
using CrmLeadQualifier.Sandbox.Control;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Access;
using CrmLeadQualifier.Sandbox.HubSpot.Search;
using CrmLeadQualifier.Sandbox.HubSpot.Webhooks;
using CrmLeadQualifier.Sandbox.Limits;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Pages;
using CrmLeadQualifier.Sandbox.Sales;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

namespace CrmLeadQualifier.Sandbox;

/// <summary>A running sandbox: the emulated CRMs, each behind a port of its own on loopback.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly List<WebApplication> _webs = [];
    private WebhookSender? _webhooks;

    private SandboxServer()
    {
    }

    /// <summary>Null: not started.</summary>
    public HubSpotAccess? HubSpot { get; private set; }

    /// <summary>Null: not started.</summary>
    public SalesforceAccess? Salesforce { get; private set; }

    public Uri BaseUrl => new(HubSpot?.BaseUrl ?? Salesforce!.BaseUrl);

    public string Token => HubSpot!.Token;

    /// <param name="options">How to start.</param>
    /// <param name="time">Real time, for the clock, the limits and the delays.</param>
    /// <param name="notices">Told what was left out on loading, without personal data.</param>
    /// <param name="cancel">Stops the start.</param>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, TimeProvider time, Action<string> notices, CancellationToken cancel)
    {
        var clock = new SandboxClock(time, options.At);
        var gate = new Lock();
        var portal = options.Split == Split.Salesforce ? null : new Portal(clock, gate, new IndexLag(options.IndexLag, options.Seed));
        var org = options.Split == Split.HubSpot ? null : new Org(clock, gate, options.IndexLag);
        new Population(portal, org).Fill(options, clock.Start, notices);
        var crms = new EmulatedCrms(clock, gate, portal, org)
        {
            Connector = options.Connector && portal is not null && org is not null ? new NativeConnector(portal, org) : null,
            Sales = options.Sales ? new SalesTeam(options.Seed, [.. Desks(portal, org)], options.QuickSales) : null,
        };
        var server = new SandboxServer();
        try
        {
            if (crms.Portal is not null)
                await server.StartHubSpotAsync(crms, options, time, cancel);
            if (crms.Org is not null)
                await server.StartSalesforceAsync(crms, options, time, cancel);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        return server;
    }

    private static IEnumerable<ISalesDesk> Desks(Portal? portal, Org? org)
    {
        if (org is not null)
            yield return new SalesforceDesk(org);
        if (portal is not null)
            yield return new HubSpotDesk(portal);
    }

    public Task StopAsync(CancellationToken cancel) => Task.WhenAll(_webs.Select(web => web.StopAsync(cancel)));

    public async ValueTask DisposeAsync()
    {
        foreach (var web in _webs)
            await web.DisposeAsync();
        if (_webhooks is not null)
            await _webhooks.DisposeAsync();
    }

    private async Task StartHubSpotAsync(EmulatedCrms crms, SandboxOptions options, TimeProvider time, CancellationToken cancel)
    {
        var token = $"pat-na1-{Identifier(options.Seed, "token")}";
        var limits = new RateLimiter(options.Limits, time, crms.Clock);
        var (clientId, clientSecret) = (Identifier(options.Seed, "client"), Identifier(options.Seed, "secret"));
        var portal = crms.Portal!;
        var tokens = new Tokens(options.Seed, token, clientId, clientSecret);
        var webhooks = _webhooks = new WebhookSender(time, options.Seed);
        portal.Changes.Listener = webhooks.Tell;
        var faults = new FaultPlan(options.Faults, options.FaultRate, options.Seed, fault => !fault.OrgOnly);
        var log = new CallLog(crms.Clock.Now);
        var gate = new CallGate(crms, tokens, limits, faults, new PortalFaults(portal, tokens, webhooks), log, options.Latency, time);
        var web = Build(options.HubSpotPort);
        new ControlRoutes(crms, faults, log, new HubSpotPages(portal), new PortalControl(portal, tokens, webhooks, clientSecret).Map).Map(web);
        foreach (var route in HubSpotRoutes.All(portal, tokens, limits))
        {
            foreach (var path in route.Paths)
                web.MapMethods(path, [route.Method], http => gate.HandleAsync(http, route));
        }
        web.MapFallback("{**path}", gate.HandleUnknownAsync);
        await web.StartAsync(cancel);
        HubSpot = new HubSpotAccess(Address(web), token, clientId, clientSecret);
    }

    private async Task StartSalesforceAsync(EmulatedCrms crms, SandboxOptions options, TimeProvider time, CancellationToken cancel)
    {
        var org = crms.Org!;
        var clientId = "3MVG9" + Convert.ToHexString(Derived(options.Seed, "consumer key"));
        var clientSecret = Convert.ToHexString(Derived(options.Seed, "consumer secret"));
        var web = Build(options.SalesforcePort);
        var usage = new ApiUsage(org, options.Limits.Enforced);
        var sessions = new Sessions(org, options.Seed);
        var app = new ConnectedApp(org, clientId, clientSecret);
        var faults = new FaultPlan(options.Faults, options.FaultRate, options.Seed + 1, OrgFaults.Knows);
        var log = new CallLog(crms.Clock.Now);
        var gate = new OrgGate(crms, SalesforceRoutes.All(org, new SignInRoutes(org, app, sessions, () => Address(web)), new ConsentPage(org, app, sessions), sessions, usage), sessions, usage, faults, new OrgFaults(org, sessions), log, options.Latency, time);
        new ControlRoutes(crms, faults, log, new SalesforcePages(org), new OrgControl(org, app, sessions, usage).Map).Map(web);
        web.MapFallback("{**path}", gate.HandleAsync);
        await web.StartAsync(cancel);
        Salesforce = new SalesforceAccess(Address(web), clientId, clientSecret, OrgUsers.Username);
    }

    private WebApplication Build(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            // An upload of Bulk API 2.0 may have 150 MB.
            kestrel.Limits.MaxRequestBodySize = 160_000_000;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var web = builder.Build();
        web.UseRouting();
        _webs.Add(web);
        return web;
    }

    private static string Address(WebApplication web) => new Uri(web.Urls.Single()).GetLeftPart(UriPartial.Authority);

    private static string Identifier(int seed, string purpose) => new Guid(Derived(seed, purpose).AsSpan(0, 16)).ToString();

    private static byte[] Derived(int seed, string purpose) => SHA256.HashData(Encoding.UTF8.GetBytes($"crm-lead-qualifier sandbox/{purpose}/{seed}"));
}
