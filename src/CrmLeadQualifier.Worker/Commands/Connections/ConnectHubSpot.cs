using System.CommandLine;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ConnectHubSpot : ProgramCommand
{
    /// <summary>Where the token is taken from when it is not an option: a command line is seen by others and kept in histories.</summary>
    public const string TokenVariable = "CLQ_HUBSPOT_TOKEN";

    /// <summary>Likewise the app's secret.</summary>
    public const string SecretVariable = "CLQ_HUBSPOT_CLIENT_SECRET";

    private readonly Option<string> _name = new("--name") { HelpName = "N", Required = true, Description = "What the connection is called from now on." };
    private readonly Option<string?> _token = new("--token") { HelpName = "T", Description = $"The service key's or private app's token; else {TokenVariable}, else asked for." };
    private readonly Option<string?> _clientId = new("--client-id") { HelpName = "ID", Description = "Instead of a token: an app that an admin authorizes in the browser, while serve runs." };
    private readonly Option<string?> _clientSecret = new("--client-secret") { HelpName = "S", Description = $"The app's client secret; else {SecretVariable}, else asked for." };
    private readonly Option<string?> _console = new("--console") { HelpName = "U", Description = "With --client-id: where the browser reaches serve. Default: Console:PublicUrl, else http://localhost:5080." };
    private readonly Option<string?> _baseUrl = new("--base-url") { HelpName = "U", Description = "Another address than HubSpot's own, such as the sandbox's." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Gives an existing connection another token, app or address; its portal stays." };

    public ConnectHubSpot(Terminal terminal)
        : base(terminal, "hubspot", "Connects a HubSpot portal after a test call; it starts in mode observe.", "connect hubspot --name hub")
    {
        Add(_name);
        Add(_token);
        Add(_clientId);
        Add(_clientSecret);
        Add(_console);
        Add(_baseUrl);
        Add(_replace);
        Add(GlobalOptions.At);
    }

    /// <summary>Tests the token and stores the connection. Nothing is stored where the CRM refuses.</summary>
    public static Task<ConnectionRow> ConnectAsync(CommandContext context, string name, string token, string? baseUrl, bool replace) =>
        new NewConnection(name, CrmWords.HubSpot, "portal", "token", token, baseUrl, replace).StoreAsync(context, address => context.Clients.OpenHubSpot(name, token, address, null));

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = NewConnection.ReadName(parsed.GetRequiredValue(_name));
        var baseUrl = NewConnection.ReadAddress("--base-url", parsed.GetValue(_baseUrl), "https://api.hubapi.com");
        if (parsed.GetValue(_clientId)?.Trim() is { Length: > 0 } clientId)
        {
            return parsed.GetValue(_token) is null ? await AskForAuthorizationAsync(context, parsed, name, clientId, baseUrl) : throw new UsageException("Either --token or --client-id, not both.");
        }

        if (parsed.GetValue(_clientSecret) is not null || parsed.GetValue(_console) is not null)
        {
            throw new UsageException("--client-secret and --console go with --client-id.");
        }

        var token = await NewConnection.ReadSecretAsync(context, parsed.GetValue(_token), TokenVariable, "Token (not shown):", "A token", "--token");
        var connection = await ConnectAsync(context, name, token, baseUrl, parsed.GetValue(_replace));
        NewConnection.Print(context, connection, "HubSpot portal");
        return ExitCode.Done;
    }

    /// <summary>The connection is stored once an admin has agreed in the browser: see <see cref="AuthorizationPages"/>.</summary>
    private async Task<int> AskForAuthorizationAsync(CommandContext context, ParseResult parsed, string name, string clientId, string? baseUrl)
    {
        var isReplacing = parsed.GetValue(_replace);
        await NewConnection.EnsureMayAsync(context, name, isReplacing, "authorization");
        var console = NewConnection.ReadConsole(context, parsed.GetValue(_console));
        var secret = await NewConnection.ReadSecretAsync(context, parsed.GetValue(_clientSecret), SecretVariable, "Client secret (not shown):", "A client secret", "--client-secret");
        await AuthorizationTicket.PrintAsync(
            context, name, CrmWords.HubSpot, baseUrl, new HubSpotApp(clientId, secret), isReplacing, console, "The app's Auth tab in HubSpot must have the redirect URL");
        return ExitCode.Done;
    }
}
