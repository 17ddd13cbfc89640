using System.Runtime.CompilerServices;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Suggestions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Sync.Backtest;

namespace CrmLeadQualifier.Sync.Suggestions;

/// <summary>Suggestions from a file of leads with verdicts or deals. The window is the whole file, as a backtest's.</summary>
/// <param name="open">Opens the file at its beginning.</param>
/// <param name="name">As reports call the file.</param>
/// <param name="onInvalid">Called with the line's number and a sentence for each line that is not valid, once.</param>
public sealed class FileSuggestions(Func<Stream> open, string name, Action<long, string> onInvalid)
{
    private bool _isSaid;

    /// <summary>Lines that were not valid.</summary>
    public long Invalid { get; private set; }

    public Task<SuggestionReport> RunAsync(WrittenDefinition present, SuggestionOptions options, Instant now, CancellationToken cancellation)
    {
        var window = new FileBacktest(open, name, (_, _) => { }).WindowOf(present.Definition, null, null, now, cancellation);
        return new SuggestionRun(present, () => ReadAsync(present), window, options).RunAsync(name, cancellation);
    }

    private async IAsyncEnumerable<HistoricLead> ReadAsync(WrittenDefinition present, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var file = new HistoryFile([present.Definition.Attributes], _isSaid ? (_, _) => { } : onInvalid);
        await using var input = open();
        foreach (var lead in file.Read(input))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return lead;
        }

        Invalid = file.Invalid;
        _isSaid = true;
    }
}
