using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Loading;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Loading;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Control;

/// <summary>
/// What people do in Salesforce's own pages, done by a test or a simulated team. It is stamped with the instant of the call and seen a little later,
/// when its transaction
/// commits. "user" is a user's e-mail or id; "automation" and "connector" stand for the users as whom flows and the native connector run.
/// </summary>
internal sealed class OrgPeople(Org org)
{
    /// <summary>Edits a record: {"fields": {…}, "user", "at"?: instant, for the history}.</summary>
    public Answer Edit(HubSpotCall call)
    {
        var record = Find(call);
        var by = User(call);
        var at = At(call);
        if (!call.Json.TryGetProperty("fields", out var given) || given.ValueKind != JsonValueKind.Object)
            throw HubSpotRefusal.Validation("fields must be an object of field names and values");
        org.Commits.WaitFor(record);
        Refuse(org.Checks.Changeable(record, call.Now));
        var errors = new List<SaveError>();
        var values = org.Checks.Read(record.Type, given, creating: false, byPerson: true, errors);
        if (org.Behaviours.PageEditsRewriteTexts)
            AddLongTexts(record, values);
        Refuse(errors.FirstOrDefault() ?? org.Checks.Broken(record, record.Type, values, new SaveOptions(call.Now, Assigns: false, AllowsDuplicates: true)));
        Commit(record, call.Now, () => org.Writer.Update(record, values, at, call.Now, by));
        return Seen(record);
    }

    /// <summary>Something that happened with the person: {"kind", "at"?, "attributes"?, "user"?}, of the kinds of a leads file.</summary>
    public Answer Act(HubSpotCall call)
    {
        var person = Find(call);
        if (!LeadsFile.TryReadActivity(call.Json, call.Now, out var activity, out _, out var why))
            throw HubSpotRefusal.Validation(why);
        var by = call.BodyText("user") is null ? org.Users.Admin : User(call);
        var recorder = new ActivityRecords(org, toldAt: call.Now);
        if (!ActivityRecords.Records(activity.Kind))
            throw HubSpotRefusal.Validation("Salesforce does not record this kind of activity.");
        Commit(person, call.Now, () => recorder.Add(person, activity, by));
        return Answer.NoContent();
    }

    /// <summary>Converts a Lead: {"user", "opportunity"?: its name, "contact"?: the id of an existing one}.</summary>
    public Answer Convert(HubSpotCall call)
    {
        var lead = Find(call);
        org.Commits.WaitFor(lead);
        if (lead.Type.Name != "Lead")
            throw HubSpotRefusal.Validation("only a Lead can be converted");
        Refuse(org.Checks.Changeable(lead, call.Now));
        var contact = call.BodyText("contact") is { } id ? org.Find(id) is { Type.Name: "Contact" } known ? known : throw HubSpotRefusal.NotFound()
            : null;
        LeadConversion.Convert(org, lead, call.BodyText("opportunity"), contact, call.Now, User(call));
        return Answer.Json(200, json =>
        {
            json.WriteString("accountId", lead.Text("ConvertedAccountId"));
            json.WriteString("contactId", lead.Text("ConvertedContactId"));
            json.WriteString("opportunityId", lead.Text("ConvertedOpportunityId"));
        });
    }

    /// <summary>Merges two records: {"user", "loser": id}. The loser is deleted and names its winner; what hung on it hangs on the winner.</summary>
    public Answer Merge(HubSpotCall call)
    {
        var winner = Find(call);
        var loser = org.Find(call.BodyText("loser")) ?? throw HubSpotRefusal.NotFound();
        if (loser.Type != winner.Type || loser == winner || winner.Type.Name is not ("Lead" or "Contact" or "Account"))
            throw HubSpotRefusal.Validation("loser must be the id of another record of the same object");
        RecordMerge.Merge(org, winner, loser, call.Now, User(call));
        return Seen(winner);
    }

    public Answer Delete(HubSpotCall call)
    {
        org.Writer.Delete(Find(call), call.Now, User(call));
        return Answer.NoContent();
    }

    /// <summary>Out of the recycle bin: {"user"}. A merged record is none that comes back.</summary>
    public Answer Restore(HubSpotCall call)
    {
        var record = org.Find(call.Route("id")) is { IsDeleted: true } deleted && deleted.Text("MasterRecordId", whenMissing: null) is null ? deleted : throw HubSpotRefusal.NotFound();
        org.Writer.Restore(record, call.Now, User(call));
        return Seen(record);
    }

    /// <summary>The page saves what stands in its text areas, as browsers send it.</summary>
    private static void AddLongTexts(SObject record, List<(SObjectField Field, object? Value)> values)
    {
        foreach (var field in record.Type.Fields.Where(field => field.Type is FieldType.LongTextArea or FieldType.TextArea))
        {
            var at = values.FindIndex(value => value.Field == field);
            if ((at < 0 ? record[field] : values[at].Value) is not string text)
                continue;
            var sent = text.Trim().ReplaceLineEndings("\r\n");
            if (at >= 0)
                values[at] = (field, sent);
            else if (sent != text)
                values.Add((field, sent));
        }
    }

    private static Answer Seen(SObject record) => Answer.Json(200, json => json.WriteString("id", record.Id));

    private void Commit(SObject record, long now, Action apply) => org.Commits.Begin(record, now, apply);

    private static void Refuse(SaveError? error)
    {
        if (error is not null)
            throw HubSpotRefusal.Validation($"{error.Code}: {error.Message}");
    }

    private SObject Find(HubSpotCall call)
    {
        var record = org.Find(call.Route("id")) ?? throw HubSpotRefusal.NotFound();
        var named = call.Route("type");
        return !record.IsDeleted && (Is(named, record.Type.Name) || Is(named, record.Type.Name + "s")) ? record : throw HubSpotRefusal.NotFound();

        static bool Is(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
    }

    private SObject User(HubSpotCall call) => call.BodyText("user") switch
    {
        "automation" => org.Users.Automation,
        "connector" => org.Users.Connector,
        { } user => org.Users.ByEmail(user) ?? (org.Find(user) is { Type.Name: "User" } known ? known
            : throw HubSpotRefusal.Validation("no user has this e-mail or id")),
        null => throw HubSpotRefusal.Validation("user must be a user's e-mail or id, automation or connector"),
    };

    private static long At(HubSpotCall call)
    {
        if (call.BodyText("at") is not { } text)
            return call.Now;
        return CrmLeadQualifier.Sandbox.Clock.Instant.TryRead(text, out var instant) && instant <= call.Now
            ? instant
            : throw HubSpotRefusal.Validation("at must be an instant that is not to come");
    }
}
