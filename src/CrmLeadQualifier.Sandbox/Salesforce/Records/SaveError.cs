using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>Why one record was not saved. In a collection its code is called statusCode, alone errorCode.</summary>
internal sealed record SaveError(string Code, string Message, params string[] Fields)
{
    public void Write(Utf8JsonWriter json, bool inCollection)
    {
        json.WriteStartObject();
        if (inCollection)
            json.WriteString("statusCode", Code);
        json.WriteString("message", Message);
        if (!inCollection)
            json.WriteString("errorCode", Code);
        json.WriteStartArray("fields");
        foreach (var field in Fields)
            json.WriteStringValue(field);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static SaveError NotWriteable(string field) => new("INVALID_FIELD_FOR_INSERT_UPDATE",
        $"Unable to create/update fields: {field}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.", field);

    public static SaveError Locked(string id) => new("UNABLE_TO_LOCK_ROW", $"unable to obtain exclusive access to this record or 1 records: {id}");

    public static readonly SaveError RolledBack = new("ALL_OR_NONE_OPERATION_ROLLED_BACK",
        "Record rolled back because not all records were valid and the request was using AllOrNone header");

    public static readonly SaveError InApproval = new("ENTITY_IS_LOCKED", "entity is locked for editing");

    public static readonly SaveError ReadOnly = new("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id");

    public static readonly SaveError Deleted = new("ENTITY_IS_DELETED", "entity is deleted");

    public static readonly SaveError Converted = new("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");

    public static readonly SaveError NoSuchReference = new("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
}
