using System.Net;
using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Control;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.Generating;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.Limits;
using CrmLeadQualifier.Sandbox.Loading;

namespace CrmLeadQualifier.Sandbox;

/// <summary>A running sandbox: one emulated portal behind Kestrel on loopback.</summary>
internal sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _web;

    private SandboxServer(WebApplication web, Uri baseUrl, string token, string clientId, string clientSecret)
    {
        _web = web;
        BaseUrl = baseUrl;
        Token = token;
        ClientId = clientId;
        ClientSecret = clientSecret;
    }

    public Uri BaseUrl { get; }

    public string Token { get; }

    public string ClientId { get; }

    public string ClientSecret { get; }

    /// <param name="options">How to start.</param>
    /// <param name="time">Real time, for the clock, the limits and the delays.</param>
    /// <param name="notices">Told what was left out on loading, without personal data.</param>
    /// <param name="cancel">Stops the start.</param>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, TimeProvider time, Action<string> notices, CancellationToken cancel)
    {
        var clock = new SandboxClock(time, options.At);
        var portal = new Portal(clock, options.IndexLag);
        Fill(portal, options, notices);
        var token = $"pat-na1-{new Guid(Derived(options.Seed, "token").AsSpan(0, 16))}";
        var limits = new RateLimiter(options.Limits, time, clock);
        var faults = new FaultPlan(options.Faults, options.FaultRate, options.Seed);
        var log = new CallLog(clock.Now);
        var gate = new CallGate(portal, clock, limits, faults, log, token, options.Latency, time);

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            kestrel.Listen(IPAddress.Loopback, options.HubSpotPort);
        });
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var web = builder.Build();
        web.UseRouting();
        new ControlRoutes(portal, clock, faults, log).Map(web);
        foreach (var route in HubSpotRoutes.All(portal, limits))
        {
            foreach (var path in route.Paths)
                web.MapMethods(path, [route.Method], http => gate.HandleAsync(http, route));
        }
        web.MapFallback("{**path}", gate.HandleUnknownAsync);
        await web.StartAsync(cancel);
        return new SandboxServer(web, new Uri(web.Urls.Single()), token, new Guid(Derived(options.Seed, "client").AsSpan(0, 16)).ToString(),
            new Guid(Derived(options.Seed, "secret").AsSpan(0, 16)).ToString());
    }

    public Task StopAsync(CancellationToken cancel) => _web.StopAsync(cancel);

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static void Fill(Portal portal, SandboxOptions options, Action<string> notices)
    {
        var start = portal.Clock.Start;
        portal.Owners.Add("claire.dubois@vendor.example", "Claire", "Dubois", start - (400L * 86_400_000));
        portal.Owners.Add("tom.hughes@vendor.example", "Tom", "Hughes", start - (380L * 86_400_000));
        portal.Owners.Add("karim.benali@vendor.example", "Karim", "Benali", start - (200L * 86_400_000));
        portal.Owners.Add("former.colleague@vendor.example", "Former", "Colleague", start - (900L * 86_400_000), archived: true);
        List<Lead> leads;
        if (options.Leads is { } file)
            leads = LeadsFile.Read(File.ReadAllBytes(file), (line, why) => notices($"{file}:{line}: {why}; the line is left out."));
        else
            leads = new PeopleGenerator(options.Seed, start, portal.Owners.All).Make(options.Contacts);
        new LeadLoader(portal).Load(leads, notices);
    }

    private static byte[] Derived(int seed, string purpose) => SHA256.HashData(Encoding.UTF8.GetBytes($"crm-lead-qualifier sandbox/{purpose}/{seed}"));
}
