using CrmLeadQualifier.Core.Time;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>One column of many rows: what is sent is an array for each column, so that a statement takes any number of rows in one go.</summary>
/// <param name="Values">The rows' values as an array that the driver knows.</param>
internal sealed record Column<T>(string Name, string Type, Func<IReadOnlyList<T>, Array> Values)
{
    public static Column<T> Number(string name, Func<T, long?> value) => new(name, "bigint", rows => Fill(rows, value));

    public static Column<T> Integer(string name, Func<T, int?> value) => new(name, "integer", rows => Fill(rows, value));

    public static Column<T> Flag(string name, Func<T, bool> value) => new(name, "boolean", rows => Fill(rows, value));

    public static Column<T> Instant(string name, Func<T, Instant?> value) => new(name, "bigint", rows => Fill(rows, row => value(row)?.UnixMilliseconds));

    public static Column<T> Text(string name, Func<T, string?> value) => new(name, "text", rows => Fill(rows, value));

    public static Column<T> Bytes(string name, Func<T, byte[]> value) => new(name, "bytea", rows => Fill(rows, value));

    private static TValue[] Fill<TValue>(IReadOnlyList<T> rows, Func<T, TValue> value)
    {
        var values = new TValue[rows.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = value(rows[i]);
        }

        return values;
    }
}

/// <summary>The columns of a table that are written together, named once for inserting and updating.</summary>
internal sealed class Columns<T>(string table, params Column<T>[] columns)
{
    /// <summary>Their names, for reading.</summary>
    public string Names { get; } = string.Join(", ", columns.Select(column => column.Name));

    /// <summary>The rows given as a table of that name with these columns; the parameters are $1 and on.</summary>
    public string Given(string alias) =>
        $"unnest({string.Join(", ", columns.Select((column, i) => FormattableString.Invariant($"${i + 1}::{column.Type}[]")))}) AS {alias} ({Names})";

    public string Insert => $"INSERT INTO {table} ({Names}) SELECT {Names} FROM {Given("given")}";

    /// <summary>Inserts, or replaces all but the key.</summary>
    public string Upsert(string key)
    {
        var others = columns.Select(column => column.Name).Except(key.Split(", ")).ToList();
        return $"{Insert} ON CONFLICT ({key}) DO UPDATE SET {string.Join(", ", others.Select(name => $"{name} = excluded.{name}"))}";
    }

    /// <summary>Updates the rows with these ids; the first column is the id.</summary>
    public string Update =>
        $"UPDATE {table} SET {string.Join(", ", columns.Skip(1).Select(column => $"{column.Name} = given.{column.Name}"))} FROM {Given("given")} WHERE {table}.id = given.id";

    /// <summary>The parameters of <see cref="Given"/>.</summary>
    public object?[] Values(IReadOnlyList<T> rows) => [.. columns.Select(column => column.Values(rows))];
}

/// <summary>Reading a row's columns.</summary>
internal static class Row
{
    public static string Text(this NpgsqlDataReader row, int column) => PostgresText.Read(row.GetString(column));

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.Text(column);

    public static Instant Instant(this NpgsqlDataReader row, int column) => new(row.GetInt64(column));

    public static Instant? InstantOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : new Instant(row.GetInt64(column));
}
