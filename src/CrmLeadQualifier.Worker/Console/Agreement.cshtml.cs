using System.Security.Claims;
using CrmLeadQualifier.Core.AgreementText;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.Commands.Definition;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CrmLeadQualifier.Worker.ConsolePages;

/// <summary>
/// The agreement to be read by everybody and signed by marketing and sales: a version in plain language, and what it changes against the one in force. Being signed in as an account
/// is what makes a signature that account's; the antiforgery token, that its owner gave it here.
/// </summary>
internal sealed class AgreementModel(ILedger ledger, TimeProvider clock) : PageModel
{
    private const int LongestNote = 500;

    public IReadOnlyList<(int Number, string State)> Versions { get; private set; } = [];

    public ShownVersion? Shown { get; private set; }

    public string? Overdue { get; private set; }

    public string? Problem { get; private set; }

    /// <summary>For whom the account that is signed in may sign; null: for nobody.</summary>
    public string? Role => SignedVersions.Roles.FirstOrDefault(User.IsInRole);

    public bool CanSign { get; private set; }

    public bool CanWithdraw { get; private set; }

    public async Task<IActionResult> OnGetAsync(int? version, string? language, CancellationToken cancellation)
    {
        await ReadAsync(version, language, cancellation);
        return version is not null && Shown?.Number != version ? NotFound() : Page();
    }

    /// <param name="fingerprint">Of what was shown: what is signed is what was read.</param>
    public Task<IActionResult> OnPostSignAsync(int version, string fingerprint, string? note, CancellationToken cancellation) => ChangeAsync(version, cancellation, async (transaction, role, account) =>
    {
        var row = await Signing.FindAsync(transaction, version);
        if (row.AgreementFingerprint != fingerprint)
        {
            throw new ConfigurationException("What was shown is not what this version says. Read it again.");
        }

        var said = note?.Trim();
        await Signing.SignAsync(transaction, version, role, account, string.IsNullOrEmpty(said) ? null : said[..Math.Min(said.Length, LongestNote)], Instant.Now(clock));
    });

    public Task<IActionResult> OnPostWithdrawAsync(int version, CancellationToken cancellation) => ChangeAsync(
        version, cancellation, (transaction, role, account) => Signing.WithdrawAsync(transaction, version, role, account, Instant.Now(clock)));

    private async Task<IActionResult> ChangeAsync(int version, CancellationToken cancellation, Func<ILedgerTransaction, string, string, Task> change)
    {
        if (Role is not { } role || User.FindFirstValue(ClaimTypes.Name) is not { } account)
        {
            return Forbid();
        }

        try
        {
            await using var transaction = await ledger.BeginAsync(null, cancellation);
            await change(transaction, role, account);
            await transaction.CommitAsync(cancellation);
        }
        catch (ConfigurationException refused)
        {
            Problem = refused.Message;
            Response.StatusCode = StatusCodes.Status409Conflict;
            await ReadAsync(version, null, cancellation);
            return Page();
        }

        return LocalRedirect($"/agreement?version={version}");
    }

    private async Task ReadAsync(int? version, string? language, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var rows = await transaction.Definitions.ListAsync();
        var signatures = await transaction.Definitions.SignaturesAsync();
        var signed = new SignedVersions(signatures);
        var inForce = await AgreementInForce.ReadAsync(transaction);
        Overdue = inForce?.ReviewOverdue(Instant.Now(clock)) is { } overdue ? char.ToUpperInvariant(overdue[0]) + overdue[1..] + "." : null;
        Versions = [.. rows.Reverse().Select(row => (row.Version, StateOf(row.Version, signed)))];

        // What waits to be read and signed comes first: the newest version, if it is not in force.
        var row = rows.FirstOrDefault(row => row.Version == (version ?? rows[^1].Version));
        if (row is null)
        {
            return;
        }

        var definition = DefinitionSource.Parse(row);
        var spoken = DefinitionOptions.LanguageOf(language) ?? definition.Language;
        var page = AgreementWriter.Write(definition, spoken, DefinitionSource.PageOf(row, signatures));
        var diff = inForce is null || inForce.Version == row.Version ? null : AgreementDiff.Between(inForce.Definition, definition, spoken);
        Shown = new ShownVersion(row.Version, row.AgreementFingerprint, spoken == Language.French ? "fr" : "en", PageAsHtml.Part(page))
        {
            Proposed = row.ProposedBy is null ? $"{row.ProposedAt}" : $"{row.ProposedAt} by {row.ProposedBy}",
            Note = row.Note,
            Signatures = [.. signatures.Where(signature => signature.Version == row.Version).Select(Sentence)],
            Diff = diff is null ? null : DiffFormats.HtmlPart(diff),
            DiffTitle = spoken == Language.French ? $"Ce qui change par rapport à la version {inForce?.Version}, en vigueur" : $"What changes against version {inForce?.Version}, which is in force",
        };
        var open = signed.Open(row.Version).FirstOrDefault(signature => signature.Role == Role);
        CanSign = Role is not null && open is null;
        CanWithdraw = open is not null;
    }

    private static string StateOf(int version, SignedVersions signed) =>
        signed.InForce?.Version == version ? "in force"
        : signed.Open(version) is [var open] ? $"signed for {open.Role}"
        : "";

    private static string Sentence(SignatureRow signature) =>
        $"Signed for {signature.Role} by {signature.By}, {signature.At}{(signature.Note is { } note ? $": {note}" : "")}"
        + (signature.WithdrawnAt is { } withdrawn ? $" (withdrawn by {signature.WithdrawnBy}, {withdrawn})" : "");
}

/// <summary>A version as the page shows it; texts of the file are escaped already where it is HTML.</summary>
internal sealed record ShownVersion(int Number, string Fingerprint, string Language, string Html)
{
    public required string Proposed { get; init; }

    public string? Note { get; init; }

    public required IReadOnlyList<string> Signatures { get; init; }

    /// <summary>Null: it is the version in force, or none is.</summary>
    public string? Diff { get; init; }

    public required string DiffTitle { get; init; }
}
