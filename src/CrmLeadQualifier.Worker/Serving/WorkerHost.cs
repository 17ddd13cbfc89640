using System.Globalization;
using System.Net;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.ConsolePages;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Jobs;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.Extensions.FileProviders;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>
/// The worker that serves: Hangfire's server, its dashboard and the console in one process. Nothing of the environment is taken over unasked: no address, no host, no trust in what
/// a proxy's headers claim.
/// </summary>
internal sealed class WorkerHost : IAsyncDisposable
{
    private readonly WebApplication _web;

    private WorkerHost(WebApplication web) => _web = web;

    /// <summary>Where the console is, with a slash at its end.</summary>
    public string Address => _web.Urls.First().TrimEnd('/') + "/";

    /// <exception cref="UsageException">The address cannot be had, or would be open to others without the names under which they may call it.</exception>
    public static async Task<WorkerHost> StartAsync(CommandContext context, ILedger ledger, int port)
    {
        var listening = Listening.Read(context.Configuration, port);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = typeof(WorkerHost).Assembly.GetName().Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.AddServerHeader = false).UseUrls(listening.Urls);
        builder.Logging.AddProvider(new LogFileLogging(context.Folder.Log));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = JobEngine.HostShutdownTimeout);
        AddProgram(builder.Services, context, ledger);
        AddConsole(builder.Services, context.Folder, listening);
        var web = builder.Build();
        UseConsole(web);
        try
        {
            await web.Services.GetRequiredService<Schedules>().StartAsync(context.Cancellation);
            await web.StartAsync(context.Cancellation);
        }
        catch (IOException e)
        {
            await web.DisposeAsync();
            throw new UsageException($"{string.Join(", ", listening.Urls)} cannot be listened at: {e.Message} Name another port by --port.");
        }

        return new WorkerHost(web);
    }

    /// <summary>Until the command is told to stop; then the jobs have come to the end of their page.</summary>
    public Task UntilStoppedAsync(CancellationToken stop) => _web.WaitForShutdownAsync(stop);

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private static void AddProgram(IServiceCollection services, CommandContext context, ILedger ledger)
    {
        services.AddSingleton(ledger);
        services.AddSingleton(context);
        services.AddSingleton(context.Clients);
        services.AddSingleton(context.Folder.Log);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<JobTurns>();
        services.AddSingleton(provider => new Stages(ledger, context.Clients, provider.GetRequiredService<TimeProvider>(), context.HandOvers));
        services.AddSingleton<Schedules>();
        services.AddSingleton<Alerts>();
        services.AddSingleton<Watch>();
        services.AddSingleton(provider => new WeeklyReports(ledger, ReportMail.Of(context.Configuration), PublicAddress.Of(context.Configuration), context.HandOvers.Holidays, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<RunsReader>();
        services.AddSingleton<WebhookReading>();
        services.AddHostedService(provider => provider.GetRequiredService<WebhookReading>());
        services.AddJobEngine(context.LedgerConnectionString);
    }

    private static void AddConsole(IServiceCollection services, DataFolder folder, Listening listening)
    {
        folder.CreateKeys();
        services.AddRouting();
        services.AddDataProtection().SetApplicationName(CommandRunner.ProgramName).PersistKeysToFileSystem(new DirectoryInfo(folder.Keys));
        services.AddSingleton<SignInThrottle>();
        services.AddSessions();
        services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = "lead_qualifier_antiforgery");
        services.AddRazorPages(pages => pages.RootDirectory = "/Console");
        services.AddHealthChecks().AddCheck<LedgerHealth>("ledger").AddCheck<JobHealth>("jobs");
        services.Configure<HostFilteringOptions>(filter =>
        {
            filter.AllowedHosts = [.. listening.Hosts];
            filter.AllowEmptyHosts = false;
            filter.IncludeFailureMessage = false;
        });
    }

    private static void UseConsole(WebApplication web)
    {
        web.UseHostFiltering();
        web.Use(ProtectAsync);
        web.UseExceptionHandler(failed => failed.Run(context => context.Response.WriteAsync("Something unforeseen went wrong; the details are in the log.", context.RequestAborted)));
        web.UseStaticFiles(new StaticFileOptions { FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot")), RequestPath = "/static" });
        web.UseRouting();
        web.UseAuthentication();
        web.UseAuthorization();
        web.MapRazorPages();
        web.MapHealthChecks("/health", HealthAnswer.Options).AllowAnonymous();
        web.MapAuthorization();
        web.MapHubSpotWebhooks();
        web.MapJobDashboard();
    }

    /// <summary>What every answer says to the browser, and the language of the pages: the machine's is none (invariant).</summary>
    private static Task ProtectAsync(HttpContext context, RequestDelegate next)
    {
        CultureInfo.CurrentUICulture = Language;
        var headers = context.Response.Headers;
        // The dashboard's pages carry style attributes; nothing carries a script of its own.
        headers.ContentSecurityPolicy = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'; object-src 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin";
        context.Response.OnStarting(() =>
        {
            if (headers.CacheControl.Count == 0)
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
        return next(context);
    }

    private static readonly CultureInfo Language = new PagesInEnglish();

    /// <summary>Without ICU every culture calls its language "iv"; the dashboard would tell screen readers so.</summary>
    private sealed class PagesInEnglish() : CultureInfo("")
    {
        public override string TwoLetterISOLanguageName => "en";
    }

    /// <param name="Hosts">The names under which it may be called: anything else could be a page of another site that had its name point here.</param>
    private sealed record Listening(string[] Urls, IReadOnlyList<string> Hosts)
    {
        private static readonly string[] LocalNames = ["localhost", "127.0.0.1", "[::1]"];

        public static Listening Read(IConfiguration configuration, int port)
        {
            var hosts = (configuration["AllowedHosts"] ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (configuration["Console:Urls"] is not { Length: > 0 } urls)
            {
                return new Listening([string.Create(CultureInfo.InvariantCulture, $"http://{IPAddress.Loopback}:{port}")], [.. LocalNames, .. hosts]);
            }

            return hosts.Length > 0 && !hosts.Contains("*")
                ? new Listening(urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), [.. LocalNames, .. hosts])
                : throw new UsageException("Console:Urls opens the console to other machines: set AllowedHosts to the names under which they may call it (console.example.com).");
        }
    }
}
