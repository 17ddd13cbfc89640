using System.CommandLine;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Tests.CommandLine;

public sealed class HelpTests
{
    public static IEnumerable<object[]> Commands() => Paths(CommandTree.Create(new Terminal()), []).Select(path => new object[] { string.Join(' ', path) });

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task The_help_of_every_command_says_what_it_does_and_shows_an_example(string command)
    {
        using var workplace = new Workplace();

        var help = (await workplace.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"])).Expect(ExitCode.Done);

        Assert.Contains("Description:", help.Output);
        var example = help.Output[help.Output.IndexOf("Example:", StringComparison.Ordinal)..];
        Assert.Contains($"crm-lead-qualifier {command}".TrimEnd(), example);
        Assert.Equal(1, help.Output.Split("  --format <").Length - 1);
        Assert.Empty(help.Error);
        Assert.False(Directory.Exists(workplace.Data), "asking for help makes no data folder");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void An_example_is_a_command_line_that_can_be_read(string command)
    {
        var root = CommandTree.Create(new Terminal());
        Command current = root;
        foreach (var word in command.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            current = current.Subcommands.Single(sub => sub.Name == word);
        }

        if (current is ProgramCommand program)
        {
            // What follows is the shell's.
            Assert.Empty(root.Parse(program.Example.Split(" > ")[0]).Errors);
        }
    }

    private static IEnumerable<string[]> Paths(Command command, string[] path) =>
        new[] { path }.Concat(command.Subcommands.SelectMany(sub => Paths(sub, [.. path, sub.Name])));
}
