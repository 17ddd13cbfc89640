using System.IO.Compression;
using System.Xml.Linq;

namespace CrmLeadQualifier.Sandbox.Tests.Salesforce;

public sealed class MetadataTests
{
    private const string Xml = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

    private static async Task<Dictionary<string, XElement>> RetrieveAsync(RunningOrg org, params (string Type, string Member)[] members)
    {
        var session = org.Http.DefaultRequestHeaders.Authorization!.Parameter!;
        async Task<XElement> AskAsync(string body)
        {
            using var content = new StringContent("<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:m=\"http://soap.sforce.com/2006/04/metadata\">"
                + $"<e:Header><m:SessionHeader><m:sessionId>{session}</m:sessionId></m:SessionHeader></e:Header><e:Body>{body}</e:Body></e:Envelope>");
            using var response = await org.Http.PostAsync("/services/Soap/m/66.0", content);
            return XDocument.Parse(await response.Content.ReadAsStringAsync()).Root!;
        }
        static string Of(XElement envelope, string name) => envelope.Descendants().First(element => element.Name.LocalName == name).Value;
        var types = string.Concat(members.Select(member => $"<m:types><m:members>{member.Member}</m:members><m:name>{member.Type}</m:name></m:types>"));
        var id = Of(await AskAsync($"<m:retrieve><m:retrieveRequest><m:apiVersion>66.0</m:apiVersion><m:unpackaged>{types}</m:unpackaged></m:retrieveRequest></m:retrieve>"), "id");
        await org.AdvanceAsync("2s");
        var done = await AskAsync($"<m:checkRetrieveStatus><m:asyncProcessId>{id}</m:asyncProcessId><m:includeZip>true</m:includeZip></m:checkRetrieveStatus>");
        using var zip = new ZipArchive(new MemoryStream(Convert.FromBase64String(Of(done, "zipFile"))));
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var content = entry.Open();
            return XDocument.Load(content).Root!;
        });
    }

    [Fact]
    public async Task What_was_deployed_is_retrieved_with_the_choices_that_a_later_deployment_left_out_deactivated()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ProvisionAsync();
        await org.DeployAsync(("objects/Lead.object", $"<CustomObject {Xml}><fields><fullName>LQ_Verdict__c</fullName><label>Verdict</label><type>Picklist</type><valueSet><restricted>true</restricted>"
            + "<valueSetDefinition><sorted>false</sorted><value><fullName>qualified</fullName><default>false</default><label>Qualified</label></value></valueSetDefinition></valueSet></fields></CustomObject>"));
        var files = await RetrieveAsync(org, ("CustomField", "Lead.LQ_Verdict__c"), ("PermissionSet", "Worker"), ("Layout", "Lead-Lead Layout"));
        Assert.Equal(["unpackaged/layouts/Lead-Lead Layout.layout", "unpackaged/objects/Lead.object", "unpackaged/package.xml", "unpackaged/permissionsets/Worker.permissionset"],
            files.Keys.Order(StringComparer.Ordinal));
        var values = files["unpackaged/objects/Lead.object"].Descendants().Where(element => element.Name.LocalName == "value").ToList();
        Assert.Equal(["qualified", "rejected"], values.Select(value => value.Elements().First().Value));
        Assert.Equal("false", values[1].Elements().First(element => element.Name.LocalName == "isActive").Value);
    }

    [Fact]
    public async Task A_deployed_permission_set_replaces_the_one_that_was_there()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ProvisionAsync();
        var set = (await org.RowsAsync("SELECT Id FROM PermissionSet WHERE Name = 'Worker'"))[0].GetProperty("Id").GetString();
        await org.CreateAsync("FieldPermissions", new { ParentId = set, SobjectType = "Lead", Field = "Lead.Industry", PermissionsRead = true, PermissionsEdit = false });
        var retrieved = (await RetrieveAsync(org, ("PermissionSet", "Worker")))["unpackaged/permissionsets/Worker.permissionset"];
        Assert.Contains("Lead.Industry", retrieved.ToString());

        await org.DeployAsync(("permissionsets/Worker.permissionset", $"<PermissionSet {Xml}><label>Worker</label><fieldPermissions><editable>true</editable><field>Lead.LQ_Score__c</field><readable>true</readable></fieldPermissions>"
            + "<userPermissions><enabled>true</enabled><name>EditConvertedLeads</name></userPermissions></PermissionSet>"));
        Assert.Equal("Lead.LQ_Score__c", (await org.RowsAsync($"SELECT Field FROM FieldPermissions WHERE ParentId = '{set}'")).Single().GetProperty("Field").GetString());
        Assert.Contains("EditConvertedLeads", (await RetrieveAsync(org, ("PermissionSet", "Worker")))["unpackaged/permissionsets/Worker.permissionset"].ToString());
        await org.DeployAsync(("permissionsets/Worker.permissionset", retrieved.ToString()));
        Assert.Equal(5, (await org.RowsAsync($"SELECT Field FROM FieldPermissions WHERE ParentId = '{set}'")).Length);
        Assert.DoesNotContain("EditConvertedLeads", (await RetrieveAsync(org, ("PermissionSet", "Worker")))["unpackaged/permissionsets/Worker.permissionset"].ToString());
    }

    [Fact]
    public async Task Elements_of_one_name_that_do_not_stand_together_are_refused()
    {
        await using var org = await RunningOrg.StartAsync();
        var refused = await org.DeployAsync(("permissionsets/Worker.permissionset", $"<PermissionSet {Xml}><fieldPermissions><editable>true</editable><field>Lead.Industry</field><readable>true</readable></fieldPermissions>"
            + "<label>Worker</label><fieldPermissions><editable>true</editable><field>Lead.Title</field><readable>true</readable></fieldPermissions></PermissionSet>"));
        Assert.Contains("Element fieldPermissions is duplicated at this location in type PermissionSet", refused.GetRawText());
        Assert.Empty(await org.RowsAsync("SELECT Id FROM PermissionSet WHERE Name = 'Worker'"));
    }

    [Fact]
    public async Task A_file_that_the_manifest_does_not_name_refuses_the_deployment()
    {
        await using var org = await RunningOrg.StartAsync();
        var refused = await org.DeployAsync(("objects/Lead.object", RunningOrg.LeadFields), ("package.xml", $"<Package {Xml}><types><members>Nothing</members><name>PermissionSet</name></types><version>66.0</version></Package>"));
        var problems = refused.GetProperty("details").GetProperty("componentFailures").EnumerateArray().Select(failure => failure.GetProperty("problem").GetString()).ToList();
        Assert.Contains("Not in package.xml", problems);
        Assert.Contains("An object 'Nothing' of type PermissionSet was named in package.xml, but was not found in zipped directory", problems);
        Assert.DoesNotContain("LQ_Score__c", (await org.SendAsync("GET", RunningOrg.Data + "/sobjects/Lead/describe")).Body);
    }

    [Fact]
    public async Task Destructive_changes_take_fields_views_and_permission_sets_away()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ProvisionAsync();
        var removed = await org.DeployAsync(("destructiveChanges.xml", $"<Package {Xml}><types><members>Lead.LQ_Score__c</members><name>CustomField</name></types>"
            + "<types><members>Lead.LQ_To_Answer</members><name>ListView</name></types><types><members>Worker</members><name>PermissionSet</name></types></Package>"));
        Assert.Equal("Succeeded", removed.GetProperty("status").GetString());
        Assert.DoesNotContain("LQ_Score__c", (await org.SendAsync("GET", RunningOrg.Data + "/sobjects/Lead/describe")).Body);
        Assert.Empty(await org.RowsAsync("SELECT Id FROM PermissionSet WHERE Name = 'Worker'"));
        Assert.Empty(await org.RowsAsync("SELECT Id FROM ListView WHERE DeveloperName = 'LQ_To_Answer'"));
        await org.DeployAsync(("objects/Lead.object", RunningOrg.LeadFields));
        await org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme" });
    }

    [Fact]
    public async Task An_unchanged_description_is_not_told_again()
    {
        await using var org = await RunningOrg.StartAsync();
        const string path = RunningOrg.Data + "/sobjects/Lead/describe";
        var first = await org.SendAsync("GET", path);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var described = await org.Http.SendAsync(request);
        var since = described.Content.Headers.LastModified!.Value.ToString("r");
        Assert.Equal(304, (await org.SendAsync("GET", path, null, ("If-None-Match", first.Header("ETag")!))).Status);
        Assert.Equal(304, (await org.SendAsync("GET", path, null, ("If-Modified-Since", since))).Status);
        await org.ControlAsync("field-security", new { field = "Lead.Industry", readable = false });
        Assert.Equal(200, (await org.SendAsync("GET", path, null, ("If-None-Match", first.Header("ETag")!))).Status);
        Assert.Equal(200, (await org.SendAsync("GET", path, null, ("If-Modified-Since", since))).Status);
    }

    [Fact]
    public async Task The_orgs_automation_and_pages_can_be_found()
    {
        await using var org = await RunningOrg.StartAsync();
        await org.ControlAsync("flows", new { @object = "Lead", name = "Rate_Leads", condition = "Status = 'Working - Contacted'", field = "Rating", value = "Warm" });
        await org.ControlAsync("triggers", new { @object = "Lead", name = "LeadTrigger" });
        await org.ControlAsync("validation-rules", new { @object = "Lead", name = "City_needed", condition = "City = 'x'", message = "No." });
        await org.ControlAsync("record-types", new { @object = "Lead", name = "Partner" });
        async Task<string> AskAsync(string soql, bool tooling)
        {
            var reply = await org.SendAsync("GET", $"{RunningOrg.Data}/{(tooling ? "tooling/" : "")}query?q={Uri.EscapeDataString(soql)}");
            Assert.True(reply.Status == 200, reply.Body);
            return string.Join(',', reply["records"].EnumerateArray().Select(row => row.EnumerateObject().ElementAt(1).Value.GetString()));
        }
        Assert.Equal("Rate_Leads", await AskAsync("SELECT ApiName FROM FlowDefinitionView WHERE IsActive = true AND TriggerObjectOrEvent.QualifiedApiName = 'Lead'", false));
        Assert.Equal("LeadTrigger", await AskAsync("SELECT Name FROM ApexTrigger WHERE Status = 'Active' AND TableEnumOrId = 'Lead'", true));
        Assert.Equal("City_needed", await AskAsync("SELECT ValidationName FROM ValidationRule WHERE Active = true AND EntityDefinition.QualifiedApiName = 'Lead'", true));
        Assert.Equal("Lead Layout", await AskAsync("SELECT Name FROM Layout WHERE EntityDefinitionId = 'Lead'", true));
        Assert.Equal("Partner", await AskAsync("SELECT DeveloperName FROM RecordType WHERE SobjectType = 'Lead' AND IsActive = true", false));
        Assert.Equal("OwnerId,Status", string.Join(',', (await AskAsync("SELECT QualifiedApiName FROM FieldDefinition WHERE EntityDefinition.QualifiedApiName = 'Lead' AND IsFieldHistoryTracked = true", false)).Split(',').Order()));
        var lead = await org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme" });
        Assert.Equal(lead, await AskAsync($"SELECT RecordId FROM UserRecordAccess WHERE UserId = '{(await org.SendAsync("GET", "/services/oauth2/userinfo"))["user_id"]}' AND RecordId IN ('{lead}') AND HasEditAccess = true", false));
        Assert.Equal(400, (await org.QueryAsync("SELECT Id FROM ValidationRule")).Status);
        Assert.Contains("\"developerName\":\"Partner\"", (await org.SendAsync("GET", RunningOrg.Data + "/sobjects/Lead/describe")).Body);
    }

    [Fact]
    public async Task A_flow_changes_a_record_as_whoever_saved_it()
    {
        await using var org = await RunningOrg.StartAsync();
        var lead = await org.CreateAsync("Lead", new { LastName = "Roy", Company = "Acme" });
        await org.ControlAsync("flows", new { @object = "Lead", condition = "Status = 'Working - Contacted'", field = "Rating", value = "Warm" });
        await org.ControlAsync("people/leads/" + lead, new { fields = new { Status = "Working - Contacted" }, user = "admin@vendor.example" });
        var row = (await org.RowsAsync("SELECT Rating, LastModifiedBy.Username FROM Lead"))[0];
        Assert.Equal("Warm", row.GetProperty("Rating").GetString());
        Assert.Equal("admin@vendor.example", row.GetProperty("LastModifiedBy").GetProperty("Username").GetString());
    }
}
