using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>From the words of the command line to an exit code: the one place where mistakes and exceptions become sentences.</summary>
internal static partial class CommandRunner
{
    public const string ProgramName = "crm-lead-qualifier";

    /// <summary>How long a command that was told to stop may take to reach the end of its page.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(90);

    public static async Task<int> RunAsync(string[] args)
    {
        var terminal = new Terminal();
        var root = CommandTree.Create(terminal);
        var parsed = root.Parse(args);
        var mistakes = Mistakes(parsed);
        if (mistakes.Count > 0 && parsed.Action is not { ClearsParseErrors: true })
        {
            foreach (var mistake in mistakes)
            {
                terminal.Say(mistake);
            }

            terminal.Say($"'{ProgramName} {Path(parsed.CommandResult)}--help' shows what there is.");
            return ExitCode.WrongUsage;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            Output = terminal.OutWriter,
            Error = terminal.ErrorWriter,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = StopWithin,
        });
    }

    /// <summary>Runs a command's body; whatever it throws is answered with a sentence and an exit code.</summary>
    public static async Task<int> GuardAsync(
        Terminal terminal, Command command, ParseResult parsed, Func<CommandContext, ParseResult, Task<int>> body, CancellationToken cancellation)
    {
        LogFile? log = null;
        try
        {
            await using var context = CommandContext.Of(terminal, parsed, cancellation);
            log = context.Folder.Log;
            var started = TimeProvider.System.GetTimestamp();
            var code = await body(context, parsed);
            log.Write(command.Name, $"exit code {code} after {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s");
            return code;
        }
        catch (Exception e) when (cancellation.IsCancellationRequested)
        {
            log?.Write(command.Name, $"stopped ({e.GetType().Name})");
            terminal.Say("Stopped. Nothing is lost: the same command goes on from here.");
            return ExitCode.DoneWithFailures;
        }
        catch (Exception e)
        {
            var (code, sentence) = Answer(e, command, log);
            terminal.Say(sentence);
            return code;
        }
    }

    private static (int Code, string Sentence) Answer(Exception exception, Command command, LogFile? log)
    {
        switch (exception)
        {
            case UsageException or ConfigurationException or LedgerSchemaException or LedgerUnreachableException or InvalidDataException:
                return (ExitCode.WrongUsage, exception.Message);
            case FatalCrmException fatal:
                log?.Write(command.Name, $"refused: {fatal.Message}");
                return (ExitCode.Refused, fatal.WithAdvice);
            case RetriableCrmException retriable:
                log?.Write(command.Name, $"the CRM did not answer as it should: {retriable.Message}");
                return (ExitCode.DoneWithFailures, $"{retriable.Message} "
                    + (retriable.NotBefore > TimeSpan.Zero ? $"Try again in {Math.Ceiling(retriable.NotBefore.TotalSeconds)} s." : "Try again later."));
            case CrmException or LeaseLostException:
                log?.Write(command.Name, $"failed: {exception.Message}");
                return (ExitCode.DoneWithFailures, exception.Message);
            default:
                var path = log?.WriteException(command.Name, exception);
                return (ExitCode.DoneWithFailures, path is null
                    ? $"Something unforeseen went wrong ({exception.GetType().Name}), and its details could not be kept."
                    : $"Something unforeseen went wrong ({exception.GetType().Name}). What was committed stays; the details are in {path}.");
        }
    }

    /// <summary>What is wrong with the words, a sentence each: first those that are no words of the program, else the parser's.</summary>
    private static List<string> Mistakes(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var swallowed = parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .Where(IsOption);
        var unknown = swallowed.Concat(parsed.UnmatchedTokens).Where(token => token.Length > 0).ToList();
        if (unknown.Count > 0)
        {
            return [Unknown(unknown[0], parsed.CommandResult)];
        }

        return parsed.Errors.Count > 0 && command.Subcommands.Count > 0
            ? [$"'{ProgramName} {Path(parsed.CommandResult)}".TrimEnd() + $"' needs one of: {string.Join(", ", command.Subcommands.Select(sub => sub.Name))}."]
            : [.. parsed.Errors.Select(error => Sentence(error.Message)).Distinct()];
    }

    /// <summary>The parser speaks of .NET's types and in lists; a user is told what to write.</summary>
    private static string Sentence(string message)
    {
        if (NotOfType().Match(message) is { Success: true } type)
        {
            return $"'{type.Groups["value"].Value}' is no whole number, which {type.Groups["name"].Value} takes.";
        }

        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 1 || !lines[0].Contains('\''))
        {
            return message;
        }

        var word = lines[0].Split('\'')[1];
        var choices = lines.Skip(1).Select(line => line.Trim('\'')).ToList();
        return $"'{word}' is none of: {string.Join(", ", choices)}." + (NearestWord.Of(word, choices) is { } nearest ? $" Did you mean '{nearest}'?" : "");
    }

    private static string Unknown(string word, CommandResult result)
    {
        var command = result.Command;
        var isOption = IsOption(word);
        var known = isOption ? Options(result) : command.Subcommands.Select(sub => sub.Name);
        var nearest = NearestWord.Of(word.Split('=')[0], known);
        var what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        return $"'{word}' is no {what} of {ProgramName} {Path(result)}".TrimEnd() + "." + (nearest is null ? "" : $" Did you mean '{nearest}'?");
    }

    [GeneratedRegex("Cannot parse argument '(?<value>.*)' for (?:option|command) '(?<name>.*)' as expected type")]
    private static partial Regex NotOfType();

    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-' && !char.IsAsciiDigit(word[1]);

    private static IEnumerable<string> Options(CommandResult result)
    {
        var own = result.Command.Options.Select(option => option.Name);
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
        {
            own = own.Concat(parent.Command.Options.Where(option => option.Recursive).Select(option => option.Name));
        }

        return own;
    }

    /// <summary>The words up to a command, each with a space behind it; empty for the program itself.</summary>
    private static string Path(CommandResult result) => result.Parent is CommandResult parent ? $"{Path(parent)}{result.Command.Name} " : "";
}
