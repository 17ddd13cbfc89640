using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Access;
using CrmLeadQualifier.Sandbox.Salesforce.Metadata;
using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>The org's faults that are more than a spoilt answer: which calls they fit, and what begins or happens beside a call.</summary>
internal sealed class OrgFaults(Org org, Sessions sessions)
{
    /// <summary>Whether a fault of a list is one that the emulated org has.</summary>
    public static bool Knows(FaultDescription fault) => fault.OrgOnly || fault.Kind is FaultKind.CutBefore or FaultKind.CutAfter or FaultKind.Html
        or FaultKind.Page or FaultKind.Empty or FaultKind.Truncated or FaultKind.TooMany or FaultKind.TooManyToday or FaultKind.ServerError
        or FaultKind.Unavailable or FaultKind.GatewayTimeout or FaultKind.Slow or FaultKind.TokenExpired or FaultKind.TokenRotation or FaultKind.Expired
        or FaultKind.ValidationRule or FaultKind.MergedIds or FaultKind.DeletedIds or FaultKind.AccountSwapped or FaultKind.AnotherWriter or FaultKind.PeopleEdit
        or FaultKind.Ties;

    /// <summary>Whether a call is one at which the fault can have its effect.</summary>
    public bool Fits(FaultKind fault, SalesforceCall call, SalesforceRoute? route) => fault switch
    {
        FaultKind.TokenExpired => route is { Open: false },
        FaultKind.QueryTimeout => call.Method == "GET" && (call.Path.EndsWith("/query", StringComparison.Ordinal) || call.Path.EndsWith("/queryAll", StringComparison.Ordinal)),
        FaultKind.LocatorLost => call.Method == "GET" && call.Path.Contains("/query/", StringComparison.Ordinal)
            && !call.Path.Contains("/jobs/", StringComparison.Ordinal),
        FaultKind.RowLocks => Rows(call).Count > 0,
        FaultKind.DeletedIds or FaultKind.PeopleEdit or FaultKind.RecordHeld or FaultKind.ApprovalLocked or FaultKind.AccessLost or FaultKind.TriggerFails
            or FaultKind.FlowFails => Free(call).Count > 0,
        FaultKind.MergedIds => Free(call) is [var one, var other, ..] && one.Type == other.Type,
        FaultKind.ConvertedIds => Free(call) is [{ Type.Name: "Lead" }, ..],
        _ => true,
    };

    /// <summary>The answer of a fault that keeps the call from being handled; null for the others.</summary>
    public static Answer? Instead(FaultKind fault) => fault switch
    {
        FaultKind.Html => Answer.Html(503, "Service Unavailable", "The service is temporarily unavailable"),
        FaultKind.GatewayTimeout => Answer.Html(504, "Gateway Time-out", "Gateway Time-out"),
        FaultKind.TooMany => SalesforceRefusal.Body(403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
        FaultKind.TooManyToday => SalesforceRefusal.Body(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
        FaultKind.ServerError or FaultKind.Unavailable => SalesforceRefusal.Body(503, "SERVER_UNAVAILABLE", "Server is temporarily unavailable"),
        FaultKind.QueryTimeout => SalesforceRefusal.Body(400, "QUERY_TIMEOUT", "Your query request was running for too long."),
        FaultKind.LocatorLost => SalesforceRefusal.Body(400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
        _ => null,
    };

    /// <summary>Lets a fault begin, or happen where it happens once.</summary>
    public void Begin(NamedFault fault, SalesforceCall call)
    {
        var argument = fault.Argument ?? "";
        switch (fault.Fault.Kind)
        {
            case FaultKind.TokenRotation:
                sessions.Rotates = true;
                break;
            case FaultKind.SharedActivities:
                SharedActivities.Enable(org);
                break;
            case FaultKind.RelationsVanish:
                org.Behaviours.RelationsVanish = true;
                break;
            case FaultKind.PageEdits:
                org.Behaviours.PageEditsRewriteTexts = true;
                break;
            case FaultKind.SlowQueue:
                org.Behaviours.QueueTakes = Number(fault) * 1_000;
                break;
            case FaultKind.SlowChunks:
                org.Behaviours.EveryChunkTakes = Number(fault) * 1_000;
                break;
            case FaultKind.CpuLimit:
                org.Behaviours.CpuLimitRows = (int)Number(fault);
                break;
            case FaultKind.SiblingLocks:
                org.Behaviours.SiblingLocks = true;
                break;
            case FaultKind.JobStops:
                org.Behaviours.NextJobStopsAfter = (int)Number(fault);
                break;
            case FaultKind.DuplicateAlert or FaultKind.DuplicateBlock:
                org.Behaviours.Duplicates = fault.Fault.Kind == FaultKind.DuplicateBlock ? DuplicateRule.Block : DuplicateRule.Alert;
                break;
            case FaultKind.ApiDisabled:
                org.Behaviours.ApiDisabled = true;
                break;
            case FaultKind.FieldHidden when Field(argument) is var (hiddenOf, hidden):
                org.Access.Close(hiddenOf.Name, hidden.Name, read: false, edit: false);
                break;
            case FaultKind.FieldReadOnly when Field(argument) is var (readOf, read):
                org.Access.Close(readOf.Name, read.Name, read: true, edit: false);
                break;
            case FaultKind.ChoiceDeactivated when argument.Split(':', 2) is [var path, var value] && Field(path) is var (_, choice):
                choice.Values.FindAll(known => known.Value == value).ForEach(known => choice.Values[choice.Values.IndexOf(known)] = known with { Active = false });
                break;
            case FaultKind.ValidationRule when Field("Lead." + argument) is var (ruled, required):
                org.Checks.AddRule(new ValidationRule(ruled, SoqlParser.ParseCondition(required.Name + " = null"), $"{required.Label} is required."));
                org.Setup.AddRule(ruled.Name, "Required_" + required.Name, $"{required.Label} is required.");
                break;
            case FaultKind.AccountSwapped:
                org.Users.Swap();
                break;
            case FaultKind.FieldRemoved:
                new Removals(org).Find("CustomField", argument)?.Invoke();
                break;
            case FaultKind.FieldShortened when argument.Split(':', 2) is [var path, var length] && Field(path) is var (of, text)
                && int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var most):
                Shorten(of, text, most);
                break;
            case FaultKind.HistoryUntracked:
                foreach (var tracked in org.Types.SelectMany(type => type.Fields))
                    tracked.TrackHistory = false;
                break;
            case FaultKind.SignInRefused:
                sessions.Refuse(argument);
                break;
            case FaultKind.Ties:
                StampAll(call.Now);
                break;
            case FaultKind.AnotherWriter:
                org.Behaviours.WrittenBack.Add(argument);
                break;
            case FaultKind.PeopleEdit when Free(call) is [var first, ..] && argument.Split(':', 2) is [var name, var entered] && first.Type.TryField(name, out var edited):
                // A moment before the write that is about to be handled.
                org.Writer.Update(first, [(edited, FieldValue.Read(edited, JsonSerializer.SerializeToElement(entered)))], call.Now - 1, call.Now - 1, UserOf(first));
                break;
            case FaultKind.RecordHeld when Free(call) is [var first, ..]:
                org.Checks.Lock(first.Id, long.MaxValue);
                break;
            case FaultKind.ApprovalLocked when Free(call) is [var first, ..]:
                org.Checks.Refuse(first.Id, SaveError.InApproval);
                break;
            case FaultKind.AccessLost when Free(call) is [var first, ..]:
                org.Checks.Refuse(first.Id, SaveError.ReadOnly);
                break;
            case FaultKind.TriggerFails when Free(call) is [var first, ..]:
                org.Behaviours.Breaking[first.Id] = OrgBehaviours.BrokenTrigger;
                break;
            case FaultKind.FlowFails when Free(call) is [var first, ..]:
                org.Behaviours.Breaking[first.Id] = OrgBehaviours.BrokenFlow;
                break;
            case FaultKind.DeletedIds when Free(call) is [var first, ..]:
                org.Writer.Delete(first, call.Now - 1, org.Users.Admin);
                break;
            case FaultKind.MergedIds when Free(call) is [var winner, var loser, ..]:
                RecordMerge.Merge(org, winner, loser, call.Now - 1, org.Users.Admin);
                break;
            case FaultKind.ConvertedIds when Free(call) is [var lead, ..]:
                LeadConversion.Convert(org, lead, null, null, call.Now - 1, org.Users.Admin);
                break;
        }
    }

    /// <summary>For the length of one call: every third of its rows is held.</summary>
    public void LockRows(SalesforceCall call)
    {
        var rows = Rows(call);
        for (var i = 0; i < rows.Count; i += 3)
            org.Checks.Lock(rows[i].Id, call.Now + 1);
    }

    /// <summary>The records of a collection's update that are there and open.</summary>
    private List<SObject> Rows(SalesforceCall call)
    {
        if (call.Method != "PATCH" || !call.Path.EndsWith("/composite/sobjects", StringComparison.Ordinal))
            return [];
        try
        {
            return !call.JsonObject.TryGetProperty("records", out var records) || records.ValueKind != JsonValueKind.Array ? []
                : [.. records.EnumerateArray().Select(row => org.Find(CollectionRoutes.IdOf(row))).OfType<SObject>()
                    .Where(row => !row.IsDeleted && !row.Flag("IsConverted", whenMissing: false))];
        }
        catch (Exception unreadable) when (unreadable is SalesforceRefusal or InvalidOperationException)
        {
            return [];
        }
    }

    /// <summary>Those of them that nothing else keeps from being saved, so that several faults meet several records.</summary>
    private List<SObject> Free(SalesforceCall call) =>
        Rows(call).FindAll(row => org.Checks.Changeable(row, call.Now) is null && org.Checks.Refused(row) is null && !org.Behaviours.Breaking.ContainsKey(row.Id));

    private SObject UserOf(SObject record) => org.Find(record.Text("OwnerId", null)) is { Type.Name: "User" } owner ? owner : org.Users.Admin;

    private void Shorten(SObjectType type, SObjectField field, int most)
    {
        field.Length = most;
        foreach (var record in org.Store(type).Ordered)
        {
            if (record[field] is string text && text.Length > most)
                org.Store(type).Set(record, field, text[..most].TrimEnd());
        }
    }

    /// <summary>A job of the org's own, such as the renaming of a choice: nobody modified the records, and their SystemModstamp moves.</summary>
    private void StampAll(long now)
    {
        foreach (var type in new[] { "Lead", "Contact" })
        {
            foreach (var record in org.Store(type).Ordered.Where(record => !record.IsDeleted))
                org.Store(type).Set(record, "SystemModstamp", SalesforceTime.Second(now));
        }
    }

    private (SObjectType Type, SObjectField Field)? Field(string path) =>
        path.Split('.') is [var of, var name] && org.FindType(of) is { } type && type.TryField(name, out var field) ? (type, field) : null;

    private static long Number(NamedFault fault) =>
        long.TryParse(fault.Argument, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : long.Parse(fault.Fault.Argument!, CultureInfo.InvariantCulture);
}
