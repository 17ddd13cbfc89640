using System.Text.Json;

namespace CrmLeadQualifier.Storage.Texts;

/// <summary>Choices are stored as words (<c>not_yet</c>), so that reordering an enum never changes what a stored row says.</summary>
internal static class Words
{
    public static string Of<T>(T choice)
        where T : struct, Enum => Table<T>.Words[choice];

    public static T Read<T>(string word)
        where T : struct, Enum => Table<T>.Choices.TryGetValue(word, out var choice)
        ? choice
        : throw new InvalidDataException($"The ledger holds '{word}', which is no {typeof(T).Name} that this program knows.");

    private static class Table<T>
        where T : struct, Enum
    {
        public static readonly Dictionary<T, string> Words = Enum.GetValues<T>().ToDictionary(c => c, c => JsonNamingPolicy.SnakeCaseLower.ConvertName(c.ToString()));
        public static readonly Dictionary<string, T> Choices = Words.ToDictionary(pair => pair.Value, pair => pair.Key);
    }
}
