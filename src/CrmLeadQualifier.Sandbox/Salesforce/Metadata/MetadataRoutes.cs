using System.Text.Json;
using System.Xml.Linq;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace CrmLeadQualifier.Sandbox.Salesforce.Metadata;

/// <summary>The Metadata API's REST deployment, and the Tooling API's creation of single fields.</summary>
internal sealed class MetadataRoutes(Org org)
{
    private static readonly string[] Options = ["allowMissingFiles", "autoUpdatePackage", "checkOnly", "ignoreWarnings", "performRetrieve",
        "purgeOnDelete", "rollbackOnError", "runAllTests", "singlePackage"];

    public Answer Deploy(SalesforceCall call)
    {
        if (!MediaTypeHeaderValue.TryParse(call.ContentType, out var type) || HeaderUtilities.RemoveQuotes(type.Boundary)
            .Value is not { Length: > 0 } boundary)
            throw SalesforceRefusal.With(415, "UNSUPPORTED_MEDIA_TYPE", "The content-type header specified in HTTP request is not supported: "
                + call.ContentType);
        byte[]? zip = null;
        JsonElement? options = null;
        foreach (var (name, content) in Parts(boundary, call.Body))
        {
            if (name is "file")
                zip = content;
            // The documentation calls this part json; clients of Salesforce's own send entity_content.
            if (name is "json" or "entity_content")
                options = new SalesforceCall { Method = call.Method, Path = call.Path, Query = call.Query, Body = content, Now = call.Now }
                    .JsonObject.TryGetProperty("deployOptions", out var given) ? given : null;
        }
        if (zip is null || options is not { ValueKind: JsonValueKind.Object } read)
            throw SalesforceRefusal.With(400, "INVALID_MULTIPART_REQUEST",
                "A deployment needs a part json with deployOptions and a part file with the zip");
        var deploy = org.Deploys.Begin(zip, Says(read, "singlePackage"), Says(read, "checkOnly"), call.Now);
        return SalesforceJson.Object(201, json =>
        {
            json.WriteString("id", deploy.Id);
            json.WriteStartObject("deployOptions");
            foreach (var option in Options)
                json.WriteBoolean(option, Says(read, option));
            json.WriteEndObject();
            json.WriteNull("validatedDeployRequestId");
            WriteResult(json, deploy, details: false);
        });
    }

    public Answer Status(SalesforceCall call)
    {
        var deploy = Find(call);
        return SalesforceJson.Object(200, json =>
        {
            json.WriteString("id", deploy.Id);
            json.WriteNull("validatedDeployRequestId");
            WriteResult(json, deploy, call.Query.GetValueOrDefault("includeDetails") == "true");
        });
    }

    public Answer Cancel(SalesforceCall call)
    {
        var deploy = Find(call);
        if (!deploy.Done)
            deploy.Cancel(call.Now);
        return SalesforceJson.Object(202, json =>
        {
            json.WriteString("id", deploy.Id);
            WriteResult(json, deploy, details: false);
        });
    }

    /// <summary>POST tooling/sobjects/CustomField {"FullName": "Lead.X__c", "Metadata": {…}}: at once, and for this field alone.</summary>
    public Answer CreateField(SalesforceCall call)
    {
        if (call.BodyText("FullName")?.Split('.') is not [var typeName, var name] || org.FindType(typeName) is not { } type
            || !call.JsonObject.TryGetProperty("Metadata", out var metadata) || metadata.ValueKind != JsonValueKind.Object)
            throw SalesforceRefusal.With(400, "FIELD_INTEGRITY_EXCEPTION", "FullName must name an object and a field, and Metadata describe it");
        if (type.TryField(name, out _))
            throw SalesforceRefusal.With(400, "DUPLICATE_DEVELOPER_NAME", $"There is already a field named {name} on {type.Label}.");
        var plan = new MetadataPlan(org);
        var element = ToXml("fields", metadata);
        element.AddFirst(new XElement("fullName", name));
        plan.AddField(type, element, "");
        if (plan.Failures is [var failure, ..])
            throw SalesforceRefusal.With(400, "FIELD_INTEGRITY_EXCEPTION", failure.Problem);
        plan.CarryOut();
        return SalesforceJson.Object(201, json =>
        {
            json.WriteString("id", SalesforceId.Make("00N", type.Fields.Count + (1_000L * type.KeyPrefix![0])));
            json.WriteBoolean("success", true);
            foreach (var list in new[] { "errors", "warnings", "infos" })
            {
                json.WriteStartArray(list);
                json.WriteEndArray();
            }
        });
    }

    /// <summary>One layout of the Tooling API, with the metadata that no query of several gives.</summary>
    public Answer Layout(SalesforceCall call)
    {
        if (SalesforceId.Read(call.Route("id")) is not { } id || org.Store("Layout").Find(id) is not { } layout)
            throw SalesforceRefusal.NotFound();
        return SalesforceJson.Object(200, json =>
        {
            json.WriteString("Id", layout.Id);
            json.WriteString("Name", layout.Text("Name"));
            json.WriteString("EntityDefinitionId", layout.Text("EntityDefinitionId"));
            json.WritePropertyName("Metadata");
            WriteMetadata(json, org.Components.Find("Layout", $"{layout.Text("EntityDefinitionId")}-{layout.Text("Name")}")!);
        });
    }

    /// <summary>What may stand several times is a list, however often it stands there.</summary>
    private static void WriteMetadata(Utf8JsonWriter json, XElement element)
    {
        json.WriteStartObject();
        foreach (var same in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            var isList = same.Key.EndsWith("Items", StringComparison.Ordinal) || same.Key == "layoutSections" || same.Count() > 1;
            json.WritePropertyName(same.Key);
            if (isList)
                json.WriteStartArray();
            foreach (var child in same)
            {
                if (child.HasElements)
                    WriteMetadata(json, child);
                else if (child.Value is "true" or "false")
                    json.WriteBooleanValue(child.Value == "true");
                else
                    json.WriteStringValue(child.Value);
            }
            if (isList)
                json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static XElement ToXml(string name, JsonElement value) => value.ValueKind == JsonValueKind.Object
        ? new XElement(name, value.EnumerateObject().SelectMany(member => member.Value.ValueKind switch
        {
            JsonValueKind.Array => member.Value.EnumerateArray().Select(item => ToXml(member.Name, item)),
            JsonValueKind.Null => [],
            _ => [ToXml(member.Name, member.Value)],
        }))
        : new XElement(name, JsonText.Read(value));

    private Deploy Find(SalesforceCall call) => org.Deploys.Find(call.Route("id")) ?? throw SalesforceRefusal.NotFound();

    private static bool Says(JsonElement options, string name) => options.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.True;

    private static IEnumerable<(string Name, byte[] Content)> Parts(string boundary, ReadOnlyMemory<byte> body)
    {
        var reader = new MultipartReader(boundary, new MemoryStream(body.ToArray()));
        while (ReadSection(reader) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                continue;
            using var content = new MemoryStream();
            section.Body.CopyTo(content);
            yield return (HeaderUtilities.RemoveQuotes(disposition.Name).Value ?? "", content.ToArray());
        }
    }

    private static MultipartSection? ReadSection(MultipartReader reader)
    {
        try
        {
            return reader.ReadNextSectionAsync().GetAwaiter().GetResult();
        }
        catch (IOException broken)
        {
            throw SalesforceRefusal.With(400, "INVALID_MULTIPART_REQUEST", broken.Message);
        }
    }

    private void WriteResult(Utf8JsonWriter json, Deploy deploy, bool details)
    {
        var failed = deploy.Failures.Count > 0;
        json.WriteStartObject("deployResult");
        json.WriteString("id", deploy.Id);
        json.WriteString("status", deploy.Canceled ? "Canceled" : !deploy.Done ? "InProgress" : failed ? "Failed" : "Succeeded");
        json.WriteBoolean("done", deploy.Done);
        json.WriteBoolean("success", deploy.Done && !failed && !deploy.Canceled);
        json.WriteBoolean("checkOnly", deploy.CheckOnly);
        json.WriteBoolean("rollbackOnError", true);
        json.WriteBoolean("ignoreWarnings", false);
        json.WriteBoolean("runTestsEnabled", false);
        json.WriteString("createdBy", org.Users.Integration.Id);
        json.WriteString("createdByName", org.Users.Integration.Text("Name"));
        json.WriteString("createdDate", SalesforceTime.Write(deploy.CreatedAt));
        json.WriteString("startDate", SalesforceTime.Write(deploy.CreatedAt));
        json.WriteString("lastModifiedDate", SalesforceTime.Write(deploy.Done ? deploy.CompletedAt : deploy.CreatedAt));
        if (deploy.Done)
            json.WriteString("completedDate", SalesforceTime.Write(deploy.CompletedAt));
        json.WriteNumber("numberComponentsTotal", deploy.Components.Count);
        json.WriteNumber("numberComponentsDeployed", failed ? 0 : deploy.Components.Count);
        json.WriteNumber("numberComponentErrors", deploy.Failures.Count);
        json.WriteNumber("numberTestsTotal", 0);
        json.WriteNumber("numberTestsCompleted", 0);
        json.WriteNumber("numberTestErrors", 0);
        if (details)
            WriteDetails(json, deploy);
        json.WriteEndObject();
    }

    private static void WriteDetails(Utf8JsonWriter json, Deploy deploy)
    {
        json.WriteStartObject("details");
        json.WriteStartArray("componentFailures");
        foreach (var failure in deploy.Failures)
            WriteComponent(json, deploy, failure.Component, failure.Problem);
        json.WriteEndArray();
        json.WriteStartArray("componentSuccesses");
        foreach (var component in deploy.Components.Where(_ => deploy.Failures.Count == 0))
            WriteComponent(json, deploy, component, null);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteComponent(Utf8JsonWriter json, Deploy deploy, MetadataComponent component, string? problem)
    {
        json.WriteStartObject();
        json.WriteString("componentType", component.Type);
        json.WriteString("fullName", component.FullName);
        json.WriteString("fileName", component.File);
        json.WriteBoolean("success", problem is null);
        json.WriteBoolean("created", problem is null && component.Created);
        json.WriteBoolean("changed", problem is null);
        json.WriteBoolean("deleted", component.Deleted);
        json.WriteString("createdDate", SalesforceTime.Write(deploy.CreatedAt));
        json.WriteString("problem", problem);
        json.WriteString("problemType", problem is null ? null : "Error");
        json.WriteEndObject();
    }
}
