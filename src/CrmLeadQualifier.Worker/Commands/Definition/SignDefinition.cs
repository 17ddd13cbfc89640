using System.CommandLine;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

internal sealed class SignDefinition : ProgramCommand
{
    private readonly Argument<int> _version = new("VERSION") { Description = "The version that propose answered." };
    private readonly Option<string> _role = SigningOptions.Role("For whom the signature stands; the account has that role.");
    private readonly Option<string> _by = SigningOptions.By("Who signs. Its password is asked for, or taken from CLQ_PASSWORD.");
    private readonly Option<string?> _note = new("--note") { HelpName = "TEXT", Description = "What the review came to." };

    public SignDefinition(Terminal terminal)
        : base(terminal, "sign", "Signs a version's fingerprint for a role. Signed by both roles it is in force; the one in force, signed again by both, is renewed.",
            "definition sign 1 --role sales --by ben --note \"Read together on 20 November\"")
    {
        Add(_version);
        Add(_role);
        Add(_by);
        Add(_note);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var version = parsed.GetRequiredValue(_version);
        var role = parsed.GetRequiredValue(_role);
        var by = parsed.GetRequiredValue(_by).Trim();

        // What cannot be signed is said before a password is asked for.
        await context.ReadAsync(ledger => Signing.FindAsync(ledger, version));
        var account = await Authentication.RequireAsync(context, by, role);
        var result = await context.WriteAsync(ledger => Signing.SignAsync(ledger, version, role, account.Name, parsed.GetValue(_note), Instant.Now(context.Clock)));
        var inForce = await context.AgreementInForceAsync();
        if (context.IsJson)
        {
            context.Terminal.Json(new
            {
                version,
                role,
                by = account.Name,
                fingerprint = result.Version.AgreementFingerprint,
                result.Missing,
                in_force = inForce?.Version,
                since = inForce?.Since.ToString(),
                review_due_at = inForce?.ReviewDueAt.ToString(),
            });
        }
        else
        {
            context.Terminal.Result($"Version {version} is signed for {role} by {account.Name} (fingerprint {result.Version.AgreementFingerprint[..12]}). " + Outcome(version, result, inForce));
        }

        return ExitCode.Done;
    }

    private static string Outcome(int version, SigningResult result, AgreementInForce? inForce) =>
        result.Missing.Count > 0 ? $"{(inForce?.Version == version ? "It is renewed" : "It comes into force")} when {string.Join(" and ", result.Missing)} has signed it too."
        : result.IsRenewal ? $"It is renewed: the next review is due on {inForce!.ReviewDueAt.ToString()[..10]}."
        : inForce!.Version == version ? $"It is in force since {inForce.Since}. Run provision, so that the CRM's fields follow it."
        : $"Version {inForce.Version} stays in force: it has both signatures since {inForce.AgreedAt}.";
}

/// <summary>Options that the commands about signatures share.</summary>
internal static class SigningOptions
{
    public static Option<string> Role(string description) => new Option<string>("--role") { HelpName = "marketing|sales", Required = true, Description = description }
        .AcceptOnlyFromAmong([.. AgreementInForce.Roles]);

    public static Option<string> By(string description) => new("--by") { HelpName = "ACCOUNT", Required = true, Description = description };
}
