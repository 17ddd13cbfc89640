using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// The values that the worker's fields should have on a lead's records (lifecycle and sync, section 4), by the field's name and in normal form:
/// integers as digits, instants to the second (<c>2026-11-23T09:30:00Z</c>), texts on one line, trimmed and cut with an ellipsis. An empty text is an
/// empty field. Every worker field is there. Nothing depends on when it is asked for: the same state and score give the same texts.
/// </summary>
public static class LeadFieldValues
{
    /// <summary>The longest text on one line that both CRMs take.</summary>
    private const int TextLength = 255;

    /// <summary>Salesforce's usual long text area.</summary>
    private const int LongTextLength = 32_000;

    /// <param name="definition">With the version number, for the agreement's field: <c>B2B SaaS France, version 3</c>.</param>
    /// <param name="isHandOverRecord">Only the hand-over record carries hand-over, due, answer and previous answer; the lead's others get stage, score, reasons and "see RECORD".</param>
    /// <param name="handOverRecord">How the other records name it; null on the hand-over record itself, or where there is none.</param>
    public static IReadOnlyDictionary<string, string> Of(
        Definition definition,
        int version,
        LeadState state,
        LeadScore score,
        IReadOnlyDictionary<string, Instant> lastCountedAt,
        bool isHandOverRecord,
        string? handOverRecord)
    {
        var isScored = score.Status != LeadStatus.Unscorable;
        var wording = ReasonsText.For(definition);
        var reference = isHandOverRecord || handOverRecord is null ? null : wording.See(handOverRecord);
        return new Dictionary<string, string>(16)
        {
            ["stage"] = state.Stage.Word(),
            ["status"] = score.Status.Word(),
            ["answer"] = isHandOverRecord ? state.Answer.Word() : "",
            ["score"] = isScored ? Digits(score.Total) : "",
            ["profile"] = isScored ? Digits(score.Profile) : "",
            ["behaviour"] = isScored ? Digits(score.Behaviour) : "",
            ["intent"] = isScored ? Digits(score.Intent) : "",
            ["grade"] = isScored ? score.Grade ?? "" : "",
            ["reasons"] = Reasons(wording.Of(score, lastCountedAt), reference),
            ["definition"] = Cut($"{definition.Name}, version {Digits(version)}", TextLength),
            ["handed_over_at"] = isHandOverRecord ? Seconds(state.HandedOverAt) : "",
            ["answer_due_at"] = isHandOverRecord && state.Answer != Answer.Withdrawn ? Seconds(state.AnswerDueAt) : "",
            ["first_contact_at"] = isHandOverRecord ? Seconds(state.FirstContact?.At) : "",
            ["previous"] = isHandOverRecord && state.PreviousVerdict is { } previous ? Cut(new VerdictText(definition).Of(previous), TextLength) : "",
            ["verdict_at"] = Seconds(state.Verdict?.At),
            ["verdict_by"] = state.Verdict?.By is { } by ? Cut(new VerdictText(definition).Person(by), TextLength) : "",
        };
    }

    /// <summary>The reference to the hand-over record is never what is cut.</summary>
    private static string Reasons(string reasons, string? reference)
    {
        if (reference is null)
        {
            return Cut(reasons, LongTextLength);
        }

        var tail = Cut(reference, TextLength);
        return reasons.Length == 0 ? tail : Cut(reasons, LongTextLength - tail.Length - ReasonsText.Separator.Length) + ReasonsText.Separator + tail;
    }

    private static string Digits(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(Instant? instant) =>
        instant is { } at ? new Instant(at.UnixMilliseconds - (at.UnixMilliseconds % 1000 + 1000) % 1000).ToString() : "";

    private static string Cut(string value, int length)
    {
        var line = value.ReplaceLineEndings(" ");
        var trimmed = Spaces.Trim(line);
        var text = trimmed.Length == line.Length ? line : trimmed.ToString();
        if (text.Length <= length)
        {
            return text;
        }

        // A surrogate pair is not cut in half.
        var end = char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1;
        return Spaces.Trim(text.AsSpan(0, end)).ToString() + "…";
    }
}
