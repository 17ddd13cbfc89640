using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Connections;

/// <summary>A connection as it is to be stored, once its account has answered.</summary>
/// <param name="Crm"><c>hubspot</c> or <c>salesforce</c>.</param>
/// <param name="Account">How that CRM calls an account: portal, org.</param>
/// <param name="Credential">What it is entered with, in a sentence: token, app.</param>
/// <param name="Address">Another address than the CRM's own; null: as before.</param>
internal sealed partial record NewConnection(string Name, string Crm, string Account, string Credential, string Secrets, string? Address, bool Replace)
{
    /// <summary>Tests it and stores it. Nothing is stored where the CRM refuses.</summary>
    /// <param name="open">The client for an address.</param>
    public async Task<ConnectionRow> StoreAsync(CommandContext context, Func<string?, ICrm> open)
    {
        var connections = await context.ReadAsync(ledger => ledger.Connections.ListAsync());
        var existing = connections.FirstOrDefault(connection => connection.Name == Name);
        if (existing is not null && !Replace)
        {
            throw new UsageException($"There is a connection '{Name}' already. Add --replace to give it another {Credential} or address.");
        }

        if (existing is not null && existing.Crm != Crm)
        {
            throw new UsageException($"Connection '{Name}' is a {existing.Crm} {AccountOf(existing)}, for ever. Connect this one under another name.");
        }

        var settings = existing is null ? new ConnectionSettings() : ConnectionSettings.Read(existing.Settings);
        settings = settings with { BaseUrl = Address ?? settings.BaseUrl };
        var account = await open(settings.BaseUrl).GetAccountAsync(context.Cancellation);
        if (existing is not null && existing.AccountId != account.Id)
        {
            throw new UsageException($"Connection '{Name}' is bound to {Account} {existing.AccountId}; this {Credential} belongs to {account.Id}. Connect it under another name.");
        }

        if (connections.FirstOrDefault(connection => connection.Name != Name && connection.Crm == Crm && connection.AccountId == account.Id) is { } other)
        {
            throw new UsageException($"{char.ToUpperInvariant(Account[0])}{Account[1..]} {account.Id} is connected already, as '{other.Name}'.");
        }

        var secrets = context.Clients.Secrets.Protect(Secrets);
        return await context.WriteAsync(async ledger =>
        {
            // As it stands now: a worker may have noted something on it meanwhile.
            if (await ledger.Connections.FindAsync(Name) is { } present)
            {
                var replaced = present with
                {
                    Settings = (ConnectionSettings.Read(present.Settings) with { BaseUrl = settings.BaseUrl }).Write(),
                    Secrets = secrets,
                    State = present.Mode == ConnectionMode.Paused ? present.State : null,
                };
                await ledger.Connections.SaveAsync(replaced);
                return replaced;
            }

            if (await ledger.Connections.FindDisconnectedAsync(Crm, account.Id) is { } left)
            {
                var again = left with { Name = Name, Mode = ConnectionMode.Observe, Settings = settings.Write(), Secrets = secrets, PushedFingerprint = null, ProvisionedFingerprint = null };
                await ledger.Connections.ReconnectAsync(again);
                return again;
            }

            var row = new ConnectionRow(0, Name, Crm, account.Id) { CreatedAt = Instant.Now(context.Clock), Settings = settings.Write(), Secrets = secrets };
            return row with { Id = await ledger.Connections.SaveAsync(row) };
        });
    }

    /// <exception cref="UsageException">It is no name for a connection.</exception>
    public static string ReadName(string name) =>
        NamePattern().IsMatch(name) ? name : throw new UsageException("--name takes letters, digits, '-', '_' and '.', and starts with a letter or a digit.");

    /// <summary>An option's address without a slash at its end; null where it was not given.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    public static string? ReadAddress(string option, string? given, string example)
    {
        var address = given?.TrimEnd('/');
        return address is null || (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? address
            : throw new UsageException($"{option} is no address: write it like {example}.");
    }

    /// <summary>Where the browser reaches <c>serve</c>.</summary>
    public static string ReadConsole(CommandContext context, string? given) =>
        ReadAddress("--console", given, PublicAddress.Default) ?? PublicAddress.Of(context.Configuration) ?? PublicAddress.Default;

    /// <exception cref="UsageException">The name is taken.</exception>
    public static async Task EnsureMayAsync(CommandContext context, string name, bool isReplacing, string credential)
    {
        if (!isReplacing && await context.ReadAsync(ledger => ledger.Connections.FindAsync(name)) is not null)
        {
            throw new UsageException($"There is a connection '{name}' already. Add --replace to give it another {credential}.");
        }
    }

    /// <summary>A secret from its option, else from the environment, else asked for.</summary>
    /// <param name="what">How a sentence begins with it: <c>A token</c>.</param>
    /// <exception cref="UsageException">There is none, or it cannot be one.</exception>
    public static async Task<string> ReadSecretAsync(CommandContext context, string? given, string variable, string question, string what, string option)
    {
        var secret = given ?? Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrWhiteSpace(secret) && context.Terminal.CanAsk)
        {
            secret = await context.Terminal.AskSecretAsync(question, context.Cancellation);
        }

        secret = secret?.Trim();
        return string.IsNullOrEmpty(secret) ? throw new UsageException($"{what} is needed: set {variable}, or give {option}.")
            : secret.All(c => c is > ' ' and < '\u007f') ? secret
            : throw new UsageException($"The {what[(what.IndexOf(' ', StringComparison.Ordinal) + 1)..]} has a space or another character that none has. Copy it again.");
    }

    /// <param name="account">What was connected: HubSpot portal, Salesforce org.</param>
    public static void Print(CommandContext context, ConnectionRow connection, string account)
    {
        if (context.IsJson)
        {
            context.Terminal.Json(new { connection = connection.Name, crm = connection.Crm, account = connection.AccountId, mode = connection.Mode });
            return;
        }

        context.Terminal.Result($"Connection {connection.Name}: {account} {connection.AccountId}, mode {ListConnections.Word(connection.Mode)}.");
        context.Terminal.Say($"Next: check {connection.Name}, then provision {connection.Name}.");
    }

    private static string AccountOf(ConnectionRow connection) => connection.Crm == CrmWords.Salesforce ? "org" : "portal";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();
}
