namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// The order of grades: a letter for the profile, a digit for the engagement. Of two grades one is worse than the other only if neither its letter nor its digit is better.
/// </summary>
internal static class GradeOrder
{
    /// <summary>In the order of grades, each marked where some worse grade converts better to SQL.</summary>
    public static IReadOnlyList<Breakdown> Mark(IReadOnlyList<Breakdown> byGrade) =>
    [
        .. byGrade
            .OrderBy(grade => grade.Value == Breakdown.Nothing)
            .ThenBy(grade => grade.Value, StringComparer.Ordinal)
            .Select(grade => grade with { IsOutOfOrder = byGrade.Any(other => IsWorse(other.Value, grade.Value) && other.MqlToSql.Rate.Value > grade.MqlToSql.Rate.Value) }),
    ];

    private static bool IsWorse(string grade, string than) =>
        grade.Length == 2 && than.Length == 2 && grade != than && grade[0] >= than[0] && grade[1] >= than[1];
}
