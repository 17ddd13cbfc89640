using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>Reads lines of a leads file with their verdicts and deals. No input makes it throw. Reusable line after line; not for two threads at once.</summary>
internal sealed class HistoryLineReader(IReadOnlyList<AttributeSchema> schemas)
{
    private const string Email = "email";
    private static readonly int CreatedAtSlot = AttributeSchema.Standard.IndexOf("created_at");

    private readonly LeadLineReader[] _facts = [.. schemas.Select(schema => new LeadLineReader(schema))];

    /// <summary>Data-quality problems of the last line, under the first schema.</summary>
    public int Problems { get; private set; }

    /// <param name="error">Why there is no lead; null where there is one.</param>
    public HistoricLead? Read(ReadOnlyMemory<byte> utf8, out string? error)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            error = "the line is not valid UTF-8";
            return null;
        }

        try
        {
            using var document = LeadLineReader.Parse(utf8);
            return Read(document.RootElement, out error);
        }
        catch (JsonException problem)
        {
            error = LeadLineReader.SentenceOf(problem);
            return null;
        }
    }

    private HistoricLead? Read(JsonElement line, out string? error)
    {
        var lines = Array.ConvertAll(_facts, reader => reader.Read(line));
        error = lines[0].Error;
        if (error is not null)
        {
            return null;
        }

        Problems = lines[0].Problems;
        JsonElement attributes = default, verdicts = default, deals = default;
        foreach (var property in line.EnumerateObject())
        {
            switch (JsonText.NameOf(property))
            {
                case "attributes": attributes = property.Value; break;
                case "verdicts": verdicts = property.Value; break;
                case "deals": deals = property.Value; break;
            }
        }

        var given = new List<VerdictFact>();
        var on = new List<DealFact>();
        error = Each("verdicts", verdicts, element => ReadVerdict(element, given)) ?? Each("deals", deals, element => ReadDeal(element, on));
        return error is null ? Lead(lines, attributes, given, on) : null;
    }

    private static HistoricLead Lead(LeadLine[] lines, JsonElement attributes, List<VerdictFact> verdicts, List<DealFact> deals)
    {
        var facts = lines[0].Facts!;
        var created = facts.Values[CreatedAtSlot];
        Instant? createdAt = created.IsKnown ? created.Date : null;
        var period = new AttributePeriod(Instant.MinValue, [.. lines.Select(line => line.Facts!)])
        {
            Source = Raw(attributes, "source"), SourceDetail = Raw(attributes, "source_detail"), Country = Raw(attributes, "country"), Owner = Raw(attributes, "owner_email"),
        };
        return new HistoricLead(lines[0].Id, Raw(attributes, Email) is { Length: > 0 } email ? email : lines[0].Id, [period])
        {
            CreatedAt = createdAt,
            Since = createdAt ?? First(facts, verdicts, deals),
            IsOfToday = true,
            Verdicts = verdicts,
            Deals = deals,
        };
    }

    private static Instant? First(LeadFacts facts, List<VerdictFact> verdicts, List<DealFact> deals) => verdicts.Select(verdict => verdict.At)
        .Concat(deals.Select(deal => deal.CreatedAt))
        .Concat(facts.Activities is [.., var oldest] ? [oldest.At] : (Instant[])[])
        .Select(at => (Instant?)at)
        .Min();

    private static string? ReadVerdict(JsonElement element, List<VerdictFact> verdicts)
    {
        if (TextOf(element, "value") is not { } word || Wording.ToVerdict(word) is not { } value)
        {
            return "'value' must be accepted, qualified, rejected or reopened";
        }

        if (InstantOf(element, "at") is not { } at)
        {
            return "'at' must be an instant, such as 2026-11-01T09:30:00Z";
        }

        verdicts.Add(new VerdictFact(value, TextOf(element, "reason"), at, at));
        return null;
    }

    private static string? ReadDeal(JsonElement element, List<DealFact> deals)
    {
        if (InstantOf(element, "created_at") is not { } createdAt)
        {
            return "'created_at' must be an instant, such as 2026-11-01T09:30:00Z";
        }

        var closedAt = InstantOf(element, "closed_at");
        var won = Member(element, "won").ValueKind;
        var outcome = won == JsonValueKind.True ? DealOutcome.Won : won == JsonValueKind.False && closedAt is not null ? DealOutcome.Lost : DealOutcome.Open;
        deals.Add(new DealFact(TextOf(element, "id") ?? "", createdAt, outcome, closedAt));
        return null;
    }

    private static string? Each(string name, JsonElement array, Func<JsonElement, string?> read)
    {
        if (array.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            return $"'{name}' must be an array or null";
        }

        var index = 0;
        foreach (var element in array.EnumerateArray())
        {
            var error = element.ValueKind == JsonValueKind.Object ? read(element) : "it must be an object";
            if (error is not null)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]: {error}");
            }

            index++;
        }

        return null;
    }

    /// <summary>A text attribute as written, U+FFFD in place of unpaired surrogates; a number or boolean as written; null for anything else.</summary>
    private static string? Raw(JsonElement attributes, string name)
    {
        var value = attributes.ValueKind == JsonValueKind.Object ? Member(attributes, name) : default;
        return value.ValueKind switch
        {
            JsonValueKind.String => JsonText.WellFormed(JsonText.Of(value)),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
    }

    private static string? TextOf(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? JsonText.WellFormed(JsonText.Of(text)) : null;

    private static Instant? InstantOf(JsonElement element, string name) => TextOf(element, name) is { } text && Instant.TryRead(text, out var at) ? at : null;

    /// <summary>Of a key given twice the last counts.</summary>
    private static JsonElement Member(JsonElement element, string name)
    {
        JsonElement value = default;
        foreach (var property in element.EnumerateObject())
        {
            value = JsonText.NameOf(property) == name ? property.Value : value;
        }

        return value;
    }
}
