using System.Globalization;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions.Yaml;
using CrmLeadQualifier.Core.Text;
using NodaTime;
using NodaTime.Text;

namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>
/// The forms of values that do not depend on an attribute's type: each method reads one form, or reports what it should be and gives null. Whole numbers and booleans are unquoted
/// and enter the fingerprints as such; all other forms may be quoted or not and enter them as texts.
/// </summary>
internal sealed partial class ScalarReader(ProblemList problems)
{
    public static readonly TimeSpan LongestDuration = TimeSpan.FromDays(36500);

    private static readonly LocalTimePattern TimeOfDayPattern = LocalTimePattern.CreateWithInvariantCulture("HH:mm");
    private static readonly LocalDatePattern DayPattern = LocalDatePattern.CreateWithInvariantCulture("uuuu-MM-dd");

    /// <summary>A text with something in it.</summary>
    public string? Text(YamlNode node)
    {
        if (node is YamlScalar { IsNull: false } scalar && !Spaces.Trim(scalar.Text).IsEmpty)
        {
            return scalar.Text;
        }

        problems.WrongType(node, "a text");
        return null;
    }

    /// <summary>One text for all languages, or one for each of <c>en</c> and <c>fr</c>.</summary>
    public LocalizedText? Localized(YamlNode node)
    {
        if (node is not YamlMapping)
        {
            return Text(node) is { } text ? LocalizedText.Same(text) : null;
        }

        if (MappingReader.Open(node, problems, ["en", "fr"]) is not { } mapping)
        {
            return null;
        }

        var english = mapping.Find("en") is { } en ? Text(en) : null;
        var french = mapping.Find("fr") is { } fr ? Text(fr) : null;
        if (!mapping.Has("en") && !mapping.Has("fr"))
        {
            problems.Error(node, "A text is missing: give `en`, `fr` or both.");
        }

        return english is null && french is null ? null : new LocalizedText(english, french);
    }

    public string? Id(YamlNode node)
    {
        if (node is YamlScalar { IsNull: false } scalar)
        {
            if (NameForm().IsMatch(scalar.Text))
            {
                return scalar.Text;
            }

            problems.Error(node, $"`{scalar.Text}` is no id: it has small letters a to z, digits and `_`, and starts with a letter.");
            return null;
        }

        problems.WrongType(node, "an id (small letters a to z, digits and `_`, starting with a letter)");
        return null;
    }

    public int? Whole(YamlNode node, int least, int greatest)
    {
        if (node is YamlScalar { IsPlain: true } scalar && WholeForm().IsMatch(scalar.Text))
        {
            if (int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= greatest)
            {
                scalar.ReadAs = ScalarKind.Number;
                return value;
            }

            problems.Error(node, $"`{scalar.Text}` is out of range: a whole number from {least} to {greatest}.");
            return null;
        }

        problems.WrongType(node, $"a whole number from {least} to {greatest}, without quotes");
        return null;
    }

    public bool? Boolean(YamlNode node)
    {
        if (node is YamlScalar { IsPlain: true, Text: "true" or "false" } scalar)
        {
            scalar.ReadAs = ScalarKind.Boolean;
            return scalar.Text == "true";
        }

        problems.WrongType(node, "`true` or `false`, without quotes");
        return null;
    }

    /// <summary>A whole number above 0 and <c>m</c>, <c>h</c>, <c>d</c> (24 hours) or <c>w</c>; at most 36500 days.</summary>
    public TimeSpan? Duration(YamlNode node)
    {
        if (node is YamlScalar scalar && DurationForm().Match(scalar.Text) is { Success: true } match)
        {
            var minutes = match.Groups["unit"].Value switch { "m" => 1L, "h" => 60, "d" => 24 * 60, _ => 7 * 24 * 60 };
            if (long.TryParse(match.Groups["count"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                && count > 0 && count <= (long)LongestDuration.TotalMinutes / minutes)
            {
                return TimeSpan.FromMinutes(count * minutes);
            }

            problems.Error(node, $"`{scalar.Text}` is out of range: a duration is more than nothing and at most 36500d.");
            return null;
        }

        problems.WrongType(node, "a duration: a whole number and `m`, `h`, `d` or `w`, such as `30d`");
        return null;
    }

    /// <summary>A whole percentage from 0% to 100%.</summary>
    public int? WholePercentage(YamlNode node)
    {
        if (node is YamlScalar scalar && scalar.Text.EndsWith('%')
            && int.TryParse(scalar.Text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= 100)
        {
            return value;
        }

        problems.WrongType(node, "a whole percentage from 0% to 100%, such as `50%`");
        return null;
    }

    /// <summary>A percentage from 0% to 100%, as a fraction from 0 to 1.</summary>
    public double? Percentage(YamlNode node)
    {
        if (node is YamlScalar scalar && scalar.Text.EndsWith('%')
            && decimal.TryParse(scalar.Text.AsSpan(..^1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value <= 100)
        {
            return (double)(value / 100);
        }

        problems.WrongType(node, "a percentage from 0% to 100%, such as `35%`");
        return null;
    }

    /// <summary>A time of the day, <c>HH:mm</c>.</summary>
    public LocalTime? TimeOfDay(YamlNode node)
    {
        if (node is YamlScalar scalar && TimeOfDayPattern.Parse(scalar.Text) is { Success: true } time)
        {
            return time.Value;
        }

        problems.WrongType(node, "a time of the day, such as \"09:00\"");
        return null;
    }

    /// <summary>A day, <c>YYYY-MM-DD</c>.</summary>
    public LocalDate? Day(YamlNode node)
    {
        if (node is YamlScalar scalar && DayPattern.Parse(scalar.Text) is { Success: true } day)
        {
            return day.Value;
        }

        problems.WrongType(node, "a day that exists, such as 2026-12-25");
        return null;
    }

    /// <summary>One of a few words.</summary>
    public T? Choice<T>(YamlNode node, IReadOnlyDictionary<string, T> choices)
        where T : struct
    {
        if (node is YamlScalar { IsNull: false } scalar)
        {
            if (choices.TryGetValue(scalar.Text, out var choice))
            {
                return choice;
            }

            problems.Error(node, $"`{scalar.Text}` is not known here{NearestWord.Ask(scalar.Text, choices.Keys)}");
            return null;
        }

        problems.WrongType(node, $"one of {string.Join(", ", choices.Keys.Select(key => $"`{key}`"))}");
        return null;
    }

    /// <summary>The items of a list; null (and reported) if it is none, or empty where it may not be.</summary>
    public IReadOnlyList<YamlNode>? Items(YamlNode node, bool mayBeEmpty)
    {
        if (node is not YamlList list)
        {
            problems.WrongType(node, "a list (`[a, b]`)");
            return null;
        }

        if (list.Items.Count == 0 && !mayBeEmpty)
        {
            problems.Error(node, "The list is empty.");
            return null;
        }

        return list.Items;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9_]*\z")]
    public static partial Regex NameForm();

    [GeneratedRegex(@"\A[+-]?[0-9]+\z")]
    private static partial Regex WholeForm();

    [GeneratedRegex(@"\A(?<count>[0-9]+)(?<unit>[mhdw])\z")]
    private static partial Regex DurationForm();
}
