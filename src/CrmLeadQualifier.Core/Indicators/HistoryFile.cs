using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// A file of leads with what became of them: the JSON Lines of the definition language, section 6, where a lead may also carry verdicts and deals. A file keeps no history of
/// attributes: they are of the day on which it was written. Memory holds one line and the ids met so far.
/// </summary>
/// <param name="schemas">The attributes of the definitions that are replayed.</param>
/// <param name="onInvalid">Called with the line's number, from 1, and a sentence for each line that is not valid.</param>
public sealed class HistoryFile(IReadOnlyList<AttributeSchema> schemas, Action<long, string> onInvalid)
{
    /// <summary>Lines that gave an error instead of a lead.</summary>
    public long Invalid { get; private set; }

    /// <summary>Values and activities of valid lines that could not be read by their type.</summary>
    public long Problems { get; private set; }

    /// <summary>The leads in the file's order.</summary>
    public IEnumerable<HistoricLead> Read(Stream input)
    {
        var lines = new Utf8LineReader(input, LeadFileScorer.LongestLine);
        var reader = new HistoryLineReader(schemas);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (lines.MoveNext())
        {
            if (!lines.IsTooLong && lines.Current.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
            {
                continue;
            }

            var error = "the line is longer than 64 MiB";
            var lead = lines.IsTooLong ? null : reader.Read(lines.Current, out error);
            if (lead is not null && ids.Add(lead.Id))
            {
                Problems += reader.Problems;
                yield return lead;
                continue;
            }

            Invalid++;
            onInvalid(lines.Number, lead is null ? error! : "'id' was used by an earlier line");
        }
    }
}
