using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Time;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>Statements made from a list of columns, so that writing and reading name them once.</summary>
internal static class Sql
{
    public static string Parameter(int index) => string.Create(CultureInfo.InvariantCulture, $"?{index + 1}");

    public static string Insert(string table, string columns) => $"INSERT INTO {table} ({columns}) VALUES ({Parameters(columns)})";

    /// <summary>The row's id is the parameter after the columns.</summary>
    public static string Update(string table, string columns) =>
        $"UPDATE {table} SET ({columns}) = ({Parameters(columns)}) WHERE id = {Parameter(Count(columns))}";

    /// <summary>Numbers as the JSON array that <c>json_each</c> opens: one parameter, however many there are.</summary>
    public static string List(IReadOnlyCollection<long> ids)
    {
        var list = new StringBuilder(ids.Count * 8).Append('[');
        foreach (var id in ids)
        {
            list.Append(list.Length > 1 ? "," : "").Append(id);
        }

        return list.Append(']').ToString();
    }

    public static string? Text(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static bool Flag(this SqliteDataReader row, int column) => row.GetInt64(column) != 0;

    public static Instant Instant(this SqliteDataReader row, int column) => new(row.GetInt64(column));

    public static Instant? InstantOrNull(this SqliteDataReader row, int column) => row.IsDBNull(column) ? null : new Instant(row.GetInt64(column));

    private static int Count(string columns) => columns.Count(c => c == ',') + 1;

    private static string Parameters(string columns) => string.Join(", ", Enumerable.Range(0, Count(columns)).Select(Parameter));
}
