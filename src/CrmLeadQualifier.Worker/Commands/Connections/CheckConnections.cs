using System.CommandLine;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Provision;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class CheckConnections : ProgramCommand
{
    private readonly Argument<string?> _connection = new("CONNECTION") { Arity = ArgumentArity.ZeroOrOne, Description = "Default: all." };

    private readonly Option<bool> _scopes = new("--scopes") { Description = "Only what the key may do: granted, needed, unused." };

    public CheckConnections(Terminal terminal)
        : base(terminal, "check", "Tests what a connection needs, and says what to do about what fails.", "check hub")
    {
        Add(_connection);
        Add(_scopes);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var connections = await context.ConnectionsAsync(parsed.GetValue(_connection));
        var agreement = await context.AgreementInForceAsync();
        var findings = new List<(string Connection, CheckFinding Finding)>();
        var isRefused = false;
        foreach (var connection in connections)
        {
            try
            {
                await foreach (var finding in CheckAsync(context, connection, agreement))
                {
                    if (!parsed.GetValue(_scopes) || IsOfScopes(finding))
                    {
                        findings.Add((connection.Name, finding));
                    }
                }
            }
            catch (FatalCrmException e)
            {
                isRefused = true;
                findings.Add((connection.Name, new CheckFinding("connection", CheckResult.Failed, e.Message, e.Advice)));
            }
            catch (CrmException e)
            {
                findings.Add((connection.Name, new CheckFinding("connection", CheckResult.Failed, e.Message, "Try again later.")));
            }
        }

        if (context.IsJson)
        {
            context.Terminal.Json(findings.Select(item => new
            {
                connection = item.Connection,
                subject = item.Finding.Subject,
                result = item.Finding.Result,
                finding = item.Finding.Finding,
                advice = item.Finding.Advice,
            }));
        }
        else
        {
            context.Terminal.Table(
                ["connection", "what", "result", "finding", "what to do"],
                findings.Select(item => (IReadOnlyList<string>)
                    [item.Connection, item.Finding.Subject, Word(item.Finding.Result), item.Finding.Finding, item.Finding.Advice ?? ""]));
        }

        return isRefused ? ExitCode.Refused
            : findings.Any(item => item.Finding.Result == CheckResult.Failed) ? ExitCode.DoneWithFailures
            : ExitCode.Done;
    }

    private static async IAsyncEnumerable<CheckFinding> CheckAsync(CommandContext context, ConnectionRow connection, AgreementInForce? agreement)
    {
        var crm = context.Clients.Open(connection, agreement);
        await CrmClients.EnsureBoundAsync(crm, connection, context.Cancellation);
        yield return connection.State is null
            ? new CheckFinding("state", CheckResult.Passed, $"mode {ListConnections.Word(connection.Mode)}")
            : new CheckFinding("state", CheckResult.Notice, connection.State, connection.Mode == ConnectionMode.Paused ? $"When that is settled: resume {connection.Name}." : null);
        if (agreement is null)
        {
            yield return new CheckFinding("agreement", CheckResult.Notice, "No version is signed by both roles, so no field of ours is known yet.",
                "Run definition propose FILE, and definition sign VERSION for marketing and for sales.");
        }
        else if (connection.ProvisionedFingerprint != agreement.Definition.AgreementFingerprint)
        {
            yield return new CheckFinding("provisioning", CheckResult.Notice, $"The fields are not those of version {agreement.Version}, which is in force.", $"Run provision {connection.Name}.");
        }

        var settings = ConnectionSettings.Read(connection.Settings);
        if (settings.BlindOn is { Count: > 0 } blindOn)
        {
            yield return new CheckFinding("blind", CheckResult.Failed, $"{string.Join(", ", blindOn)} can no longer be read, and the agreement decides by it: no lead becomes MQL.",
                "Give the token's user access to it again, or change the mapping or the agreement.");
        }

        foreach (var list in new[] { connection.Mode == ConnectionMode.Pilot ? settings.PilotList : null, context.Clients.Options(connection.Name).Scope ?? settings.Scope }.OfType<string>().Distinct())
        {
            yield return await CheckListAsync(context, crm, list);
        }

        IReadOnlyList<FieldDefinition> fields = agreement is null ? [] : Provisioning.Fields(agreement.Definition, settings.IsMinimal);
        if (agreement is not null && await UnreadableAsync(crm, agreement, settings, context.Cancellation) is { Count: > 0 } unreadable)
        {
            yield return new CheckFinding("decided by", CheckResult.Notice,
                $"the agreement excludes, requires or hands over by {string.Join(", ", unreadable)}, which cannot be read here: nobody is kept back by it.",
                "Let the connection's user read the mapped field, map another, or sign an agreement without it.");
        }

        await foreach (var finding in crm.CheckAsync(fields, context.Cancellation))
        {
            yield return finding;
        }
    }

    /// <summary>The list, or condition, that limits what may be written.</summary>
    private static async Task<CheckFinding> CheckListAsync(CommandContext context, ICrm crm, string list)
    {
        try
        {
            return new CheckFinding($"list {list}", CheckResult.Passed, $"{(await crm.ReadListAsync(list, context.Cancellation)).Count} records, and no others may be written");
        }
        catch (FatalCrmException refused)
        {
            return new CheckFinding($"list {list}", CheckResult.Failed, refused.Message, refused.Advice);
        }
    }

    /// <summary>What the agreement decides by and this account never gave us: unlike what we became blind on, it stops nobody, and an admin should know.</summary>
    private static async Task<IReadOnlyList<string>> UnreadableAsync(ICrm crm, AgreementInForce agreement, ConnectionSettings settings, CancellationToken cancellation)
    {
        try
        {
            var readable = await crm.ReadableAttributesAsync(cancellation);
            return [.. DecidingFacts.Of(agreement.Definition).Attributes.Where(attribute => !readable.Contains(attribute) && !settings.BlindOn.Contains(attribute)).Order(StringComparer.Ordinal)];
        }
        catch (CrmException)
        {
            // Said with what else is refused.
            return [];
        }
    }

    private static bool IsOfScopes(CheckFinding finding) =>
        finding.Subject == "token" || finding.Subject.StartsWith("scope", StringComparison.Ordinal) || finding.Subject.StartsWith("permission", StringComparison.Ordinal);

    private static string Word(CheckResult result) => result switch
    {
        CheckResult.Passed => "ok",
        CheckResult.Notice => "notice",
        CheckResult.Failed => "FAILED",
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };
}
