using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.Conformance.HubSpotClient;

/// <summary>Bodies that HubSpot sent to others, read by our client.</summary>
public sealed class RecordedBodiesTests
{
    private const string Absent = "The recorded bodies are not beside the repository (../shared/recorded/hubspot).";

    private static readonly string? Folder = Find();

    public static TheoryData<string> Files
    {
        get
        {
            var files = new TheoryData<string>();
            if (Folder is not null)
            {
                foreach (var file in Directory.EnumerateFiles(Folder, "*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
                {
                    files.Add(Path.GetRelativePath(Folder, file));
                }
            }
            else
            {
                files.Add("");
            }

            return files;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Every_recorded_answer_is_read(string file)
    {
        Skip.If(Folder is null, Absent);
        using var recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder!, file)));
        var (path, status, body) = Parts(recorded.RootElement);
        path ??= Path.GetFileName(file).StartsWith("properties", StringComparison.Ordinal) ? "/crm/v3/properties/contacts"
            : "/crm/v3/objects/contacts";
        if (body is not { } sent)
        {
            Assert.Equal(204, status);
            return;
        }

        if (status >= 400)
        {
            var failure = HubSpotErrors.Of(new CallContext("the recorded call", "recorded"), new FailedAnswer(status, sent));
            Assert.IsAssignableFrom<CrmException>(failure.Exception);
            Assert.DoesNotContain("@", failure.Exception.Message);
            return;
        }

        var bytes = System.Text.Encoding.UTF8.GetBytes(sent);
        using var document = JsonDocument.Parse(bytes);
        var rows = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.GetArrayLength()
            : document.RootElement.TryGetProperty("results", out var results) ? results.GetArrayLength() : -1;
        Assert.True(Read(path, bytes, rows), $"{path}: rows were lost");
    }

    [SkippableFact]
    public void The_recordings_hold_what_they_were_kept_for()
    {
        Skip.If(Folder is null, Absent);
        var partial = HubSpotJsonSerializer.Read<ObjectPage>(Body("amp/contacts-batch-update-207-partial-not-found.json"))!;
        Assert.Equal(["unknownIdentifier888"], partial.Errors!.Single()!.Context!.Ids);
        var none = HubSpotJsonSerializer.Read<AssociationPage>(Body("amp/assoc-batch-read-207-no-associations-found.json"))!;
        Assert.Equal("29022297485", none.Results!.Single()!.To!.Single()!.ToObjectId);
        var refused = HubSpotErrors.Of(new CallContext("a batch", IsWrite: true), new FailedAnswer(400, System.Text.Encoding.UTF8.GetString(
            Body("amp/contacts-batch-update-400-many-invalid-properties.json"))));
        Assert.Contains("PROPERTY_DOESNT_EXIST first000name", refused.Exception.Message);
        var forbidden = HubSpotErrors.Of(new CallContext("objects", "recorded"), new FailedAnswer(403, System.Text.Encoding.UTF8.GetString(
            Body("amp/schemas-403-missing-scopes.json"))));
        Assert.Contains("custom-object-read", Assert.IsType<StreamRefusedException>(forbidden.Exception).Advice);
        var history = HubSpotJsonSerializer.Read<ObjectPage>(Body("dlt/contacts-list-propertiesWithHistory.json"))!;
        Assert.Contains(history.Results!, row => row!.PropertiesWithHistory is { Count: > 0 } versions
            && versions.Values.Any(list => list!.Count > 0));
        Assert.Equal(["subscriber", "lead", "marketingqualifiedlead"], HubSpotJsonSerializer.Read<PipelinePage>(
            Body("amp/pipelines-contacts-lifecycle-stages.json"))!.Results![0]!.Stages!.OrderBy(stage => stage!.DisplayOrder).Take(3)
                .Select(stage => stage!.Id));
    }

    private static bool Read(string path, byte[] body, int rows)
    {
        if (rows < 0)
        {
            return path.Contains("/properties/", StringComparison.OrdinalIgnoreCase)
                ? path.EndsWith("groups", StringComparison.Ordinal)
                    ? HubSpotJsonSerializer.Read<PropertyGroup>(body)!.Name is not null
                    : HubSpotJsonSerializer.Read<PropertyDescription>(body)!.Name is not null
                : HubSpotJsonSerializer.Read<HubSpotObject>(body) is not null;
        }

        return path switch
        {
            _ when path.Contains("/associations/", StringComparison.Ordinal) && path.Contains("read", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<AssociationPage>(body)!.Results!.Count(row => row?.From?.Id is not null) == rows,
            _ when path.Contains("/associations", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<AssociationPage>(body)!.Results!.Count == rows,
            _ when path.Contains("/properties/", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<PropertyPage>(body)!.Results!.Count(row => row?.Name is not null) == rows,
            _ when path.Contains("/owners", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<OwnerPage>(body)!.Results!.Count(row => row?.Id is not null) == rows,
            _ when path.Contains("/pipelines/", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<PipelinePage>(body)!.Results!.Count(row =>
                    row?.Stages?.All(stage => stage?.Id is not null) == true) == rows,
            _ when path.Contains("/events/", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<EventPage>(body)!.Results!.Count(row =>
                    row is { Id: not null, ObjectId: not null, OccurredAt: not null }) == rows,
            _ when path.Contains("/forms", StringComparison.Ordinal) =>
                HubSpotJsonSerializer.Read<FormPage>(body)!.Results!.Count(row => row?.Id is not null) == rows,
            _ when path.Contains("/lists", StringComparison.Ordinal) => HubSpotJsonSerializer.Read<ObjectPage>(body)!.Results!.Count == rows,
            _ => HubSpotJsonSerializer.Read<ObjectPage>(body)!.Results!.Count(row => row?.Id is not null && row.Properties is not null) == rows,
        };
    }

    private static byte[] Body(string file)
    {
        using var recorded = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder!, file)));
        return System.Text.Encoding.UTF8.GetBytes(Parts(recorded.RootElement).Body!);
    }

    private static (string? Path, int Status, string? Body) Parts(JsonElement recorded)
    {
        // Some files are bodies alone.
        if (!recorded.TryGetProperty("response", out var response))
        {
            return (null, 200, recorded.GetRawText());
        }

        var path = recorded.GetProperty("request").TryGetProperty("path", out var asked) ? asked.GetString()! : "";
        var status = response.TryGetProperty("status", out var given) ? given.GetInt32() : 200;
        var body = !response.TryGetProperty("body", out var sent) || sent.ValueKind == JsonValueKind.Null ? null
            : sent.ValueKind == JsonValueKind.String ? sent.GetString() : sent.GetRawText();
        return (path, status, string.IsNullOrEmpty(body) ? null : body);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CrmLeadQualifier.sln")))
            {
                var recorded = Path.Combine(folder.Parent!.FullName, "shared", "recorded", "hubspot");
                return Directory.Exists(recorded) ? recorded : null;
            }
        }

        return null;
    }
}
