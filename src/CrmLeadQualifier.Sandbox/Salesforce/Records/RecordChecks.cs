using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Behaviours;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>
/// Everything that can keep a record from being saved: fields that are not there or not open, values that do not fit, locks, and the admin's
/// validation rules.
/// </summary>
internal sealed class RecordChecks(Org org)
{
    private readonly List<ValidationRule> _rules = [];
    private readonly Dictionary<string, long> _locks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SaveError> _refused = new(StringComparer.Ordinal);

    /// <summary>Refuses every save of an object that leaves a record meeting the condition.</summary>
    public void AddRule(ValidationRule rule) => _rules.Add(rule);

    /// <summary>Another transaction holds the record, and those below it, until the instant.</summary>
    public void Lock(string id, long until) => _locks[id] = until;

    /// <summary>From now on the API user cannot save the record.</summary>
    public void Refuse(string id, SaveError error) => _refused[id] = error;

    /// <summary>It can again.</summary>
    public void Admit(string id) => _refused.Remove(id);

    /// <summary>What keeps the API user, whatever may keep others, from saving the record.</summary>
    public SaveError? Refused(SObject record) => _refused.GetValueOrDefault(record.Id);

    /// <summary>Reads the fields that a client sends for one record.</summary>
    /// <param name="type">The object.</param>
    /// <param name="given">Field names and values; attributes and the id are left out.</param>
    /// <param name="creating">Whether the record is new.</param>
    /// <param name="byPerson">A person in the org's own pages: not held by the API user's permissions.</param>
    /// <param name="errors">What is wrong.</param>
    public List<(SObjectField Field, object? Value)> Read(SObjectType type, JsonElement given, bool creating, bool byPerson, List<SaveError> errors)
    {
        var values = new List<(SObjectField, object?)>();
        foreach (var member in given.EnumerateObject())
        {
            if (member.Name is "attributes" || string.Equals(member.Name, "id", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!type.TryField(member.Name, out var field))
            {
                errors.Add(new SaveError("INVALID_FIELD", $"No such column '{member.Name}' on sobject of type {type.Name}"));
                continue;
            }
            if (!(creating ? field.Createable : field.Updateable) || (!byPerson && !org.Access.Editable(type, field)))
            {
                errors.Add(SaveError.NotWriteable(field.Name));
                continue;
            }
            var value = FieldValue.Read(field, member.Value);
            var error = value is null && !field.Nillable && field.Type != FieldType.Boolean
                ? Missing(field.Name)
                : FieldValue.Check(field, value, out value) ?? CheckReference(field, ref value);
            if (error is not null)
                errors.Add(error);
            else
                values.Add((field, value));
        }
        if (creating)
        {
            var missing = type.Fields.Where(field => field.Required && !values.Exists(value => value.Item1 == field)).Select(field => field.Name)
                .ToArray();
            if (missing.Length > 0)
                errors.Add(Missing(missing));
        }
        return values;
    }

    /// <summary>What keeps an existing record from being changed now.</summary>
    public SaveError? Changeable(SObject record, long now)
    {
        if (record.IsDeleted)
            return SaveError.Deleted;
        if (record.Type.Name == "Lead" && record.Flag("IsConverted"))
            return SaveError.Converted;
        foreach (var id in new[] { record.Id, record.Type.TryField("AccountId", out var account) ? record[account] as string : null })
        {
            if (id is not null && _locks.TryGetValue(id, out var until) && now < until)
                return SaveError.Locked(id);
        }
        return null;
    }

    /// <summary>The first validation rule that the record, with these changes, would meet.</summary>
    public SaveError? Broken(SObject? record, SObjectType type, List<(SObjectField Field, object? Value)> values, SaveOptions options)
    {
        if (DuplicateRules.Refuse(org, record, type, values, options.AllowsDuplicates) is { } duplicate)
            return duplicate;
        foreach (var rule in _rules)
        {
            if (rule.Type != type)
                continue;
            var changed = new SObject(type, record?.Id ?? "");
            foreach (var field in type.Fields)
                changed.Put(field, record?[field]);
            foreach (var (field, value) in values)
                changed.Put(field, value);
            if (ConditionTest.Holds(org, rule.Condition, changed, options.Now))
                return new SaveError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.Message);
        }
        return null;
    }

    private SaveError? CheckReference(SObjectField field, ref object? value)
    {
        if (field.Type != FieldType.Reference || value is not string text)
            return null;
        if (SalesforceId.Read(text) is not { } id)
            return new SaveError("MALFORMED_ID", $"{field.Label}: id value of incorrect type: {text}", field.Name);
        value = id;
        if (org.Find(id) is not { } target)
            return SaveError.NoSuchReference;
        if (!field.ReferenceTo.Contains(target.Type.Name))
            return new SaveError("FIELD_INTEGRITY_EXCEPTION", $"{field.Label}: id value of incorrect type: {id}", field.Name);
        if (target.IsDeleted)
            return SaveError.Deleted;
        if (field.Name == "OwnerId" && target.Type.Name == "User" && !target.Flag("IsActive"))
            return new SaveError("INACTIVE_OWNER_OR_USER",
                $"operation performed with inactive user [{id}] as owner of {field.Label.ToLowerInvariant()}");
        return null;
    }

    private static SaveError Missing(params string[] fields) =>
        new("REQUIRED_FIELD_MISSING", $"Required fields are missing: [{string.Join(", ", fields)}]", fields);
}

internal sealed record ValidationRule(SObjectType Type, Condition Condition, string Message);
