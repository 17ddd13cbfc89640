using System.CommandLine;
using System.CommandLine.Invocation;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>A command of the program: its arguments and options, an example for its help, and what it does.</summary>
internal abstract class ProgramCommand : Command
{
    private readonly Terminal _terminal;

    /// <param name="example">A command line without the program's name, shown in the help.</param>
    protected ProgramCommand(Terminal terminal, string name, string description, string example)
        : base(name, description)
    {
        _terminal = terminal;
        Example = example;
        SetAction(async (parsed, cancellation) => await CommandRunner.GuardAsync(_terminal, this, parsed, RunAsync, cancellation));
    }

    public string Example { get; }

    /// <summary>Answers one of <see cref="ExitCode"/>.</summary>
    protected abstract Task<int> RunAsync(CommandContext context, ParseResult parsed);
}

/// <summary>A word that only groups commands.</summary>
internal sealed class CommandGroup : Command
{
    public CommandGroup(string name, string description, params Command[] commands)
        : base(name, description)
    {
        foreach (var command in commands)
        {
            Subcommands.Add(command);
        }
    }

    public string Example => Subcommands.OfType<ProgramCommand>().First().Example;
}

/// <summary>The usual help, and below it the command's example.</summary>
internal sealed class HelpWithExample(SynchronousCommandLineAction usual, Terminal terminal) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output = terminal.OutWriter;

        // A command's own option stands for the one of that name that all have.
        GlobalOptions.Format.Hidden = parseResult.CommandResult.Command.Options.Any(option => option.Name == GlobalOptions.Format.Name && option != GlobalOptions.Format);
        usual.Invoke(parseResult);
        var example = parseResult.CommandResult.Command switch
        {
            ProgramCommand command => command.Example,
            CommandGroup group => group.Example,
            _ => "demo --once",
        };
        terminal.Result($"Example:\n  {CommandRunner.ProgramName} {example}\n");
        return ExitCode.Done;
    }
}
