using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;
using CrmLeadQualifier.Salesforce.Streams;

namespace CrmLeadQualifier.Salesforce.Writing;

/// <summary>
/// Who changed our fields, from the object's field history. Only tracked fields are in it; of long texts it keeps that they changed and not what to, so that those are left out.
/// An object without history has none: the answer is empty.
/// </summary>
internal sealed class RecordHistory(QueryReading queries, ObjectDescriptions descriptions, UserDirectory users, PersonReader reader)
{
    public const int PerCall = 200;

    private const string StatusField = "Status";

    private readonly string _sobject = reader.SObject + "History";
    private readonly string _parent = reader.SObject + "Id";
    private readonly CallContext _call = new($"the history of {reader.Object}s", "history");

    /// <summary>Newest first for each record and field.</summary>
    public async Task<IReadOnlyList<FieldChange>> ReadAsync(IReadOnlyList<string> ids, IReadOnlyList<string> fields, CancellationToken cancellation)
    {
        var named = fields.Where(field => LeadField.Find(field)?.Type != LeadFieldType.LongText).ToDictionary(ApiName, field => field, StringComparer.OrdinalIgnoreCase);
        if (named.Count == 0)
        {
            return [];
        }

        var directory = await users.GetAsync(cancellation).ConfigureAwait(false);
        var labels = await descriptions.GetAsync(reader.SObject, null, cancellation).ConfigureAwait(false);
        string[] selected = ["Id", _parent, "Field", "NewValue", "CreatedById", "CreatedDate"];
        var condition = $"Field IN ({string.Join(", ", named.Keys.Select(Soql.Quote))})";
        var changes = new List<FieldChange>();
        try
        {
            foreach (var chunk in ids.Chunk(PerCall))
            {
                var rows = await queries.ReadByIdsAsync(_call, _sobject, selected, _parent, chunk, withDeleted: false, condition, cancellation).ConfigureAwait(false);
                foreach (var row in rows)
                {
                    if (row.Get(_parent) is { } record && row.Get("Field") is { } apiName && named.TryGetValue(apiName, out var field) && row.Time("CreatedDate") is { } at)
                    {
                        var user = row.Get("CreatedById");
                        var isOurs = user is not null && user == directory.Ours;
                        var source = isOurs ? "our integration user" : directory.IsPerson(user) ? "a user" : "automation";
                        changes.Add(new FieldChange(record, field, Value(field, row.Get("NewValue"), labels.GetValueOrDefault(apiName)), at, directory.IsPerson(user), user, source)
                        {
                            IsOurs = isOurs,
                        });
                    }
                }
            }
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return [];
        }

        return [.. changes.OrderByDescending(change => change.At)];
    }

    /// <summary>A picklist's history may show labels; records hold values.</summary>
    private static string Value(string field, string? shown, Api.FieldDescription? description)
    {
        var options = (description?.PicklistValues ?? []).OfType<Api.PicklistValue>().ToList();
        var value = options.Exists(option => option.Value == shown) ? shown : options.Find(option => option.Label == shown)?.Value ?? shown;
        return LeadField.Find(field) is { } known ? FieldValue.Normalize(known, value) : value ?? "";
    }

    private static string ApiName(string field) => field == "lifecycle"
        ? StatusField
        : LeadFieldNames.Of(LeadField.Find(field) ?? throw new ArgumentException($"{field} is none of our fields.", nameof(field)));
}
