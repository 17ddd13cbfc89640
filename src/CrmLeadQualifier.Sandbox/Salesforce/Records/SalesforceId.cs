namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Record ids: 15 case-sensitive characters, of which the first three name the object, and three more that make them safe where case is lost. Answers carry 18; 15 are taken too.</summary>
internal static class SalesforceId
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const string Checks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    /// <summary>The id of the object's <paramref name="number"/>th record.</summary>
    public static string Make(string prefix, long number)
    {
        Span<char> id = stackalloc char[15];
        prefix.CopyTo(id);
        "d20".CopyTo(id[3..]);
        for (var place = 14; place > 5; place--, number /= Digits.Length)
            id[place] = Digits[(int)(number % Digits.Length)];
        return Complete(new string(id));
    }

    /// <summary>18 characters from 15 or 18; null: this is no id.</summary>
    public static string? Read(string text)
    {
        if (text.Length is not (15 or 18) || text.AsSpan().ContainsAnyExcept(Digits))
            return null;
        if (text.Length == 15)
            return Complete(text);
        // The last three tell the case of the first fifteen, whatever became of it on the way.
        Span<char> id = stackalloc char[15];
        for (var group = 0; group < 3; group++)
        {
            var check = Checks.IndexOf(char.ToUpperInvariant(text[15 + group]), StringComparison.Ordinal);
            if (check < 0)
                return null;
            for (var place = 0; place < 5; place++)
            {
                var letter = text[(group * 5) + place];
                id[(group * 5) + place] = (check & (1 << place)) != 0 ? char.ToUpperInvariant(letter) : char.ToLowerInvariant(letter);
            }
        }
        return Complete(new string(id));
    }

    private static string Complete(string id)
    {
        Span<char> whole = stackalloc char[18];
        id.CopyTo(whole);
        for (var group = 0; group < 3; group++)
        {
            var check = 0;
            for (var place = 0; place < 5; place++)
            {
                if (char.IsAsciiLetterUpper(id[(group * 5) + place]))
                    check |= 1 << place;
            }
            whole[15 + group] = Checks[check];
        }
        return new string(whole);
    }
}
