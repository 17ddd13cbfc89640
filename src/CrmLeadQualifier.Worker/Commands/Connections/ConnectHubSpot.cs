using System.CommandLine;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ConnectHubSpot : ProgramCommand
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
    public static Task<ConnectionRow> ConnectAsync(CommandContext context, string name, string token, string? baseUrl, bool replace) =>
        new NewConnection(name, CrmWords.HubSpot, "portal", "token", token, baseUrl, replace).StoreAsync(context, address => context.Clients.OpenHubSpot(name, token, address, null));

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = NewConnection.ReadName(parsed.GetRequiredValue(_name));
        var baseUrl = NewConnection.ReadAddress("--base-url", parsed.GetValue(_baseUrl), "https://api.hubapi.com");
        var token = await NewConnection.ReadSecretAsync(context, parsed.GetValue(_token), TokenVariable, "Token (not shown):", "A token", "--token");
        var connection = await ConnectAsync(context, name, token, baseUrl, parsed.GetValue(_replace));
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
}
