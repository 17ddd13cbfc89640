using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>What a line of a leads file gave: a lead, or the sentence that says why there is none.</summary>
/// <param name="Id">The lead's id; U+FFFD stands for unpaired surrogates.</param>
/// <param name="Problems">Data-quality problems of a valid line: values that could not be read, attributes and kinds that do not exist.</param>
public readonly record struct LeadLine(string Id, LeadFacts? Facts, int Problems, string? Error)
{
    public bool IsValid => Error is null;
}

/// <summary>
/// Reads lines of a leads file (definition language, section 6) under a definition's schema. No input makes it throw. Of a key given twice the last counts. A line nested more than
/// 64 deep, or out of invalid UTF-8, is not valid. Reusable line after line; not for two threads at once.
/// </summary>
public sealed class LeadLineReader(AttributeSchema schema)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64 };

    private readonly LeadFactsBuilder _facts = new(schema);

    /// <param name="utf8">One line, without its end.</param>
    public LeadLine Read(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            return Invalid("the line is not valid UTF-8");
        }

        try
        {
            using var document = Parse(utf8);
            return Read(document.RootElement);
        }
        catch (JsonException problem)
        {
            return Invalid(SentenceOf(problem));
        }
    }

    /// <summary>Reads a line that was parsed before.</summary>
    internal LeadLine Read(JsonElement line)
    {
        try
        {
            return ReadFacts(line);
        }
        finally
        {
            _facts.Clear();
        }
    }

    internal static JsonDocument Parse(ReadOnlyMemory<byte> utf8) => JsonDocument.Parse(utf8, Strict);

    internal static string SentenceOf(JsonException problem) => problem.Message.Contains("depth", StringComparison.Ordinal)
        ? "the line is nested more than 64 deep"
        : string.Create(CultureInfo.InvariantCulture, $"the line is not valid JSON (at byte {(problem.BytePositionInLine ?? 0) + 1})");

    private static LeadLine Invalid(string error) => new("", null, 0, error);

    private LeadLine ReadFacts(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object)
        {
            return Invalid("the line is not a JSON object");
        }

        JsonElement id = default, attributes = default, activities = default;
        foreach (var property in line.EnumerateObject())
        {
            switch (JsonText.NameOf(property))
            {
                case "id": id = property.Value; break;
                case "attributes": attributes = property.Value; break;
                case "activities": activities = property.Value; break;
            }
        }

        if (id.ValueKind != JsonValueKind.String || JsonText.Of(id) is not { Length: > 0 } name)
        {
            return Invalid("'id' must be a non-empty text");
        }

        if ((ReadAttributes(attributes) ?? ReadActivities(activities)) is { } error)
        {
            return Invalid(error);
        }

        var problems = _facts.Problems;
        return new LeadLine(JsonText.WellFormed(name), _facts.Build(), problems, null);
    }

    private string? ReadAttributes(JsonElement attributes)
    {
        if (attributes.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        if (attributes.ValueKind != JsonValueKind.Object)
        {
            return "'attributes' must be an object or null";
        }

        foreach (var property in attributes.EnumerateObject())
        {
            _facts.Set(JsonText.NameOf(property), property.Value);
        }

        return null;
    }

    private string? ReadActivities(JsonElement activities)
    {
        if (activities.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined)
        {
            return null;
        }

        if (activities.ValueKind != JsonValueKind.Array)
        {
            return "'activities' must be an array or null";
        }

        var index = 0;
        foreach (var activity in activities.EnumerateArray())
        {
            if (ReadActivity(activity) is { } error)
            {
                return string.Create(CultureInfo.InvariantCulture, $"activities[{index}]: {error}");
            }

            index++;
        }

        return null;
    }

    private string? ReadActivity(JsonElement activity)
    {
        if (activity.ValueKind != JsonValueKind.Object)
        {
            return "an activity must be an object";
        }

        JsonElement id = default, kind = default, at = default, attributes = default, approximate = default, copyOf = default;
        foreach (var property in activity.EnumerateObject())
        {
            switch (JsonText.NameOf(property))
            {
                case "id": id = property.Value; break;
                case "kind": kind = property.Value; break;
                case "at": at = property.Value; break;
                case "attributes": attributes = property.Value; break;
                case "approximate": approximate = property.Value; break;
                case "copy_of": copyOf = property.Value; break;
            }
        }

        if (kind.ValueKind != JsonValueKind.String)
        {
            return "'kind' must be a text";
        }

        if (at.ValueKind != JsonValueKind.String || !Instant.TryRead(JsonText.Of(at), out var instant))
        {
            return "'at' must be an instant, such as 2026-11-01T09:30:00Z";
        }

        if (id.ValueKind is not (JsonValueKind.String or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            return "'id' must be a text or null";
        }

        if (attributes.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            return "'attributes' must be an object or null";
        }

        var name = id.ValueKind == JsonValueKind.String ? JsonText.Of(id) : null;
        if (copyOf.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined))
        {
            _facts.AddCopy(name);
        }
        else
        {
            _facts.Add(name, JsonText.Of(kind), instant, approximate.ValueKind == JsonValueKind.True, attributes);
        }

        return null;
    }
}
