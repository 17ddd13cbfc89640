using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using CrmLeadQualifier.Worker.Commands.Accounts;
using CrmLeadQualifier.Worker.Commands.Connections;
using CrmLeadQualifier.Worker.Commands.Definition;
using CrmLeadQualifier.Worker.Commands.Demo;
using CrmLeadQualifier.Worker.Commands.Learning;
using CrmLeadQualifier.Worker.Commands.Review;
using CrmLeadQualifier.Worker.Commands.Runs;
using CrmLeadQualifier.Worker.Commands.Scoring;
using CrmLeadQualifier.Worker.Commands.Serving;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>Every command of the program.</summary>
internal static class CommandTree
{
    public static RootCommand Create(Terminal terminal)
    {
        var root = new RootCommand("Scores CRM contacts by the agreement that marketing and sales signed, and writes stage, score and reasons back.")
        {
            new DemoCommand(terminal),
            new SandboxCommand(terminal),
            new Serve(terminal),
            new CommandGroup("connect", "Stores a connection after a test call.", new ConnectHubSpot(terminal), new ConnectSalesforce(terminal)),
            new ListConnections(terminal),
            new CheckConnections(terminal),
            new ProvisionFields(terminal),
            new Disconnect(terminal),
            new SetMode(terminal),
            new ResumeConnections(terminal),
            new ReleaseLeads(terminal),
            new SyncConnections(terminal),
            new ApplyWritePlan(terminal),
            new UndoWrites(terminal),
            new ScoreLeads(terminal),
            new ExplainLead(terminal),
            new BacktestDefinition(terminal),
            new SuggestChanges(terminal),
            new CommandGroup(
                "definition",
                "The agreement: checked, proposed, signed by both roles.",
                new ValidateDefinition(terminal),
                new DefinitionText(terminal),
                new DefinitionDiff(terminal),
                new DefinitionSchema(terminal),
                new ProposeDefinition(terminal),
                new ShowDefinition(terminal),
                new SignDefinition(terminal),
                new WithdrawSignature(terminal),
                new DefinitionHistory(terminal),
                new ShadowDefinition(terminal)),
            new ListQuarantine(terminal),
            new ListOverrides(terminal),
            new ListRuns(terminal),
            new Audit(terminal),
            new CommandGroup(
                "account", "Who may sign in to the console.", new AddAccount(terminal), new SetPassword(terminal), new DisableAccount(terminal), new ListAccounts(terminal)),
            new Migrate(terminal),
        };
        root.Options.Add(GlobalOptions.Data);
        root.Options.Add(GlobalOptions.Format);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExample((SynchronousCommandLineAction)help.Action!, terminal);
        return root;
    }
}
