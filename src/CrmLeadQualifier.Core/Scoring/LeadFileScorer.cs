using System.Buffers;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What scoring a file of leads came to.</summary>
/// <param name="Scored">Lines written.</param>
/// <param name="Invalid">Lines that gave an error instead.</param>
/// <param name="Problems">Data-quality problems in the lines that were scored.</param>
public readonly record struct LeadFileSummary(long Scored, long Invalid, long Problems);

/// <summary>
/// Scores a file of leads (definition language, section 6) from stream to stream, in the input's order. Memory holds one line and the ids met so far, whatever the file's length.
/// </summary>
/// <param name="schema">The schema of the definition that the plan was compiled from.</param>
public sealed class LeadFileScorer(ScoringPlan plan, AttributeSchema schema)
{
    /// <summary>A longer line is not valid; it is passed over without being held.</summary>
    public const int LongestLine = 64 * 1024 * 1024;

    private const int WrittenTogether = 64 * 1024;

    /// <param name="onInvalid">Called with the line's number, from 1, and a sentence for each line that is not valid.</param>
    public LeadFileSummary Score(Stream input, Stream output, Instant at, Action<long, string> onInvalid, CancellationToken stop = default)
    {
        var lines = new Utf8LineReader(input, LongestLine);
        var reader = new LeadLineReader(schema);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var written = new ArrayBufferWriter<byte>(2 * WrittenTogether);
        long scored = 0, invalid = 0, problems = 0;
        while (lines.MoveNext())
        {
            stop.ThrowIfCancellationRequested();
            if (!lines.IsTooLong && IsBlank(lines.Current.Span))
            {
                continue;
            }

            var line = lines.IsTooLong ? new LeadLine("", null, 0, "the line is longer than 64 MiB") : reader.Read(lines.Current);
            var error = line.Error ?? (ids.Add(line.Id) ? null : "'id' was used by an earlier line");
            if (error is not null)
            {
                invalid++;
                onInvalid(lines.Number, error);
                continue;
            }

            scored++;
            problems += line.Problems;
            ScoreLineWriter.Write(line.Id, plan.Score(line.Facts!, at), written);
            if (written.WrittenCount >= WrittenTogether)
            {
                output.Write(written.WrittenSpan);
                written.ResetWrittenCount();
            }
        }

        output.Write(written.WrittenSpan);
        output.Flush();
        return new LeadFileSummary(scored, invalid, problems);
    }

    private static bool IsBlank(ReadOnlySpan<byte> line) => line.IndexOfAnyExcept(" \t\r"u8) < 0;
}
