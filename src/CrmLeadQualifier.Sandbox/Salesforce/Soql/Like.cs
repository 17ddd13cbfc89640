namespace CrmLeadQualifier.Sandbox.Salesforce.Soql;

/// <summary>LIKE: % is any text, _ any one character, a backslash takes their meaning away. Case does not count.</summary>
internal static class Like
{
    public static bool Matches(ReadOnlySpan<char> text, ReadOnlySpan<char> pattern)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == '%')
            {
                pattern = pattern[1..];
                if (pattern.IsEmpty)
                    return true;
                for (var start = 0; start <= text.Length; start++)
                {
                    if (Matches(text[start..], pattern))
                        return true;
                }
                return false;
            }
            var any = pattern[0] == '_';
            if (pattern[0] == '\\' && pattern.Length > 1)
                pattern = pattern[1..];
            if (text.IsEmpty || (!any && char.ToUpperInvariant(text[0]) != char.ToUpperInvariant(pattern[0])))
                return false;
            text = text[1..];
            pattern = pattern[1..];
        }
        return text.IsEmpty;
    }
}
