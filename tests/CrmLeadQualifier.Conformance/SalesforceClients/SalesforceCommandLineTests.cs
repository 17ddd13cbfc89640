using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Conformance.SalesforceClients;

public sealed class SalesforceCommandLineTests(SalesforceCommandLine sf) : IClassFixture<SalesforceCommandLine>
{
    [SkippableFact]
    public async Task It_queries()
    {
        var result = await sf.OnOrgAsync("data", "query", "--query", "SELECT Id, Name, Owner.Name FROM Lead LIMIT 3");
        Assert.Equal(3, result.GetProperty("records").GetArrayLength());
        Assert.Equal("Owner.Name", await ColumnsAsync("SELECT Name, Owner.Name FROM Lead LIMIT 1"));
    }

    private async Task<string?> ColumnsAsync(string soql)
    {
        var file = Path.Combine(sf.Folder, "rows.csv");
        await sf.OnOrgAsync("data", "query", "--query", soql, "--result-format", "csv", "--output-file", file);
        return File.ReadLines(file).First().Split(',')[^1];
    }

    [SkippableFact]
    public async Task It_describes_an_object() =>
        Assert.Equal("00Q", (await sf.OnOrgAsync("sobject", "describe", "--sobject", "Lead")).GetProperty("keyPrefix").GetString());

    [SkippableFact]
    public async Task It_lists_the_limits() =>
        Assert.Contains((await sf.OnOrgAsync("org", "list", "limits")).EnumerateArray(), limit => limit.GetProperty("name").GetString() == "DailyBulkV2QueryJobs");

    [SkippableFact]
    public async Task It_exports_and_updates_by_bulk()
    {
        var file = Path.Combine(sf.Folder, "leads.csv");
        var exported = await sf.OnOrgAsync("data", "export", "bulk", "--query", "SELECT Id FROM Lead WHERE IsConverted = false", "--output-file", file, "--wait", "2");
        var lines = await File.ReadAllLinesAsync(file);
        Assert.Equal(exported.GetProperty("totalSize").GetInt32(), lines.Length - 1);
        var update = Path.Combine(sf.Folder, "update.csv");
        await File.WriteAllTextAsync(update, "Id,Title\n" + string.Join('\n', lines.Skip(1).Take(5).Select(id => id + ",Buyer")) + "\n");
        var updated = await sf.OnOrgAsync("data", "update", "bulk", "--sobject", "Lead", "--file", update, "--wait", "2");
        Assert.Equal((5, 5, 0), (updated.GetProperty("processedRecords").GetInt32(), updated.GetProperty("successfulRecords").GetInt32(),
            updated.GetProperty("failedRecords").GetInt32()));
        var results = await sf.OnOrgAsync("data", "bulk", "results", "--job-id", updated.GetProperty("jobId").GetString()!);
        Assert.Equal(5, results.GetProperty("successfulRecords").GetInt32());
    }

    [SkippableFact]
    public async Task It_deploys_a_folder_with_a_manifest()
    {
        const string xml = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";
        var folder = Path.Combine(sf.Folder, "package");
        Directory.CreateDirectory(Path.Combine(folder, "objects"));
        Directory.CreateDirectory(Path.Combine(folder, "permissionsets"));
        await File.WriteAllTextAsync(Path.Combine(folder, "package.xml"), $"<Package {xml}><types><members>Lead.Grade__c</members><name>CustomField</name></types>"
            + "<types><members>Grader</members><name>PermissionSet</name></types><version>66.0</version></Package>");
        await File.WriteAllTextAsync(Path.Combine(folder, "objects", "Lead.object"),
            $"<CustomObject {xml}><fields><fullName>Grade__c</fullName><label>Grade</label><type>Text</type><length>2</length></fields></CustomObject>");
        await File.WriteAllTextAsync(Path.Combine(folder, "permissionsets", "Grader.permissionset"), $"<PermissionSet {xml}><label>Grader</label>"
            + "<fieldPermissions><editable>true</editable><field>Lead.Grade__c</field><readable>true</readable></fieldPermissions></PermissionSet>");
        var deployed = await sf.OnOrgAsync("project", "deploy", "start", "--metadata-dir", folder, "--wait", "3");
        Assert.Equal(("Succeeded", 0), (deployed.GetProperty("status").GetString(), deployed.GetProperty("numberComponentErrors").GetInt32()));
        var fields = await sf.OnOrgAsync("data", "query", "--use-tooling-api", "--query", "SELECT FullName FROM CustomField WHERE EntityDefinitionId = 'Lead' AND DeveloperName = 'Grade'");
        Assert.Equal("Lead.Grade__c", fields.GetProperty("records")[0].GetProperty("FullName").GetString());
    }

    [SkippableFact]
    public async Task It_deploys_what_provision_exports_and_provision_then_finds_all_there()
    {
        await sf.OnOrgAsync("org", "list", "limits");
        var program = new ProductCommands(Path.Combine(sf.Folder, "data"), sf.Org.ClientSecret);
        await program.RunAsync("connect", "salesforce", "--name", "org", "--client-id", sf.Org.ClientId, "--login-url", sf.Org.BaseUrl);
        await program.SignAsync(Path.Combine("definitions", "b2b-software.en.yaml"));
        var folder = Path.Combine(sf.Folder, "lead-qualification");
        Assert.Contains("nothing changed in Salesforce", await program.RunAsync("provision", "org", "--export", folder));

        Assert.Contains("not an empty folder", (await program.EndAsync(2, "provision", "org", "--export", folder)).Error);

        var checkedOnly = await sf.OnOrgAsync("project", "deploy", "validate", "--metadata-dir", folder, "--wait", "3", "--test-level", "RunLocalTests");
        Assert.Equal("Succeeded", checkedOnly.GetProperty("status").GetString());
        Assert.Empty(await OurFieldsAsync());
        var deployed = await sf.OnOrgAsync("project", "deploy", "start", "--metadata-dir", folder, "--wait", "3");
        Assert.Equal(("Succeeded", 0), (deployed.GetProperty("status").GetString(), deployed.GetProperty("numberComponentErrors").GetInt32()));
        Assert.Equal(deployed.GetProperty("numberComponentsTotal").GetInt32(), deployed.GetProperty("numberComponentsDeployed").GetInt32());
        Assert.Equal(LeadField.All.Select(field => "LQ_" + field.Name).Order(), (await OurFieldsAsync()).Select(name => name[..^"__c".Length].ToLowerInvariant()
            .Replace("lq_", "LQ_", StringComparison.Ordinal)).Order());

        await sf.OnOrgAsync("org", "assign", "permset", "--name", "Lead_Qualification_Worker");
        Assert.Contains("all is right already", await program.RunAsync("provision", "org"));
        Assert.Contains("LQ_Verdict__c", (await sf.OnOrgAsync("sobject", "describe", "--sobject", "Contact")).GetRawText());
    }

    private async Task<List<string>> OurFieldsAsync() =>
    [
        .. (await sf.OnOrgAsync("data", "query", "--use-tooling-api", "--query", "SELECT FullName FROM CustomField WHERE EntityDefinitionId = 'Lead'")).GetProperty("records").EnumerateArray()
            .Select(row => row.GetProperty("FullName").GetString()!.Split('.')[1]).Where(name => name.StartsWith("LQ_", StringComparison.Ordinal)),
    ];
}
