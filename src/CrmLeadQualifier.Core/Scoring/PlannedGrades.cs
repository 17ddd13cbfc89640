using System.Globalization;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>Grades by table: a letter for the profile, a digit for behaviour + intent.</summary>
internal sealed class PlannedGrades(Grades grades)
{
    private static readonly string[] All = [.. "ABCD".SelectMany(letter => "1234".Select(digit => string.Create(CultureInfo.InvariantCulture, $"{letter}{digit}")))];
    private static readonly string[] AllFolded = [.. All.Select(grade => grade.ToLowerInvariant())];

    /// <summary>An index for <see cref="Written"/> and <see cref="Folded"/>.</summary>
    public int Of(int profile, int engagement) =>
        Rank(profile, grades.A, grades.B, grades.C) * 4 + Rank(engagement, grades.One, grades.Two, grades.Three);

    /// <summary>Such as <c>A1</c>.</summary>
    public static string Written(int grade) => All[grade];

    /// <summary>As <c>mql.when</c> compares it: <c>a1</c>.</summary>
    public static string Folded(int grade) => AllFolded[grade];

    private static int Rank(int score, int? first, int? second, int? third) => score >= first ? 0 : score >= second ? 1 : score >= third ? 2 : 3;
}
