using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>
/// The pattern of <c>matches</c>. It is applied to folded text and is not folded itself, so a literal that no folded text can hold (<c>é</c>) would never match: that is
/// an error which shows the folded spelling. Case does not count, so a capital letter is none.
/// </summary>
internal static class PatternReader
{
    public const int MaxLength = 500;

    public static Regex? Read(YamlNode node, ProblemList problems)
    {
        if (node is not YamlScalar { IsNull: false } scalar)
        {
            problems.WrongType(node, "a regular expression");
            return null;
        }

        var pattern = scalar.Text;
        if (TextFolding.Fold(pattern).Length == 0)
        {
            problems.Error(node, "The regular expression is empty.");
            return null;
        }

        if (pattern.Length > MaxLength)
        {
            problems.Error(node, $"The regular expression has {pattern.Length} characters; at most {MaxLength} are allowed.");
            return null;
        }

        Regex regex;
        try
        {
            regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);
        }
        catch (RegexParseException invalid)
        {
            problems.Error(node, $"No regular expression: {invalid.Message}");
            return null;
        }
        catch (NotSupportedException unsupported)
        {
            problems.Error(node, $"This regular expression cannot be used: {unsupported.Message} (no look-around, no back-references, no atomic groups).");
            return null;
        }

        var literals = PatternLiterals.Scan(pattern);
        if (literals.InlineOptions is { } options)
        {
            problems.Error(node, $"Inline options (`{options}`) are not allowed: case never counts, and nothing else can be switched.");
            return null;
        }

        if (literals.Folded != pattern)
        {
            problems.Error(node, $"The text is folded before it is compared, so `{literals.Unmatchable}` never occurs in it: write `{literals.Folded}`.");
            return null;
        }

        return regex;
    }
}
