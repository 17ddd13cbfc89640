using System.CommandLine;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ConnectSalesforce : ProgramCommand
{
    /// <summary>Where the secret is taken from when it is not an option: a command line is seen by others and kept in histories.</summary>
    public const string SecretVariable = "CLQ_SALESFORCE_CLIENT_SECRET";

    private readonly Option<string> _name = new("--name") { HelpName = "N", Required = true, Description = "What the connection is called from now on." };
    private readonly Option<string> _clientId = new("--client-id") { HelpName = "ID", Required = true, Description = "The consumer key of the External Client App, with the client credentials flow on." };
    private readonly Option<string?> _clientSecret = new("--client-secret") { HelpName = "S", Description = $"Its consumer secret; else {SecretVariable}, else asked for." };
    private readonly Option<string?> _loginUrl = new("--login-url") { HelpName = "U", Description = "The org's My Domain, like https://NAME.my.salesforce.com, or the sandbox's address." };
    private readonly Option<bool> _replace = new("--replace") { Description = "Gives an existing connection another app or address; its org stays." };

    public ConnectSalesforce(Terminal terminal)
        : base(
            terminal, "salesforce", "Connects a Salesforce org after a test call; it starts in mode observe.",
            "connect salesforce --name sf --client-id 3MVG9… --login-url https://acme.my.salesforce.com")
    {
        Add(_name);
        Add(_clientId);
        Add(_clientSecret);
        Add(_loginUrl);
        Add(_replace);
        Add(GlobalOptions.At);
    }

    /// <summary>Tests the app and stores the connection. Nothing is stored where the org refuses.</summary>
    public static Task<ConnectionRow> ConnectAsync(CommandContext context, string name, AppCredentials app, string? loginUrl, bool replace) =>
        new NewConnection(name, CrmWords.Salesforce, "org", "app", app.Write(), loginUrl, replace).StoreAsync(
            context,
            address => context.Clients.OpenSalesforce(
                name, app, address ?? throw new UsageException("Which org it is, its My Domain says: give --login-url https://NAME.my.salesforce.com."), null));

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = NewConnection.ReadName(parsed.GetRequiredValue(_name));
        var loginUrl = NewConnection.ReadAddress("--login-url", parsed.GetValue(_loginUrl), "https://NAME.my.salesforce.com");
        var secret = await NewConnection.ReadSecretAsync(
            context, parsed.GetValue(_clientSecret), SecretVariable, "Consumer secret (not shown):", "A consumer secret", "--client-secret");
        var app = new AppCredentials(parsed.GetRequiredValue(_clientId).Trim(), secret);
        var connection = await ConnectAsync(context, name, app, loginUrl, parsed.GetValue(_replace));
        if (context.IsJson)
        {
            context.Terminal.Json(new { connection = name, crm = connection.Crm, account = connection.AccountId, mode = connection.Mode });
        }
        else
        {
            context.Terminal.Result($"Connection {name}: Salesforce org {connection.AccountId}, mode {ListConnections.Word(connection.Mode)}.");
            context.Terminal.Say($"Next: check {name}, then provision {name}.");
        }

        return ExitCode.Done;
    }
}
