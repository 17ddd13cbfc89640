using System.Text;
using CrmLeadQualifier.Sync.Charts;
using Spectre.Console;
using Markup = Spectre.Console.Markup;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>
/// The only place that speaks to the terminal: results to standard output, everything else to standard error. Control characters of data never reach it: a name in a CRM
/// must not move a cursor or set a title.
/// </summary>
internal sealed class Terminal
{
    /// <summary>A table that goes to a file or a pipe is never wrapped.</summary>
    private const int UnwrappedWidth = 4000;

    private readonly IAnsiConsole _out;
    private readonly IAnsiConsole _error;
    private readonly TextWriter _outWriter;
    private readonly TextWriter _errorWriter;

#pragma warning disable RS0030 // The command line's own console: the one class that may touch Console.
    public Terminal()
    {
        _outWriter = Utf8Writer(Console.OpenStandardOutput());
        _errorWriter = Utf8Writer(Console.OpenStandardError());
        IsErrorATerminal = !Console.IsErrorRedirected;
        CanAsk = !Console.IsInputRedirected && IsErrorATerminal;
        _out = Spectre(_outWriter, !Console.IsOutputRedirected);
        _error = Spectre(_errorWriter, IsErrorATerminal);
    }

    public static Stream StandardInput() => Console.OpenStandardInput();

    public static Stream StandardOutput() => Console.OpenStandardOutput();
#pragma warning restore RS0030

    /// <summary>A person is there to answer a question.</summary>
    public bool CanAsk { get; }

    public bool IsErrorATerminal { get; }

    public TextWriter OutWriter => _outWriter;

    public TextWriter ErrorWriter => _errorWriter;

    /// <summary>Standard error, for a progress bar.</summary>
    public IAnsiConsole ErrorConsole => _error;

    /// <summary>A line of the result.</summary>
    public void Result(string line) => _outWriter.WriteLine(Printable(line));

    /// <summary>The result, for a program: one line of JSON.</summary>
    public void Json(object value) => _outWriter.WriteLine(JsonText.Of(value));

    /// <summary>A line for the person who waits.</summary>
    public void Say(string line) => _errorWriter.WriteLine(Printable(line));

    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) =>
        TextTable.Write(_out, columns, [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Printable)])]);

    /// <summary>Sections as titles, sentences and tables; empty ones are left out, and charts are for pages.</summary>
    public void Sections(IEnumerable<PageSection> sections)
    {
        foreach (var section in sections.Where(section => !section.IsEmpty))
        {
            Result(section.Title);
            foreach (var sentence in section.Sentences)
            {
                Result($"  {sentence}");
            }

            if (section.Rows.Count > 0)
            {
                Table(section.Columns, section.Rows);
            }
        }
    }

    /// <summary>Asks for yes or no; only where <see cref="CanAsk"/>.</summary>
    public async Task<bool> ConfirmAsync(string question, CancellationToken cancellation) =>
        await new ConfirmationPrompt(Markup.Escape(Printable(question))) { DefaultValue = false }.ShowAsync(_error, cancellation);

    /// <summary>Asks for something that is not echoed; only where <see cref="CanAsk"/>.</summary>
    public async Task<string> AskSecretAsync(string question, CancellationToken cancellation) =>
        await new TextPrompt<string>(Markup.Escape(question)).Secret(null).ShowAsync(_error, cancellation);

    /// <summary>Line feeds and tabs stay; every other control character becomes U+FFFD.</summary>
    private static string Printable(string text) =>
        text.Any(IsUnprintable) ? string.Concat(text.Select(c => IsUnprintable(c) ? '\uFFFD' : c)) : text;

    private static bool IsUnprintable(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static StreamWriter Utf8Writer(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private static IAnsiConsole Spectre(TextWriter writer, bool isTerminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            Interactive = isTerminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!isTerminal)
        {
            console.Profile.Width = UnwrappedWidth;
        }

        return console;
    }
}
