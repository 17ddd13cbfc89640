using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Salesforce.Queries;

/// <summary>Builds queries. Only names that the org describes, ids and instants enter them, and the condition that an admin wrote.</summary>
internal static class Soql
{
    /// <summary>Ids in one query: the address must stay below 16,000 characters, and an id takes 27 of them once escaped.</summary>
    public const int IdsPerQuery = 400;

    /// <summary>Everything by id, so that a reading can go on behind the last row even when its locator is gone.</summary>
    public static string All(string sobject, IEnumerable<string> fields, string? condition, string? afterId) =>
        $"SELECT {string.Join(", ", fields)} FROM {sobject}{Where(condition, afterId is null ? null : $"Id > '{Id(afterId)}'")} ORDER BY Id";

    /// <summary>What changed in a window, in the order of (SystemModstamp, Id): stamps are of whole seconds, and rows that share one are told apart by their ids.</summary>
    public static string Changed(string sobject, IEnumerable<string> fields, ChangeWindow window, (Instant Stamp, string Id)? after)
    {
        var from = after is { } last
            ? $"(SystemModstamp > {last.Stamp} OR (SystemModstamp = {last.Stamp} AND Id > '{Id(last.Id)}'))"
            : $"SystemModstamp >= {window.From}";
        return $"SELECT {string.Join(", ", fields)} FROM {sobject} WHERE {from} AND SystemModstamp < {window.To} ORDER BY SystemModstamp, Id";
    }

    public static string ByIds(string sobject, IEnumerable<string> fields, string idField, IEnumerable<string> ids, string? condition = null) =>
        $"SELECT {string.Join(", ", fields)} FROM {sobject}{Where($"{idField} IN ({string.Join(", ", ids.Select(id => $"'{Id(id)}'"))})", condition)}";

    /// <summary>A text as a query holds it.</summary>
    public static string Quote(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "\\'")}'";

    private static string Where(params string?[] conditions)
    {
        var all = string.Join(" AND ", conditions.Where(condition => condition is not null));
        return all.Length == 0 ? "" : " WHERE " + all;
    }

    private static string Id(string id) => SalesforceId.IsId(id) ? id : throw new ArgumentException("Not a Salesforce id.", nameof(id));
}
