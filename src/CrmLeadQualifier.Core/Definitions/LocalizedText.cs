namespace CrmLeadQualifier.Core.Definitions;

/// <summary>The languages in which reasons and reports are written.</summary>
public enum Language
{
    English,
    French,
}

/// <summary>A text for people: one for all languages, or one for each. At least one of them is there; a language that is missing shows the other's.</summary>
public sealed record LocalizedText(string? English, string? French)
{
    public static LocalizedText Same(string text) => new(text, text);

    public string In(Language language) => (language == Language.French ? French ?? English : English ?? French) ?? "";
}
