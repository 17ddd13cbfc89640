using System.CommandLine;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Serving;

namespace CrmLeadQualifier.Worker.Commands.Connections;

internal sealed class ConnectSalesforce : ProgramCommand
{
    /// <summary>Where the secret is taken from when it is not an option: a command line is seen by others and kept in histories.</summary>
    public const string SecretVariable = "CLQ_SALESFORCE_CLIENT_SECRET";

    private const string MyDomain = "https://NAME.my.salesforce.com";

    private readonly Option<string> _name = new("--name") { HelpName = "N", Required = true, Description = "What the connection is called from now on." };
    private readonly Option<string> _clientId = new("--client-id") { HelpName = "ID", Required = true, Description = "The consumer key of the External Client App." };
    private readonly Option<string?> _clientSecret = new("--client-secret") { HelpName = "S", Description = $"Its consumer secret (client credentials flow); else {SecretVariable}, else asked for." };
    private readonly Option<FileInfo?> _key = new("--jwt-key") { HelpName = "FILE", Description = "Instead of the secret: the RSA private key (PEM) whose certificate the app has (JWT bearer flow)." };
    private readonly Option<string?> _username = new("--username") { HelpName = "U", Description = "With --jwt-key: the integration user's name." };
    private readonly Option<bool> _browser = new("--browser") { Description = "Instead of both: the integration user agrees in the browser, while serve runs." };
    private readonly Option<string?> _console = new("--console") { HelpName = "U", Description = "With --browser: where the browser reaches serve. Default: Console:PublicUrl, else http://localhost:5080." };
    private readonly Option<string?> _loginUrl = new("--login-url")
    {
        HelpName = "U",
        Description = $"The org's My Domain, like {MyDomain}; with --jwt-key or --browser also https://login.salesforce.com or https://test.salesforce.com; or the sandbox's address.",
    };
    private readonly Option<bool> _replace = new("--replace") { Description = "Gives an existing connection another app, key or address; its org stays." };

    public ConnectSalesforce(Terminal terminal)
        : base(
            terminal, "salesforce", "Connects a Salesforce org after a test call; it starts in mode observe.",
            "connect salesforce --name sf --client-id 3MVG9… --login-url https://acme.my.salesforce.com")
    {
        Add(_name);
        Add(_clientId);
        Add(_clientSecret);
        Add(_key);
        Add(_username);
        Add(_browser);
        Add(_console);
        Add(_loginUrl);
        Add(_replace);
        Add(GlobalOptions.At);
    }

    /// <summary>Tests the app and stores the connection. Nothing is stored where the org refuses.</summary>
    public static Task<ConnectionRow> ConnectAsync(CommandContext context, string name, SalesforceApp app, string? loginUrl, bool replace) =>
        new NewConnection(name, CrmWords.Salesforce, "org", "app", SalesforceCredentials.Of(app).Write(), loginUrl, replace).StoreAsync(
            context,
            address => context.Clients.OpenSalesforce(name, app, address ?? throw new UsageException($"Which org it is, its My Domain says: give --login-url {MyDomain}.")));

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        var name = NewConnection.ReadName(parsed.GetRequiredValue(_name));
        var loginUrl = NewConnection.ReadAddress("--login-url", parsed.GetValue(_loginUrl), MyDomain);
        var clientId = parsed.GetRequiredValue(_clientId).Trim();
        var (key, username) = (parsed.GetValue(_key), parsed.GetValue(_username)?.Trim());
        if (key is null != string.IsNullOrEmpty(username))
        {
            throw new UsageException("--jwt-key and --username go together: the key signs for that user.");
        }

        if (parsed.GetValue(_browser))
        {
            return key is null ? await AskForAuthorizationAsync(context, parsed, name, clientId, loginUrl) : throw new UsageException("Either --jwt-key or --browser, not both.");
        }

        if (parsed.GetValue(_console) is not null)
        {
            throw new UsageException("--console goes with --browser.");
        }

        var app = key is not null
            ? new SalesforceApp(clientId, null) { Username = username, PrivateKey = await ReadKeyAsync(key, context.Cancellation) }
            : new SalesforceApp(clientId, await NewConnection.ReadSecretAsync(
                context, parsed.GetValue(_clientSecret), SecretVariable, "Consumer secret (not shown):", "A consumer secret", "--client-secret"));
        var connection = await ConnectAsync(context, name, app, loginUrl, parsed.GetValue(_replace));
        NewConnection.Print(context, connection, "Salesforce org");
        return ExitCode.Done;
    }

    /// <summary>The connection is stored once the user has agreed in the browser: see <see cref="AuthorizationPages"/>.</summary>
    private async Task<int> AskForAuthorizationAsync(CommandContext context, ParseResult parsed, string name, string clientId, string? loginUrl)
    {
        var isReplacing = parsed.GetValue(_replace);
        await NewConnection.EnsureMayAsync(context, name, isReplacing, "authorization");
        // An app may do without its secret in this flow; what is there is sent.
        var secret = parsed.GetValue(_clientSecret) ?? Environment.GetEnvironmentVariable(SecretVariable);
        var app = new SalesforceBrowserApp(clientId, string.IsNullOrWhiteSpace(secret) ? null : secret.Trim(), SalesforceAuthorization.NewVerifier());
        await AuthorizationTicket.PrintAsync(
            context, name, CrmWords.Salesforce, loginUrl ?? throw new UsageException($"Where the user signs in: give --login-url {MyDomain}, or https://login.salesforce.com."), app, isReplacing,
            NewConnection.ReadConsole(context, parsed.GetValue(_console)), "The External Client App must have the callback URL");
        return ExitCode.Done;
    }

    private static async Task<string> ReadKeyAsync(FileInfo file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(file.FullName, cancellation);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file.FullName} cannot be read: {unreadable.Message}");
        }
    }
}
