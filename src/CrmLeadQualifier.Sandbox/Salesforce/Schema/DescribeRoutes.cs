using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>What the org tells of itself: its objects, and an object's fields. Fields that the API user may not see are not there.</summary>
internal sealed class DescribeRoutes(Org org)
{
    private readonly Dictionary<string, (string Tag, long ChangedAt)> _told = new(StringComparer.OrdinalIgnoreCase);

    public Answer Global(SalesforceCall call) => SalesforceJson.Object(200, json =>
    {
        json.WriteString("encoding", "UTF-8");
        json.WriteNumber("maxBatchSize", 200);
        json.WriteStartArray("sobjects");
        foreach (var type in org.Types)
        {
            json.WriteStartObject();
            WriteObject(json, type, call.Version);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    /// <summary>With If-None-Match or If-Modified-Since a description that did not change is not told again.</summary>
    public Answer Describe(SalesforceCall call)
    {
        var answer = Write(call);
        var tag = Convert.ToHexString(SHA256.HashData(answer.Body.Span))[..16];
        var changedAt = SalesforceTime.Second(call.Now);
        if (_told.TryGetValue(call.Path, out var told))
            changedAt = told.Tag == tag ? told.ChangedAt : Math.Max(changedAt, told.ChangedAt + 1_000);
        _told[call.Path] = (tag, changedAt);
        var known = call.Header("if-none-match") is { } given ? given.Contains(tag, StringComparison.OrdinalIgnoreCase)
            : DateTimeOffset.TryParseExact(call.Header("if-modified-since"), "r", CultureInfo.InvariantCulture, DateTimeStyles.None, out var since)
                && changedAt <= since.ToUnixTimeMilliseconds();
        return (known ? SalesforceJson.NoContent with { Status = 304 } : answer) with
        {
            Headers = [("ETag", $"\"{tag}\""), ("Last-Modified", DateTimeOffset.FromUnixTimeMilliseconds(changedAt).ToString("r", CultureInfo.InvariantCulture))],
        };
    }

    private Answer Write(SalesforceCall call)
    {
        var type = Type(call);
        return SalesforceJson.Object(200, json =>
        {
            json.WriteStartArray("actionOverrides");
            json.WriteEndArray();
            WriteChildren(json, type);
            json.WriteBoolean("compactLayoutable", type.Createable);
            json.WriteStartArray("fields");
            foreach (var field in type.Fields.Where(field => org.Access.Readable(type, field)))
                WriteField(json, type, field);
            json.WriteEndArray();
            WriteObject(json, type, call.Version);
            json.WriteNull("listviewable");
            json.WriteNull("lookupLayoutable");
            json.WriteStartArray("namedLayoutInfos");
            json.WriteEndArray();
            json.WriteNull("networkScopeFieldName");
            WriteRecordTypes(json, type, call.Version);
            json.WriteBoolean("searchLayoutable", type.Createable);
            json.WriteStartArray("supportedScopes");
            json.WriteEndArray();
        });
    }

    public Answer Basic(SalesforceCall call)
    {
        var type = Type(call);
        return SalesforceJson.Object(200, json =>
        {
            json.WriteStartObject("objectDescribe");
            WriteObject(json, type, call.Version);
            json.WriteEndObject();
            json.WriteStartArray("recentItems");
            json.WriteEndArray();
        });
    }

    private SObjectType Type(SalesforceCall call) => org.FindType(call.Route("type")) ?? throw SalesforceRefusal.NotFound();

    private static void WriteObject(Utf8JsonWriter json, SObjectType type, string version)
    {
        json.WriteBoolean("activateable", false);
        json.WriteNull("associateEntityType");
        json.WriteNull("associateParentEntity");
        json.WriteBoolean("createable", type.Createable);
        json.WriteBoolean("custom", false);
        json.WriteBoolean("customSetting", false);
        json.WriteBoolean("deepCloneable", false);
        json.WriteBoolean("deletable", type.Deletable);
        json.WriteBoolean("deprecatedAndHidden", false);
        json.WriteBoolean("feedEnabled", type.Name is "Lead" or "Contact" or "Account" or "Opportunity");
        json.WriteBoolean("hasSubtypes", false);
        json.WriteBoolean("isInterface", false);
        json.WriteBoolean("isSubtype", false);
        json.WriteString("keyPrefix", type.KeyPrefix);
        json.WriteString("label", type.Label);
        json.WriteString("labelPlural", type.LabelPlural);
        json.WriteBoolean("layoutable", type.Createable);
        json.WriteBoolean("mergeable", type.Name is "Lead" or "Contact" or "Account");
        json.WriteBoolean("mruEnabled", type.Createable);
        json.WriteString("name", type.Name);
        json.WriteBoolean("queryable", true);
        json.WriteBoolean("replicateable", type.TryField("SystemModstamp", out _));
        json.WriteBoolean("retrieveable", true);
        json.WriteBoolean("searchable", type.Createable);
        json.WriteBoolean("triggerable", type.Createable);
        json.WriteBoolean("undeletable", type.Deletable);
        json.WriteBoolean("updateable", type.Updateable);
        var url = $"/services/data/v{version}/sobjects/{type.Name}";
        json.WriteStartObject("urls");
        json.WriteString("rowTemplate", url + "/{ID}");
        json.WriteString("describe", url + "/describe");
        json.WriteString("sobject", url);
        json.WriteEndObject();
    }

    private void WriteChildren(Utf8JsonWriter json, SObjectType type)
    {
        json.WriteStartArray("childRelationships");
        foreach (var child in org.Types)
        {
            foreach (var field in child.Fields.Where(field => field.ReferenceTo.Contains(type.Name)))
            {
                var name = type.Children.FirstOrDefault(known => known.Value == (child.Name, field.Name)).Key;
                json.WriteStartObject();
                json.WriteBoolean("cascadeDelete", name is not null);
                json.WriteString("childSObject", child.Name);
                json.WriteBoolean("deprecatedAndHidden", false);
                json.WriteString("field", field.Name);
                json.WriteString("relationshipName", name);
                json.WriteEndObject();
            }
        }
        json.WriteEndArray();
    }

    private void WriteRecordTypes(Utf8JsonWriter json, SObjectType type, string version)
    {
        var own = org.Store("RecordType").Ordered.Where(row => row.Text("SobjectType") == type.Name).ToList();
        json.WriteStartArray("recordTypeInfos");
        foreach (var row in own)
            WriteRecordType(json, type, version, row.Id, row.Text("Name")!, row.Text("DeveloperName")!, row.Flag("IsActive"), row == own[0]);
        WriteRecordType(json, type, version, "012000000000000AAA", "Master", "Master", active: true, isDefault: own.Count == 0);
        json.WriteEndArray();
    }

    private static void WriteRecordType(Utf8JsonWriter json, SObjectType type, string version, string id, string name, string developerName, bool active,
        bool isDefault)
    {
        json.WriteStartObject();
        json.WriteBoolean("active", active);
        json.WriteBoolean("available", active);
        json.WriteBoolean("defaultRecordTypeMapping", isDefault);
        json.WriteString("developerName", developerName);
        json.WriteBoolean("master", developerName == "Master");
        json.WriteString("name", name);
        json.WriteString("recordTypeId", id);
        json.WriteStartObject("urls");
        json.WriteString("layout", $"/services/data/v{version}/sobjects/{type.Name}/describe/layouts/{id}");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteField(Utf8JsonWriter json, SObjectType type, SObjectField field)
    {
        var editable = org.Access.Editable(type, field);
        var text = field.Length > 0 && !field.Type.IsNumber();
        json.WriteStartObject();
        json.WriteBoolean("aggregatable", field.Filterable && field.Type is not FieldType.Boolean);
        json.WriteBoolean("aiPredictionField", false);
        json.WriteBoolean("autoNumber", false);
        json.WriteNumber("byteLength", field.Type.IsId() ? 18 : text ? field.Length * 3 : 0);
        json.WriteBoolean("calculated", field.Calculated);
        json.WriteNull("calculatedFormula");
        json.WriteBoolean("cascadeDelete", false);
        json.WriteBoolean("caseSensitive", false);
        json.WriteNull("compoundFieldName");
        json.WriteNull("controllerName");
        json.WriteBoolean("createable", field.Createable && editable);
        json.WriteBoolean("custom", field.Custom);
        json.WritePropertyName("defaultValue");
        FieldValue.Write(json, field, field.Type == FieldType.Boolean ? field.Default ?? false : null);
        json.WriteNull("defaultValueFormula");
        json.WriteBoolean("defaultedOnCreate", field.Default is not null || field.Type == FieldType.Boolean || (field.Universal && !field.Nillable)
            || field.Name == "OwnerId");
        json.WriteBoolean("dependentPicklist", false);
        json.WriteBoolean("deprecatedAndHidden", false);
        json.WriteNumber("digits", field.Type == FieldType.Int ? 8 : 0);
        json.WriteBoolean("displayLocationInDecimal", false);
        json.WriteBoolean("encrypted", false);
        json.WriteBoolean("externalId", field.ExternalId);
        json.WriteString("extraTypeInfo", field.Type is FieldType.LongTextArea or FieldType.TextArea ? "plaintextarea" : null);
        json.WriteBoolean("filterable", field.Filterable);
        json.WriteNull("filteredLookupInfo");
        json.WriteBoolean("formulaTreatNullNumberAsZero", false);
        json.WriteBoolean("groupable", field.Filterable
            && field.Type is not (FieldType.DateTime or FieldType.Double or FieldType.Currency or FieldType.Percent or FieldType.MultiPicklist));
        json.WriteBoolean("highScaleNumber", false);
        json.WriteBoolean("htmlFormatted", false);
        json.WriteBoolean("idLookup", field.Type is FieldType.Id or FieldType.Email || field.ExternalId);
        json.WriteString("inlineHelpText", field.HelpText);
        json.WriteString("label", field.Label);
        json.WriteNumber("length", text ? field.Length : 0);
        json.WriteNull("mask");
        json.WriteNull("maskType");
        json.WriteString("name", field.Name);
        json.WriteBoolean("nameField", field.Name == "Name" || (field.Name == "Subject" && type.Name is "Task" or "Event"));
        json.WriteBoolean("namePointing", field.Polymorphic);
        json.WriteBoolean("nillable", field.Nillable);
        json.WriteBoolean("permissionable", field.Custom || (!field.Universal && field.Nillable));
        WritePicklist(json, field);
        json.WriteBoolean("polymorphicForeignKey", field.Polymorphic);
        json.WriteNumber("precision", field.Type == FieldType.Int ? 0 : field.Precision);
        json.WriteBoolean("queryByDistance", false);
        json.WriteNull("referenceTargetField");
        json.WriteStartArray("referenceTo");
        foreach (var target in field.ReferenceTo)
            json.WriteStringValue(target);
        json.WriteEndArray();
        json.WriteString("relationshipName", field.Relationship);
        json.WriteNull("relationshipOrder");
        json.WriteBoolean("restrictedDelete", false);
        json.WriteBoolean("restrictedPicklist", field.Restricted);
        json.WriteNumber("scale", field.Scale);
        json.WriteBoolean("searchPrefilterable", field.Type.IsId());
        json.WriteString("soapType", field.Type.SoapName());
        json.WriteBoolean("sortable", field.Filterable && field.Type != FieldType.MultiPicklist);
        json.WriteString("type", field.Type.Name());
        json.WriteBoolean("unique", field.Unique);
        json.WriteBoolean("updateable", field.Updateable && editable);
        json.WriteBoolean("writeRequiresMasterRead", false);
        json.WriteEndObject();
    }

    private static void WritePicklist(Utf8JsonWriter json, SObjectField field)
    {
        json.WriteStartArray("picklistValues");
        foreach (var value in field.Values)
        {
            json.WriteStartObject();
            json.WriteBoolean("active", value.Active);
            json.WriteBoolean("defaultValue", value.Default);
            json.WriteString("label", value.Label);
            json.WriteNull("validFor");
            json.WriteString("value", value.Value);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
