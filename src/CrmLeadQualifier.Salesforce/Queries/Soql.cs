using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Salesforce.Queries;

/// <summary>Builds queries. Only names that the org describes, ids and instants enter them, and the condition that an admin wrote.</summary>
internal static class Soql
{
    /// <summary>The most ids in one query.</summary>
    public const int MostIds = 400;

    /// <summary>Salesforce takes addresses of about 16,000 characters.</summary>
    private const int LongestAddress = 15_000;

    // An id with quotes, comma and space, once escaped.
    private const int IdLength = 30;

    // Even where more fields are mapped than an address can name: the refusal says so then.
    private const int LeastIds = 20;

    /// <summary>Everything by id, so that a reading can go on behind the last row even when its locator is gone.</summary>
    public static string All(string sobject, IEnumerable<string> fields, string? condition, string? afterId) =>
        $"SELECT {string.Join(", ", fields)} FROM {sobject}{Where(condition, afterId is null ? null : $"Id > '{Id(afterId)}'")} ORDER BY Id";

    /// <summary>
    /// What changed in a window, in the order of (SystemModstamp, Id): stamps are of whole seconds, and rows that share one are told apart by their
    /// ids.
    /// </summary>
    /// <param name="parent">The relationship to a parent whose change changes the row too; null: none does.</param>
    public static string Changed(string sobject, IEnumerable<string> fields, ChangeWindow window, string? parent, (Instant Stamp, string Id)? after)
    {
        var behind = after is { } last ? $"(SystemModstamp > {last.Stamp} OR (SystemModstamp = {last.Stamp} AND Id > '{Id(last.Id)}'))" : null;
        var changed = parent is null && after is not null ? $"SystemModstamp < {window.To}" : Within(window, parent);
        return $"SELECT {string.Join(", ", fields)} FROM {sobject}{Where(behind, changed)} ORDER BY SystemModstamp, Id";
    }

    /// <summary>The same rows as <see cref="All"/> or <see cref="Changed"/>, in any order: an order keeps Salesforce from carrying out a job in parts.</summary>
    public static string Unordered(string sobject, IEnumerable<string> fields, ChangeWindow? window, string? parent, string? condition) =>
        $"SELECT {string.Join(", ", fields)} FROM {sobject}{Where(window is { } changed ? Within(changed, parent) : null, condition)}";

    public static string ByIds(string sobject, IEnumerable<string> fields, string idField, IEnumerable<string> ids, string? condition = null) =>
        $"SELECT {string.Join(", ", fields)} FROM {sobject}{Where($"{idField} IN ({string.Join(", ", ids.Select(id => $"'{Id(id)}'"))})", condition)}";

    /// <summary>How many ids a query by ids takes, so that its address passes.</summary>
    public static int IdsPerQuery(string sobject, IReadOnlyList<string> fields, string idField, string? condition) =>
        Math.Clamp((LongestAddress - Uri.EscapeDataString(ByIds(sobject, fields, idField, [], condition)).Length) / IdLength, LeastIds, MostIds);

    /// <summary>A text as a query holds it.</summary>
    public static string Quote(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "\\'")}'";

    private static string Within(ChangeWindow window, string? parent)
    {
        return parent is null ? Stamped("") : $"(({Stamped("")}) OR ({Stamped(parent + ".")}))";

        string Stamped(string of) => $"{of}SystemModstamp >= {window.From} AND {of}SystemModstamp < {window.To}";
    }

    private static string Where(params string?[] conditions)
    {
        var all = string.Join(" AND ", conditions.Where(condition => condition is not null));
        return all.Length == 0 ? "" : " WHERE " + all;
    }

    private static string Id(string id) => SalesforceId.IsId(id) ? id : throw new ArgumentException("Not a Salesforce id.", nameof(id));
}
