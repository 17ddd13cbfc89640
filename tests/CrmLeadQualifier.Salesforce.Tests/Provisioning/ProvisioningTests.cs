using System.IO.Compression;
using System.Text;
using System.Xml.Linq;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Provisioning;

namespace CrmLeadQualifier.Salesforce.Tests.Provisioning;

public sealed class ProvisioningTests
{
    private static readonly XNamespace Metadata = "http://soap.sforce.com/2006/04/metadata";

    private static readonly FieldDefinition[] Fields = [.. LeadField.All.Select(Describe)];

    [Fact]
    public async Task A_bare_org_needs_every_field_view_and_permission_set()
    {
        using var crm = BareOrg().Client(new ImpatientClock());
        var steps = await crm.PlanProvisioningAsync(Fields, default);
        var targets = steps.Select(step => step.Target).ToHashSet();
        foreach (var sobject in new[] { "Lead", "Contact" })
        {
            Assert.All(LeadField.All, field => Assert.Contains($"{sobject}.{LeadFieldNames.Of(field)}", targets));
            Assert.Equal(8, targets.Count(target =>
                target.StartsWith($"{sobject}.LQ_", StringComparison.Ordinal)
                    && (target.EndsWith("_Mine", StringComparison.Ordinal) || target.EndsWith("_All", StringComparison.Ordinal))));
            Assert.Contains($"history of {sobject}.LQ_Verdict__c", targets);
        }

        Assert.Contains("Lead_Qualification", targets);
        Assert.Contains("Lead_Qualification_Worker", targets);
        Assert.Contains(steps, step => step.Description == "assign permission set Lead Qualification Worker to our user");
    }

    [Fact]
    public async Task Everything_is_brought_by_one_deploy_that_is_awaited()
    {
        var (org, zip) = await ProvisionAsync(BareOrg());
        Assert.Single(org.Requests, asked => asked is { Method: "POST" } && asked.Ends("/metadata/deployRequest"));
        Assert.Equal(3, org.Requests.Count(asked => asked.Ends("/deployRequest/0Af000000000001AAA")));
        Assert.All(org.Requests.Where(asked => asked.Ends("/deployRequest/0Af000000000001AAA")), asked => Assert.Equal("true", asked.Value("includeDetails")));
        Assert.Equal(["objects/Contact.object", "objects/Lead.object", "package.xml", "permissionsets/Lead_Qualification.permissionset",
            "permissionsets/Lead_Qualification_Worker.permissionset", "quickActions/Contact.LQ_Give_Verdict.quickAction", "quickActions/Lead.LQ_Give_Verdict.quickAction"], zip.Keys.Order());

        var members = zip["package.xml"].Root!.Elements(Metadata + "types").ToDictionary(
            type => type.Element(Metadata + "name")!.Value, type => type.Elements(Metadata + "members").Select(member => member.Value).ToList());
        Assert.Equal(2 * LeadField.All.Count, members["CustomField"].Count);
        Assert.Contains("Contact.LQ_Recontact_On__c", members["CustomField"]);
        Assert.Equal(16, members["ListView"].Count);
        Assert.Equal(["Lead_Qualification", "Lead_Qualification_Worker"], members["PermissionSet"]);
        Assert.Equal(["Lead", "Contact"], members["CustomObject"]);
        Assert.Equal(["Lead.LQ_Give_Verdict", "Contact.LQ_Give_Verdict"], members["QuickAction"]);
        Assert.Equal("66.0", zip["package.xml"].Root!.Element(Metadata + "version")!.Value);
    }

    [Fact]
    public async Task Fields_have_the_types_and_texts_of_the_page()
    {
        var (_, zip) = await ProvisionAsync(BareOrg());
        var fields = zip["objects/Lead.object"].Root!.Elements(Metadata + "fields").ToDictionary(field => Value(field, "fullName"));
        Assert.Equal("true", Value(zip["objects/Lead.object"].Root!, "enableHistory"));
        Assert.Equal(("Picklist", "true", "Verdict"),
            (Value(fields["LQ_Verdict__c"], "type"), Value(fields["LQ_Verdict__c"], "trackHistory"), Value(fields["LQ_Verdict__c"], "label")));
        Assert.Equal(("Number", "0", "false"), (Value(fields["LQ_Score__c"], "type"), Value(fields["LQ_Score__c"], "scale"),
            Value(fields["LQ_Score__c"], "trackHistory")));
        Assert.Equal(("LongTextArea", "32000"), (Value(fields["LQ_Reasons__c"], "type"), Value(fields["LQ_Reasons__c"], "length")));
        Assert.Equal(("Text", "255"), (Value(fields["LQ_Previous__c"], "type"), Value(fields["LQ_Previous__c"], "length")));
        Assert.Equal("DateTime", Value(fields["LQ_Answer_Due_At__c"], "type"));
        Assert.Equal("Date", Value(fields["LQ_Recontact_On__c"], "type"));
        Assert.Equal(["waiting", "to_answer", "overdue", "contacted", "answered", "reason_missing", "withdrawn"], Options(fields["LQ_Answer__c"]));
    }

    [Fact]
    public async Task Sales_may_change_their_fields_and_see_the_others_and_the_worker_writes_all()
    {
        var (_, zip) = await ProvisionAsync(BareOrg());
        foreach (var (file, isWorker) in new[] { ("Lead_Qualification", false), ("Lead_Qualification_Worker", true) })
        {
            var permissions = zip[$"permissionsets/{file}.permissionset"].Root!.Elements(Metadata + "fieldPermissions")
                .ToDictionary(field => Value(field, "field"), field => (Value(field, "readable"), Value(field, "editable")));
            Assert.Equal(2 * LeadField.All.Count, permissions.Count);
            Assert.All(LeadField.All, field => Assert.Equal(
                ("true", isWorker || field.Writer == FieldWriter.Sales ? "true" : "false"), permissions["Contact." + LeadFieldNames.Of(field)]));
        }
    }

    [Fact]
    public async Task List_views_filter_on_the_answer_in_the_agreements_language()
    {
        var french = Fields.Select(field => field with { Label = FieldTexts.Of(field.Field.Name)
            .Label.In(Language.French), Options = Texts(field.Field, Language.French) }).ToArray();
        var (_, zip) = await ProvisionAsync(BareOrg(), french);
        var view = zip["objects/Lead.object"].Root!.Elements(Metadata + "listViews").Single(view => Value(view, "fullName") == "LQ_To_Answer_Mine");
        Assert.Equal(("À traiter (les miens)", "Mine"), (Value(view, "label"), Value(view, "filterScope")));
        Assert.Equal(("LQ_Answer__c", "equals", "to_answer"),
            (Value(view.Element(Metadata + "filters")!, "field"), Value(view.Element(Metadata + "filters")!, "operation"),
                Value(view.Element(Metadata + "filters")!, "value")));
        Assert.Equal(
            ["FULL_NAME", "LEAD.COMPANY", "LQ_Score__c", "LQ_Grade__c", "LQ_Reasons__c", "LQ_Answer_Due_At__c", "LQ_Previous__c", "LQ_Verdict__c", "LQ_Rejection_Reason__c"],
            view.Elements(Metadata + "columns").Select(column => column.Value));
    }

    [Fact]
    public async Task A_provisioned_org_needs_nothing_and_options_are_merged()
    {
        using var crm = ProvisionedOrg().Client(new ImpatientClock());
        Assert.Empty(await crm.PlanProvisioningAsync(Fields, default));
        var more = Fields.Select(field => field.Field == LeadField.RejectionReason
            ? field with { Options = [new("new", "New reason"), new("timing", "Bad moment")] } : field).ToArray();
        var steps = await crm.PlanProvisioningAsync(more, default);
        Assert.Equal(
            ["change field Lead.LQ_Rejection_Reason__c: add option new, rename option timing", "change field Contact.LQ_Rejection_Reason__c: add option new, rename option timing"],
            steps.Select(step => step.Description));

        var (_, zip) = await ProvisionAsync(ProvisionedOrg(), more);
        var field = Assert.Single(zip["objects/Lead.object"].Root!.Elements(Metadata + "fields"));
        Assert.Equal(["new", "timing", "budget"], Options(field));
        Assert.Empty(zip["objects/Lead.object"].Root!.Elements(Metadata + "listViews"));
    }

    [Fact]
    public async Task History_is_kept_only_where_there_is_room()
    {
        var full = string.Join(',', Enumerable.Range(0, 20).Select(i => $$"""{"QualifiedApiName":"Other{{i}}__c","IsFieldHistoryTracked":true}"""));
        var org = BareOrg().OnQuery("FROM FieldDefinition", FakeOrg.Page(full));
        using var crm = org.Client(new ImpatientClock());
        Assert.DoesNotContain(await crm.PlanProvisioningAsync(Fields, default), step => step.Target.StartsWith("history", StringComparison.Ordinal));
        var (_, zip) = await ProvisionAsync(org);
        Assert.DoesNotContain("CustomObject", zip["package.xml"].ToString());
        Assert.All(zip["objects/Lead.object"].Root!.Elements(Metadata + "fields"), field =>
            Assert.NotEqual("true", field.Element(Metadata + "trackHistory")?.Value));
    }

    [Fact]
    public async Task A_failed_deploy_names_what_failed_and_what_to_do()
    {
        var org = BareOrg().On("GET", "/deployRequest/0Af000000000001AAA", """
            {"id":"0Af000000000001AAA","deployResult":{"done":true,"success":false,"status":"Failed","details":{"componentFailures":
              {"fullName":"Lead.LQ_Score__c","componentType":"CustomField","problem":"Maximum number of fields reached"}}}}
            """);
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => ProvisionAsync(org));
        Assert.Contains("CustomField Lead.LQ_Score__c: Maximum number of fields reached", fatal.Message);
        Assert.NotEmpty(fatal.Advice);
    }

    [Fact]
    public async Task Where_history_is_refused_all_else_is_deployed()
    {
        var deployments = 0;
        var org = BareOrg();
        org.On("POST", "/metadata/deployRequest", asked => FakeOrg.Json($$"""{"id":"0Af00000000000{{++deployments}}AAA"}""", 201));
        org.On("GET", "/deployRequest/0Af000000000001AAA", """
            {"deployResult":{"done":true,"success":false,"status":"Failed","details":{"componentFailures":[{"fullName":"Lead.LQ_Verdict__c","problem":"Entity has reached the limit of fields with history tracking"}]}}}
            """);
        org.On("GET", "/deployRequest/0Af000000000002AAA", asked => Deployed(org));
        await ProvisionAsync(org);
        Assert.Equal(2, deployments);
    }

    [Theory]
    [InlineData(403, "INSUFFICIENT_ACCESS")]
    [InlineData(400, "INVALID_OPERATION")]
    public async Task A_user_who_may_not_deploy_is_told_which_permission_it_needs(int status, string code)
    {
        var org = BareOrg().On("POST", "/metadata/deployRequest", FakeOrg.Error(code, "insufficient access rights"), status);
        Assert.Contains("Modify Metadata", (await Assert.ThrowsAsync<FatalCrmException>(() => ProvisionAsync(org))).Advice);
    }

    [Fact]
    public async Task A_field_of_another_type_is_not_touched()
    {
        var org = BareOrg().DescribeAs("Lead", """{"name":"LQ_Score__c","type":"string","label":"Lead score"}""");
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => ProvisionAsync(org));
        Assert.Contains("Lead.LQ_Score__c exists with type string", fatal.Message);
        Assert.DoesNotContain(org.Requests, asked => asked.Ends("/deployRequest"));
    }

    [Fact]
    public async Task Our_user_assigns_the_workers_permission_set_to_itself_or_asks_for_it()
    {
        var (org, _) = await ProvisionAsync(BareOrg());
        var assigned = Assert.Single(org.Requests, asked => asked.Method == "POST" && asked.Ends("/composite/sobjects"));
        Assert.Contains($$""""AssigneeId":"{{FakeOrg.Ours}}","PermissionSetId":"0PS000000000002AAA"""", assigned.Body);

        var refusing = BareOrg().On("POST", "/composite/sobjects", """[{"success":false,"errors":[{"statusCode":"INSUFFICIENT_ACCESS_OR_READONLY","message":"no"}]}]""");
        Assert.Contains("Assign the permission set Lead Qualification Worker",
            (await Assert.ThrowsAsync<FatalCrmException>(() => ProvisionAsync(refusing))).Advice);
    }

    [Fact]
    public async Task The_quick_action_asks_for_what_sales_says()
    {
        var (_, zip) = await ProvisionAsync(BareOrg());
        var action = zip["quickActions/Lead.LQ_Give_Verdict.quickAction"].Root!;
        Assert.Equal(("Give verdict", "Update", "Lead", "false"), (Value(action, "label"), Value(action, "type"), Value(action, "targetObject"), Value(action, "optionsCreateFeedItem")));
        Assert.Equal(2, action.Descendants(Metadata + "quickActionLayoutColumns").Count());
        Assert.Equal(["LQ_Verdict__c", "LQ_Rejection_Reason__c", "LQ_Comment__c", "LQ_Recontact_On__c"], action.Descendants(Metadata + "field").Select(field => field.Value));
    }

    [Fact]
    public async Task Our_choices_are_added_to_every_active_record_type_and_nothing_else_of_it_changes()
    {
        var org = WithRecordType(ProvisionedOrg());
        using var crm = org.Client(new ImpatientClock());
        var step = Assert.Single(await crm.PlanProvisioningAsync(Fields, default));
        Assert.Equal("add our choices to record type Lead.Partner", step.Description);
        Assert.Contains("<members>Lead.Partner</members>", org.Requests.First(asked => asked.Path.Contains("/Soap/m/", StringComparison.Ordinal)).Body);

        var (_, zip) = await ProvisionAsync(org);
        var type = Assert.Single(zip["objects/Lead.object"].Root!.Elements(Metadata + "recordTypes"));
        Assert.Equal(("Partner", "Sales Process", "true"), (Value(type, "fullName"), Value(type, "businessProcess"), Value(type, "active")));
        var choices = type.Elements(Metadata + "picklistValues").ToDictionary(
            values => Value(values, "picklist"), values => values.Elements(Metadata + "values").Select(value => Value(value, "fullName")).ToList());
        Assert.Equal(["Web"], choices["LeadSource"]);
        Assert.Equal(["accepted", "theirs", "qualified", "rejected", "reopened"], choices["LQ_Verdict__c"]);
        Assert.Equal(["timing", "budget"], choices["LQ_Rejection_Reason__c"]);
        Assert.Contains("<members>Lead.Partner</members>", zip["package.xml"].ToString());
    }

    [Fact]
    public async Task What_an_admin_added_to_a_permission_set_is_deployed_with_ours()
    {
        const string Theirs = """
            <PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata"><description>By Ann</description>
            <fieldPermissions><editable>true</editable><field>Lead.Industry</field><readable>true</readable></fieldPermissions>
            <fieldPermissions><editable>false</editable><field>Lead.LQ_Score__c</field><readable>true</readable></fieldPermissions>
            <label>Ours, renamed</label>
            <objectPermissions><allowCreate>true</allowCreate><allowDelete>false</allowDelete><allowEdit>false</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords><object>Lead</object><viewAllRecords>false</viewAllRecords></objectPermissions>
            <userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions></PermissionSet>
            """;
        var org = Retrieving(ProvisionedOrg(), ("permissionsets/Lead_Qualification_Worker.permissionset", Theirs));
        using var crm = org.Client(new ImpatientClock());
        Assert.Equal("add our permissions to permission set Lead Qualification Worker", Assert.Single(await crm.PlanProvisioningAsync(Fields, default)).Description);

        var (_, zip) = await ProvisionAsync(org);
        Assert.DoesNotContain("permissionsets/Lead_Qualification.permissionset", zip.Keys);
        var set = zip["permissionsets/Lead_Qualification_Worker.permissionset"].Root!;
        var fields = set.Elements(Metadata + "fieldPermissions").ToDictionary(field => Value(field, "field"), field => Value(field, "editable"));
        Assert.Equal(("true", "true", 2 * LeadField.All.Count + 1), (fields["Lead.Industry"], fields["Lead.LQ_Score__c"], fields.Count));
        var lead = set.Elements(Metadata + "objectPermissions").Single(one => Value(one, "object") == "Lead");
        Assert.Equal(("true", "true", "true"), (Value(lead, "allowCreate"), Value(lead, "allowEdit"), Value(lead, "viewAllRecords")));
        Assert.Equal(("By Ann", "Ours, renamed", "ApiEnabled"), (Value(set, "description"), Value(set, "label"), Value(set.Element(Metadata + "userPermissions")!, "name")));
        var names = set.Elements().Select(element => element.Name.LocalName).ToList();
        Assert.All(names.Distinct(), name => Assert.Equal(names.Count(one => one == name), names.LastIndexOf(name) - names.IndexOf(name) + 1));
    }

    [Fact]
    public async Task A_permission_set_that_cannot_be_read_is_not_replaced()
    {
        var org = ProvisionedOrg().On("POST", "/Soap/m/66.0", FakeOrg.Error("INSUFFICIENT_ACCESS", "no"), 403);
        using (var crm = org.Client(new ImpatientClock()))
        {
            Assert.DoesNotContain(await crm.ExportProvisioningAsync(Fields, default), file => file.Path.StartsWith("permissionsets/", StringComparison.Ordinal));
        }

        org.DescribeAs("Lead", """{"name":"LQ_Score__c","type":"double","label":"Lead score","updateable":true}""");
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => ProvisionAsync(org));
        Assert.Contains("Lead_Qualification, Lead_Qualification_Worker are there", fatal.Message);
        Assert.Contains("Modify Metadata", fatal.Advice);
        Assert.DoesNotContain(org.Requests, asked => asked.Method == "POST" && asked.Ends("/metadata/deployRequest"));
    }

    [Fact]
    public async Task What_an_admin_set_on_a_field_stays_and_a_choice_that_was_deactivated_comes_back()
    {
        const string Theirs = """
            <CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><fields><fullName>LQ_Rejection_Reason__c</fullName><description>By Ann</description><label>Why</label>
            <trackHistory>true</trackHistory><type>Picklist</type><valueSet><restricted>true</restricted><valueSetDefinition><sorted>true</sorted>
            <value><fullName>old</fullName><default>false</default><isActive>false</isActive><label>Old</label></value>
            <value><fullName>timing</fullName><default>true</default><isActive>false</isActive><label>Moment</label></value></valueSetDefinition></valueSet></fields></CustomObject>
            """;
        var more = Fields.Select(field => field.Field == LeadField.RejectionReason ? field with { Options = [new("timing", "Bad moment"), new("new", "New reason")] } : field).ToArray();
        var (_, zip) = await ProvisionAsync(Retrieving(ProvisionedOrg(), ("objects/Lead.object", Theirs)), more);
        var field = Assert.Single(zip["objects/Lead.object"].Root!.Elements(Metadata + "fields"));
        Assert.Equal(("By Ann", "Rejection reason", "true"), (Value(field, "description"), Value(field, "label"), Value(field, "trackHistory")));
        Assert.Equal(["old", "timing", "new"], Options(field));
        Assert.Equal(["Old/false/false", "Bad moment/true/", "New reason/false/"], field.Descendants(Metadata + "value")
            .Select(option => $"{Value(option, "label")}/{Value(option, "default")}/{option.Element(Metadata + "isActive")?.Value}"));
    }

    [Fact]
    public async Task Where_metadata_cannot_be_retrieved_record_types_are_left_alone()
    {
        var org = ProvisionedOrg().OnQuery("FROM RecordType ", FakeOrg.Page("""{"DeveloperName":"Partner","SobjectType":"Lead"}"""));
        org.On("POST", "/Soap/m/66.0", FakeOrg.Error("INSUFFICIENT_ACCESS", "no"), 403);
        using var crm = org.Client(new ImpatientClock());
        Assert.Empty(await crm.PlanProvisioningAsync(Fields, default));
    }

    [Fact]
    public async Task A_dry_run_asks_salesforce_what_it_would_refuse_and_changes_nothing()
    {
        var org = BareOrg().On("GET", "/deployRequest/0Af000000000001AAA", """
            {"deployResult":{"done":true,"success":false,"status":"Failed","details":{"componentFailures":[{"fullName":"Lead.LQ_Score__c","componentType":"CustomField","problem":"no room"}]}}}
            """);
        using var crm = org.Client(new ImpatientClock());
        var steps = await crm.PlanProvisioningAsync(Fields, default);
        Assert.Equal(["CustomField Lead.LQ_Score__c: no room"], await crm.RehearseProvisioningAsync(Fields, steps, default));
        Assert.Contains("\"checkOnly\":true", Assert.Single(org.Requests, asked => asked is { Method: "POST" } && asked.Ends("/metadata/deployRequest")).Body);
        Assert.DoesNotContain(org.Requests, asked => asked.Method == "POST" && asked.Ends("/composite/sobjects"));
    }

    [Fact]
    public async Task Fields_and_permission_sets_are_exported_as_files_even_where_all_is_there_and_what_cannot_be_merged_is_left_out()
    {
        using var crm = ProvisionedOrg().Client(new ImpatientClock());
        var files = await crm.ExportProvisioningAsync(Fields, default);
        Assert.Equal(5, files.Count);
        var lead = XDocument.Parse(files.Single(file => file.Path == "objects/Lead.object").Text).Root!;
        Assert.Equal(LeadField.All.Count, lead.Elements(Metadata + "fields").Count());
        Assert.Empty(lead.Elements(Metadata + "listViews"));
        Assert.All(files, file => Assert.StartsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", file.Text));
    }

    [Fact]
    public async Task What_is_ours_is_taken_out_fields_first_and_permission_sets_once_nobody_has_them()
    {
        var org = ProvisionedOrg();
        var packages = new List<Dictionary<string, XDocument>>();
        org.On("POST", "/metadata/deployRequest", asked =>
        {
            packages.Add(Unzip(asked.Body));
            return FakeOrg.Json("""{"id":"0Af000000000003AAA"}""", 201);
        });
        org.On("GET", "/deployRequest/0Af000000000003AAA", """{"deployResult":{"done":true,"success":true,"status":"Succeeded"}}""");
        org.OnQuery("FROM PermissionSetAssignment", FakeOrg.Page("""{"Id":"0Pa000000000001AAA"},{"Id":"0Pa000000000002AAA"}"""));
        org.On("DELETE", "/composite/sobjects", """[{"id":"0Pa000000000001AAA","success":true,"errors":[]}]""");
        using var crm = org.Client(new ImpatientClock());
        var plan = await crm.PlanRemovalAsync(default);
        Assert.Equal(2 * LeadField.All.Count + 16 + 2 + 2, plan.Steps.Count);
        Assert.Contains("15 days", plan.ByHand);
        Assert.Empty(packages);

        await crm.RemoveAsync(plan.Steps, default);
        Assert.Equal(2, packages.Count);
        var first = packages[0]["destructiveChanges.xml"].Root!;
        Assert.Equal(2 * LeadField.All.Count, Members(first, "CustomField").Count);
        Assert.Equal(16, Members(first, "ListView").Count);
        Assert.Equal(["Lead.LQ_Give_Verdict", "Contact.LQ_Give_Verdict"], Members(first, "QuickAction"));
        Assert.Empty(packages[0]["package.xml"].Root!.Elements(Metadata + "types"));
        Assert.Equal(["Lead_Qualification", "Lead_Qualification_Worker"], Members(packages[1]["destructiveChanges.xml"].Root!, "PermissionSet"));
        Assert.Equal("0Pa000000000001AAA,0Pa000000000002AAA", org.Requests.Single(asked => asked.Method == "DELETE").Value("ids"));
    }

    [Fact]
    public async Task A_field_that_something_else_uses_is_named_and_everything_stays()
    {
        var org = ProvisionedOrg().On("GET", "/deployRequest/0Af000000000001AAA", """
            {"deployResult":{"done":true,"success":false,"status":"Failed","details":{"componentFailures":[{"fullName":"Lead.LQ_Score__c","componentType":"CustomField","problem":"This custom field is referenced elsewhere: Flow X"}]}}}
            """);
        using var crm = org.Client(new ImpatientClock());
        var plan = await crm.PlanRemovalAsync(default);
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(() => crm.RemoveAsync(plan.Steps, default));
        Assert.Contains("Lead.LQ_Score__c: This custom field is referenced elsewhere: Flow X", fatal.Message);
        Assert.DoesNotContain(org.Requests, asked => asked.Method == "DELETE");
    }

    private static List<string> Members(XElement package, string type) => [.. package.Elements(Metadata + "types")
        .Where(types => Value(types, "name") == type).SelectMany(types => types.Elements(Metadata + "members")).Select(member => member.Value)];

    /// <summary>An org whose Leads have a record type that knows some of our choices.</summary>
    private static FakeOrg WithRecordType(FakeOrg org)
    {
        const string Retrieved = """
            <CustomObject xmlns="http://soap.sforce.com/2006/04/metadata"><recordTypes><fullName>Partner</fullName><active>true</active><businessProcess>Sales Process</businessProcess><label>Partner</label>
            <picklistValues><picklist>LQ_Verdict__c</picklist><values><fullName>accepted</fullName><default>false</default></values><values><fullName>theirs</fullName><default>false</default></values></picklistValues>
            <picklistValues><picklist>LeadSource</picklist><values><fullName>Web</fullName><default>false</default></values></picklistValues></recordTypes></CustomObject>
            """;
        org.OnQuery("FROM RecordType ", FakeOrg.Page("""{"DeveloperName":"Partner","SobjectType":"Lead"},{"DeveloperName":"Packaged","SobjectType":"Lead","NamespacePrefix":"their"}"""));
        return Retrieving(org, ("objects/Lead.object", Retrieved));
    }

    /// <summary>An org whose metadata are these and our permission sets, unless these are among them.</summary>
    private static FakeOrg Retrieving(FakeOrg org, params (string Path, string Content)[] files)
    {
        var sets = PermissionSet.All.Select(set => ($"permissionsets/{set.FullName}.permissionset", set.ToXml(OrgParts.SObjects, Fields).ToString()))
            .Where(set => files.All(file => file.Path != set.Item1));
        var zip = new MemoryStream();
        using (var archive = new ZipArchive(zip, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (path, content) in files.Concat(sets))
            {
                using var entry = new StreamWriter(archive.CreateEntry(path).Open());
                entry.Write(content);
            }
        }

        return RetrievingZip(org, zip.ToArray());
    }

    private static FakeOrg RetrievingZip(FakeOrg org, byte[] zip)
    {
        var looks = 0;
        org.On("POST", "/Soap/m/66.0", asked => Soap(asked.Body.Contains("<retrieveRequest", StringComparison.Ordinal)
            ? "<done>false</done><id>09S000000000001AAA</id><state>Queued</state>"
            : ++looks % 2 == 1 ? "<done>false</done><status>InProgress</status>"
            : $"<done>true</done><status>Succeeded</status><zipFile>{Convert.ToBase64String(zip)}</zipFile>"));
        return org;
    }

    private static HttpResponseMessage Soap(string result) => new(System.Net.HttpStatusCode.OK)
    {
        Content = new StringContent(
            $"<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns=\"http://soap.sforce.com/2006/04/metadata\"><soapenv:Body><response><result>{result}</result></response></soapenv:Body></soapenv:Envelope>",
            Encoding.UTF8, "text/xml"),
    };

    private static FieldDefinition Describe(LeadField field)
    {
        var text = FieldTexts.Of(field.Name);
        return new FieldDefinition(field, text.Label.In(Language.English), text.Description.In(Language.English), Texts(field, Language.English));
    }

    private static IReadOnlyList<FieldOption> Texts(LeadField field, Language language) => field == LeadField.RejectionReason
        ? [new("timing", "Bad timing"), new("budget", "No budget")]
        : [.. FieldTexts.Of(field.Name).Choices.Select(choice => new FieldOption(choice.Value, choice.Label.In(language)))];

    /// <summary>An org that takes a deploy on the third look and then describes our fields.</summary>
    private static FakeOrg BareOrg()
    {
        var org = new FakeOrg();
        org.OnQuery("FROM FieldDefinition", FakeOrg.Page("""{"QualifiedApiName":"Status","IsFieldHistoryTracked":true},{"QualifiedApiName":"Email","IsFieldHistoryTracked":false}"""));
        org.OnQuery("FROM ListView", FakeOrg.Page(""));
        org.OnQuery("FROM PermissionSet ", FakeOrg.Page(""));
        org.OnQuery("FROM PermissionSetAssignment", FakeOrg.Page(""));
        org.On("POST", "/composite/sobjects", """[{"id":"0Pa000000000001AAA","success":true,"errors":[]}]""");
        org.On("POST", "/metadata/deployRequest", """{"id":"0Af000000000001AAA","deployOptions":{}}""", 201);
        RetrievingZip(org, Convert.FromBase64String("UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="));
        var looks = 0;
        org.On("GET", "/deployRequest/0Af000000000001AAA", _ => ++looks < 3
            ? FakeOrg.Json("""{"id":"0Af000000000001AAA","deployResult":{"done":false,"status":"InProgress"}}""") : Deployed(org));
        return org;
    }

    private static HttpResponseMessage Deployed(FakeOrg org)
    {
        MakeProvisioned(org);
        org.OnQuery("FROM PermissionSetAssignment", FakeOrg.Page(""));
        return FakeOrg.Json("""{"id":"0Af000000000001AAA","deployResult":{"done":true,"success":true,"status":"Succeeded"}}""");
    }

    private static FakeOrg ProvisionedOrg()
    {
        var org = BareOrg();
        MakeProvisioned(org);
        return org;
    }

    private static void MakeProvisioned(FakeOrg org)
    {
        Retrieving(org);
        foreach (var sobject in new[] { "Lead", "Contact" })
        {
            org.DescribeAs(sobject, string.Join(',', Fields.Select(field => System.Text.Json.JsonSerializer.Serialize(new
            {
                name = LeadFieldNames.Of(field.Field),
                label = field.Label,
                inlineHelpText = field.Description,
                updateable = true,
                type = field.Field.Type switch
                {
                    LeadFieldType.Choice => "picklist",
                    LeadFieldType.Integer => "double",
                    LeadFieldType.Text => "string",
                    LeadFieldType.LongText => "textarea",
                    LeadFieldType.Instant => "datetime",
                    _ => "date",
                },
                picklistValues = field.Options.Select(option => new { value = option.Value, label = option.Label, active = true }),
            }))));
        }

        org.OnQuery("FROM QuickActionDefinition", FakeOrg.Page("""{"DeveloperName":"LQ_Give_Verdict"}"""));
        org.OnQuery("FROM FieldDefinition", FakeOrg.Page("""{"QualifiedApiName":"LQ_Verdict__c","IsFieldHistoryTracked":true},{"QualifiedApiName":"LQ_Rejection_Reason__c","IsFieldHistoryTracked":true}"""));
        org.OnQuery("FROM ListView", FakeOrg.Page(string.Join(',',
            new[] { "To_Answer", "Overdue", "Reason_Missing", "Waiting" }.SelectMany(name => new[] { $"LQ_{name}_Mine", $"LQ_{name}_All" })
            .Select(name => $$"""{"DeveloperName":"{{name}}"}"""))));
        org.OnQuery("FROM PermissionSet ", FakeOrg.Page("""{"Id":"0PS000000000001AAA","Name":"Lead_Qualification"},{"Id":"0PS000000000002AAA","Name":"Lead_Qualification_Worker"}"""));
        org.OnQuery("FROM PermissionSetAssignment", FakeOrg.Page("""{"Id":"0Pa000000000001AAA"}"""));
    }

    private static async Task<(FakeOrg Org, Dictionary<string, XDocument> Zip)> ProvisionAsync(FakeOrg org, FieldDefinition[]? fields = null)
    {
        fields ??= Fields;
        using var crm = org.Client(new ImpatientClock());
        await crm.ProvisionAsync(fields, await crm.PlanProvisioningAsync(fields, default), default);
        return (org, Unzip(org.Requests.Last(asked => asked.Method == "POST" && asked.Ends("/metadata/deployRequest")).Body));
    }

    private static Dictionary<string, XDocument> Unzip(string form)
    {
        Assert.Contains("name=\"json\"", form);
        Assert.Contains("\"rollbackOnError\":true", form);
        var start = form.IndexOf("PK\u0003\u0004", StringComparison.Ordinal);
        using var zip = new ZipArchive(new MemoryStream(Encoding.Latin1.GetBytes(form[start..])), ZipArchiveMode.Read);
        return zip.Entries.ToDictionary(entry => entry.FullName, entry =>
        {
            using var stream = entry.Open();
            return XDocument.Load(stream);
        });
    }

    private static string Value(XElement parent, string name) => parent.Element(Metadata + name)!.Value;

    private static IEnumerable<string> Options(XElement field) => field.Descendants(Metadata + "value").Select(option => Value(option, "fullName"));
}
