using System.CommandLine;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed partial class ConnectHubSpot : ProgramCommand
{
    /// <summary>Where the token is taken from when it is not an option: a command line is seen by others and kept in histories.</summary>
    public const string TokenVariable = "CLQ_HUBSPOT_TOKEN";

    private readonly Option<string> _name = new("--name") { HelpName = "N", Required = true, Description = "What the connection is called from now on." };
    private readonly Option<string?> _token = new("--token") { HelpName = "T", Description = $"The service key's or private app's token; else {TokenVariable}, else asked for." };
    private readonly Option<string?> _baseUrl = new("--base-url") { HelpName = "U", Description = "Another address than HubSpot's own, such as the sandbox's." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Gives an existing connection another token or address; its portal stays." };

    public ConnectHubSpot(Terminal terminal)
        : base(terminal, "hubspot", "Connects a HubSpot portal after a test call; it starts in mode observe.", "connect hubspot --name hub")
    {
        Add(_name);
        Add(_token);
        Add(_baseUrl);
        Add(_replace);
        Add(GlobalOptions.At);
    }

    /// <summary>Tests the token and stores the connection. Nothing is stored where the CRM refuses.</summary>
    public static async Task<ConnectionRow> ConnectAsync(CommandContext context, string name, string token, string? baseUrl, bool replace)
    {
        var connections = await context.ReadAsync(ledger => ledger.Connections.ListAsync());
        var existing = connections.FirstOrDefault(connection => connection.Name == name);
        if (existing is not null && !replace)
        {
            throw new UsageException($"There is a connection '{name}' already. Add --replace to give it another token or address.");
        }

        var settings = existing is null ? new ConnectionSettings() : ConnectionSettings.Read(existing.Settings);
        settings = settings with { BaseUrl = baseUrl ?? settings.BaseUrl };
        var account = await context.Clients.OpenHubSpot(name, token, settings.BaseUrl, null).GetAccountAsync(context.Cancellation);
        if (existing is not null && existing.AccountId != account.Id)
        {
            throw new UsageException($"Connection '{name}' is bound to portal {existing.AccountId}; this token belongs to {account.Id}. Connect it under another name.");
        }

        if (connections.FirstOrDefault(connection => connection.Name != name && connection.Crm == "hubspot" && connection.AccountId == account.Id) is { } other)
        {
            throw new UsageException($"Portal {account.Id} is connected already, as '{other.Name}'.");
        }

        var row = (existing ?? new ConnectionRow(0, name, "hubspot", account.Id) { CreatedAt = Instant.Now(context.Clock) }) with
        {
            Settings = settings.Write(),
            Secrets = context.Clients.Secrets.Protect(token),
            State = existing is { Mode: ConnectionMode.Paused } ? existing.State : null,
        };
        var id = await context.WriteAsync(ledger => ledger.Connections.SaveAsync(row));
        return row with { Id = id };
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = parsed.GetRequiredValue(_name);
        if (!NamePattern().IsMatch(name))
        {
            throw new UsageException("--name takes letters, digits, '-', '_' and '.', and starts with a letter or a digit.");
        }

        var baseUrl = parsed.GetValue(_baseUrl)?.TrimEnd('/');
        if (baseUrl is not null && !(Uri.TryCreate(baseUrl, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            throw new UsageException("--base-url is no address: write it like https://api.hubapi.com.");
        }

        var connection = await ConnectAsync(context, name, await TokenAsync(context, parsed.GetValue(_token)), baseUrl, parsed.GetValue(_replace));
        if (context.IsJson)
        {
            context.Terminal.Json(new { connection = name, crm = connection.Crm, account = connection.AccountId, mode = connection.Mode });
        }
        else
        {
            context.Terminal.Result($"Connection {name}: HubSpot portal {connection.AccountId}, mode {ListConnections.Word(connection.Mode)}.");
            context.Terminal.Say($"Next: check {name}, then provision {name}.");
        }

        return ExitCode.Done;
    }

    private static async Task<string> TokenAsync(CommandContext context, string? given)
    {
        var token = given ?? Environment.GetEnvironmentVariable(TokenVariable);
        if (string.IsNullOrWhiteSpace(token) && context.Terminal.CanAsk)
        {
            token = await context.Terminal.AskSecretAsync("Token (not shown):", context.Cancellation);
        }

        token = token?.Trim();
        return string.IsNullOrEmpty(token) ? throw new UsageException($"A token is needed: set {TokenVariable}, or give --token.")
            : token.All(c => c is > ' ' and < '\u007f') ? token
            : throw new UsageException("The token has a space or another character that no token has. Copy it again.");
    }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();
}
