using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class SignDefinition : ProgramCommand
{
    private readonly Argument<int> _version = new("VERSION") { Description = "The version that propose answered." };

    private readonly Option<string> _role = new Option<string>("--role") { HelpName = "marketing|sales", Required = true, Description = "For whom the signature stands." }
        .AcceptOnlyFromAmong([.. AgreementInForce.Roles]);

    private readonly Option<string> _by = new("--by") { HelpName = "NAME", Required = true, Description = "Who signs." };

    public SignDefinition(Terminal terminal)
        : base(terminal, "sign", "Signs a version's fingerprint for a role; signed by both, it is in force.", "definition sign 1 --role sales --by \"Ben Katz\"")
    {
        Add(_version);
        Add(_role);
        Add(_by);
        Add(GlobalOptions.At);
    }

    /// <summary>Signs and answers the roles that have still to sign; none: the version has both signatures.</summary>
    /// <exception cref="UsageException">There is no such version.</exception>
    public static Task<IReadOnlyList<string>> SignAsync(CommandContext context, int version, string role, string by) => context.WriteAsync<IReadOnlyList<string>>(async ledger =>
    {
        var row = await ledger.Definitions.FindAsync(version);
        if (row is null)
        {
            var known = (await ledger.Definitions.ListAsync()).Select(other => other.Version).ToList();
            throw new UsageException($"There is no version {version}. " + (known.Count > 0 ? $"There is: {string.Join(", ", known)}." : "Run definition propose FILE first."));
        }

        await ledger.Definitions.SignAsync(new SignatureRow(version, role, by, Instant.Now(context.Clock), row.AgreementFingerprint));
        var signed = (await ledger.Definitions.SignaturesAsync()).Where(signature => signature.Version == version).Select(signature => signature.Role);
        return [.. AgreementInForce.Roles.Except(signed)];
    });

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var version = parsed.GetRequiredValue(_version);
        var role = parsed.GetRequiredValue(_role);
        var by = parsed.GetRequiredValue(_by);
        if (string.IsNullOrWhiteSpace(by))
        {
            throw new UsageException("--by needs the name of who signs.");
        }

        var missing = await SignAsync(context, version, role, by.Trim());
        var inForce = await context.AgreementInForceAsync();
        if (context.IsJson)
        {
            context.Terminal.Json(new { version, role, by, missing, in_force = inForce?.Version, since = inForce?.Since.ToString() });
        }
        else
        {
            context.Terminal.Result($"Version {version} is signed for {role}. " + (missing.Count > 0
                ? $"It comes into force when {string.Join(" and ", missing)} has signed it too."
                : inForce!.Version == version
                    ? $"It is in force since {inForce.Since}. Run provision, so that the CRM's fields follow it."
                    : $"Version {inForce.Version} stays in force: it has both signatures since {inForce.Since}."));
        }

        return ExitCode.Done;
    }
}
