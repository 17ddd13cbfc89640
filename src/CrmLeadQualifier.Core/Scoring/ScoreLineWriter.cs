using System.Buffers;
using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>Writes scores as lines of JSON (definition language, section 6): the page's keys, order and spacing, UTF-8, a line feed at the end.</summary>
public static class ScoreLineWriter
{
    /// <param name="id">The lead's id.</param>
    public static void Write(string id, LeadScore score, IBufferWriter<byte> output)
    {
        var scored = score.Status != LeadStatus.Unscorable;
        Text(output, "{\"id\": ");
        Quoted(output, id);
        Text(output, ", \"status\": \"");
        Text(output, NameOf(score.Status));
        Text(output, "\", \"profile\": ");
        NumberOrNull(output, score.Profile, scored);
        Text(output, ", \"behaviour\": ");
        NumberOrNull(output, score.Behaviour, scored);
        Text(output, ", \"intent\": ");
        NumberOrNull(output, score.Intent, scored);
        Text(output, ", \"total\": ");
        NumberOrNull(output, score.Total, scored);
        Text(output, ", \"grade\": ");
        QuotedOrNull(output, scored ? score.Grade : null);
        Text(output, ", \"criteria\": {");
        for (var i = 0; i < score.Criteria.Count; i++)
        {
            Member(output, i, score.Criteria[i].Id, score.Criteria[i].Value);
        }

        Text(output, "}, \"adjustments\": {");
        for (var i = 0; i < score.Adjustments.Count; i++)
        {
            Member(output, i, score.Adjustments[i].Key, score.Adjustments[i].Value);
        }

        Text(output, "}, \"excluded_by\": ");
        Array(output, score.ExcludedBy);
        Text(output, ", \"missing\": ");
        Array(output, score.Missing);
        Text(output, ", \"next_change_at\": ");
        QuotedOrNull(output, score.NextChangeAt?.ToString());
        Text(output, "}\n");
    }

    /// <summary>As written in files and CRM fields: <c>unscorable</c>, <c>excluded</c>, <c>qualified</c>, <c>not_yet</c>.</summary>
    public static string NameOf(LeadStatus status) => status switch
    {
        LeadStatus.Unscorable => "unscorable",
        LeadStatus.Excluded => "excluded",
        LeadStatus.Qualified => "qualified",
        LeadStatus.NotYet => "not_yet",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static void Member(IBufferWriter<byte> output, int index, string key, long value)
    {
        Text(output, index == 0 ? "" : ", ");
        Quoted(output, key);
        Text(output, ": ");
        Number(output, value);
    }

    private static void Array(IBufferWriter<byte> output, IReadOnlyList<string> texts)
    {
        Text(output, "[");
        for (var i = 0; i < texts.Count; i++)
        {
            Text(output, i == 0 ? "" : ", ");
            Quoted(output, texts[i]);
        }

        Text(output, "]");
    }

    private static void NumberOrNull(IBufferWriter<byte> output, long number, bool scored)
    {
        if (scored)
        {
            Number(output, number);
        }
        else
        {
            Text(output, "null");
        }
    }

    private static void QuotedOrNull(IBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            Text(output, "null");
        }
        else
        {
            Quoted(output, text);
        }
    }

    private static void Number(IBufferWriter<byte> output, long number)
    {
        number.TryFormat(output.GetSpan(20), out var written, provider: CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private static void Text(IBufferWriter<byte> output, ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, output);

    /// <summary>Escapes what JSON demands and nothing else: quotes, backslashes and control characters. An unpaired surrogate becomes U+FFFD.</summary>
    private static void Quoted(IBufferWriter<byte> output, ReadOnlySpan<char> text)
    {
        Text(output, "\"");
        for (var rest = text; ;)
        {
            var plain = rest.IndexOfAny(Escaped);
            Text(output, plain < 0 ? rest : rest[..plain]);
            if (plain < 0)
            {
                break;
            }

            Text(output, rest[plain] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                var control => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)control:x4}"),
            });
            rest = rest[(plain + 1)..];
        }

        Text(output, "\"");
    }

    private static readonly SearchValues<char> Escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(control => (char)control), '"', '\\']);
}
