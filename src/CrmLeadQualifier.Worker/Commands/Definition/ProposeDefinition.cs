using System.CommandLine;
using System.Text;
using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class ProposeDefinition : ProgramCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "A definition (YAML)." };
    private readonly Option<string?> _by = new("--by") { HelpName = "NAME", Description = "Who proposes it." };
    private readonly Option<string?> _note = new("--note") { HelpName = "TEXT", Description = "What changed, and why." };

    public ProposeDefinition(Terminal terminal)
        : base(terminal, "propose", "Keeps a definition as the next version, for marketing and sales to sign.",
            "definition propose definitions/b2b-software.en.yaml --by \"Ann Roy\" --note \"First agreement\"")
    {
        Add(_file);
        Add(_by);
        Add(_note);
        Add(GlobalOptions.At);
    }

    /// <summary>Adds the file as a version; content that is already the newest version's gets no new one.</summary>
    public static async Task<(int Version, string Fingerprint)> ProposeAsync(CommandContext context, string path, string? by, string? note)
    {
        var (definition, utf8) = await DefinitionFile.ReadAsync(context, path);
        var version = await context.WriteAsync(ledger => ledger.Definitions.AddAsync(
            definition.AgreementFingerprint, definition.ScoringFingerprint, Encoding.UTF8.GetString(utf8), Instant.Now(context.Clock), by, note));
        return (version, definition.AgreementFingerprint);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(_file);
        var (version, fingerprint) = await ProposeAsync(context, path, parsed.GetValue(_by), parsed.GetValue(_note));
        if (context.IsJson)
        {
            var (forecast, why) = await ForecastAsync(context, version);
            context.Terminal.Json(new { version, fingerprint, forecast, forecast_why = why });
        }
        else
        {
            context.Terminal.Result($"Version {version}, fingerprint {fingerprint}");
            await SayWhatItWillDoAsync(context, version);
            context.Terminal.Say($"It comes into force once both have signed: definition sign {version} --role marketing --by ACCOUNT, definition sign {version} --role sales --by ACCOUNT.");
        }

        return ExitCode.Done;
    }

    /// <summary>What is new against the version in force, and what coming into force will do. The version is proposed already, whatever becomes of this.</summary>
    private static async Task SayWhatItWillDoAsync(CommandContext context, int version)
    {
        var row = await context.ReadAsync(ledger => Signing.FindAsync(ledger, version));
        var definition = DefinitionSource.Parse(row);
        if (await context.AgreementInForceAsync() is { } inForce)
        {
            if (inForce.Definition.AgreementFingerprint == definition.AgreementFingerprint)
            {
                context.Terminal.Say($"It says what version {inForce.Version} says, which is in force: signed by both again, it is renewed.");
                return;
            }

            context.Terminal.Say(DiffFormats.AsText(AgreementDiff.Between(inForce.Definition, definition, definition.Language), $"version {inForce.Version}", $"version {version}").TrimEnd('\n'));
        }

        var (forecast, why) = await ForecastAsync(context, version);
        if (forecast is null)
        {
            context.Terminal.Say($"What it will do cannot be told: {why}");
        }
        else
        {
            ForecastPrinter.Print(context.Terminal, forecast);
        }
    }

    /// <summary>Null, and why, where a CRM cannot be asked what it gives.</summary>
    private static async Task<(ForecastReport? Forecast, string? Why)> ForecastAsync(CommandContext context, int version)
    {
        var definition = DefinitionSource.Parse(await context.ReadAsync(ledger => Signing.FindAsync(ledger, version)));
        try
        {
            var forecast = new Forecast(await context.OpenLedgerAsync(), context.Clients.Open, context.Clock) { Handover = context.HandOvers.Crm };
            return (await RunProgressDisplay.ShowAsync(context.Terminal, progress => forecast.OfAsync(version, definition, progress, context.Cancellation)), null);
        }
        catch (CrmException failed)
        {
            return (null, failed.Message);
        }
    }
}
