using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Texts;

/// <summary>The JSON that the ledger keeps in columns: instants as milliseconds, choices as their words, keys in ordinal order so that equal content is equal text.</summary>
[JsonSerializable(typeof(LeadState))]
[JsonSerializable(typeof(LeadScore))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, FieldOverride>))]
[JsonSerializable(typeof(SortedDictionary<string, FieldOverride>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class LedgerJson : JsonSerializerContext
{
    /// <summary>How no texts at all are written.</summary>
    public const string NoTexts = "{}";

    private static readonly LedgerJson Context = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Nothing here is ever put into a page as it is; escaping é as \u00e9 would only make the file larger and harder to read.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters =
        {
            new InstantAsMilliseconds(),
            new ChoiceAsWord<Stage>(),
            new ChoiceAsWord<Answer>(),
            new ChoiceAsWord<VerdictValue>(),
            new ChoiceAsWord<LeadStatus>(),
        },
    });

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(LeadState state) => JsonSerializer.Serialize(state, Context.LeadState);

    public static string Write(LeadScore score) => JsonSerializer.Serialize(score, Context.LeadScore);

    public static string Write(IReadOnlyList<string> texts) => texts.Count == 0 ? "[]" : JsonSerializer.Serialize(texts, Context.IReadOnlyListString);

    public static string Write(IReadOnlyDictionary<string, FieldOverride> overrides) => overrides.Count == 0
        ? "{}"
        : JsonSerializer.Serialize(new SortedDictionary<string, FieldOverride>(overrides.ToDictionary(), StringComparer.Ordinal), Context.SortedDictionaryStringFieldOverride);

    public static string Write(IReadOnlyDictionary<string, string> texts)
    {
        if (texts.Count == 0)
        {
            return "{}";
        }

        var sorted = texts.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        var writing = written ??= new();
        writing.Buffer.ResetWrittenCount();
        writing.Writer.Reset();
        writing.Writer.WriteStartObject();
        foreach (var (name, value) in sorted)
        {
            writing.Writer.WriteString(name, value);
        }

        writing.Writer.WriteEndObject();
        writing.Writer.Flush();
        return Encoding.UTF8.GetString(writing.Buffer.WrittenSpan);
    }

    public static LeadState State(string json) => JsonSerializer.Deserialize(json, Context.LeadState)!;

    public static LeadScore Score(string json) => JsonSerializer.Deserialize(json, Context.LeadScore)!;

    public static IReadOnlyList<string> List(string json) => json == "[]" ? [] : JsonSerializer.Deserialize(json, Context.IReadOnlyListString)!;

    public static IReadOnlyDictionary<string, string> Texts(string json) =>
        json == NoTexts ? NothingToRead : PlainTexts(json) ?? JsonSerializer.Deserialize(json, Context.DictionaryStringString)!;

    /// <summary>What nearly all of them are, the way they are written: names and texts without any escape; null where there is one. Scoring reads millions.</summary>
    private static Dictionary<string, string>? PlainTexts(string json)
    {
        if (json.Contains('\\'))
        {
            return null;
        }

        var texts = new Dictionary<string, string>(json.AsSpan().Count("\":\""));
        for (var start = 2; start < json.Length;)
        {
            // {"name":"text","name":"text"}: a quotation mark within a text would be escaped.
            var name = json.IndexOf('"', start);
            var text = name + 3;
            var end = json.IndexOf('"', text);
            texts.Add(Name(json.AsSpan(start, name - start)), json[text..end]);
            start = end + 3;
        }

        return texts;
    }

    /// <summary>There are some dozens of names, and millions of texts by them.</summary>
    private static string Name(ReadOnlySpan<char> written)
    {
        var names = Names.GetAlternateLookup<ReadOnlySpan<char>>();
        if (names.TryGetValue(written, out var name))
        {
            return name;
        }

        name = written.ToString();
        if (Names.Count < MostNames)
        {
            Names.TryAdd(name, name);
        }

        return name;
    }

    public static IReadOnlyDictionary<string, FieldOverride> Overrides(string json) =>
        json == "{}" ? NoOverrides : JsonSerializer.Deserialize(json, Context.DictionaryStringFieldOverride)!;

    private static readonly Dictionary<string, string> NothingToRead = [];
    private static readonly Dictionary<string, FieldOverride> NoOverrides = [];

    private const int MostNames = 10_000;

    private static readonly ConcurrentDictionary<string, string> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static WritingTexts? written;

    private sealed class WritingTexts
    {
        public WritingTexts() => Writer = new Utf8JsonWriter(Buffer, Writing);

        public ArrayBufferWriter<byte> Buffer { get; } = new(4096);

        public Utf8JsonWriter Writer { get; }
    }

    private sealed class InstantAsMilliseconds : JsonConverter<Instant>
    {
        public override Instant Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => new(reader.GetInt64());

        public override void Write(Utf8JsonWriter writer, Instant value, JsonSerializerOptions options) => writer.WriteNumberValue(value.UnixMilliseconds);
    }

    private sealed class ChoiceAsWord<T> : JsonConverter<T>
        where T : struct, Enum
    {
        public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) => Words.Read<T>(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(Words.Of(value));
    }
}
