namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>Whether a client is to end where it would have without the fault.</summary>
internal enum FaultClass
{
    /// <summary>It passes: whoever tries again ends where an undisturbed client ends.</summary>
    Transient,

    /// <summary>It stays until somebody acts, and the client must say so.</summary>
    Permanent,

    /// <summary>No fault at all: what a real portal does beside the client.</summary>
    Situation,
}

/// <summary>When a fault has its effect.</summary>
internal enum FaultSpan
{
    /// <summary>On single calls: at a given one, or at random.</summary>
    Call,

    /// <summary>On single calls, at a given one only: too much for chance.</summary>
    PlannedCall,

    /// <summary>Once, at the first call that it fits.</summary>
    Once,

    /// <summary>From a call on, or from the start.</summary>
    Lasting,
}

/// <summary>A fault by its name in <c>--faults</c>.</summary>
/// <param name="Argument">What its argument is where none is given; null: it takes none.</param>
/// <param name="OrgOnly">Whether only Salesforce has it.</param>
internal sealed record FaultDescription(string Name, FaultKind Kind, FaultClass Class, FaultSpan Span, string? Argument = null,
    bool OrgOnly = false);

internal static class FaultCatalogue
{
    public static readonly IReadOnlyList<FaultDescription> All =
    [
        Call("cut-before", FaultKind.CutBefore), Call("cut-after", FaultKind.CutAfter), Call("html", FaultKind.Html), Call("page", FaultKind.Page),
        Call("empty", FaultKind.Empty), Call("truncated", FaultKind.Truncated), Call("429", FaultKind.TooMany),
        Call("429-retry-after", FaultKind.TooManyRetryAfter),
        new("429-daily", FaultKind.TooManyToday, FaultClass.Transient, FaultSpan.PlannedCall), Call("423", FaultKind.Locked),
        Call("477", FaultKind.Migrating), Call("500", FaultKind.ServerError), Call("503", FaultKind.Unavailable), Call("504", FaultKind.GatewayTimeout),
        Call("504-applied-later", FaultKind.AppliedLater), Call("slow", FaultKind.Slow), Call("numbers", FaultKind.Numbers),
        Call("short-page", FaultKind.ShortPage), Call("empty-page", FaultKind.EmptyPage), Call("outside-window", FaultKind.OutsideWindow),
        Call("token-expired", FaultKind.TokenExpired),
        Lasting("token-rotation", FaultKind.TokenRotation, FaultClass.Transient), Lasting("search-lag", FaultKind.SearchLag, FaultClass.Transient),
        Lasting("ties", FaultKind.Ties, FaultClass.Transient), Lasting("webhook-duplicates", FaultKind.WebhookDuplicates, FaultClass.Transient),
        Lasting("webhook-disorder", FaultKind.WebhookDisorder, FaultClass.Transient),
        OfOrg("query-timeout", FaultKind.QueryTimeout, FaultClass.Transient, FaultSpan.Call),
        OfOrg("locator-lost", FaultKind.LocatorLost, FaultClass.Transient, FaultSpan.Call),
        OfOrg("row-locks", FaultKind.RowLocks, FaultClass.Transient, FaultSpan.Call),
        OfOrg("cpu-limit", FaultKind.CpuLimit, FaultClass.Transient, FaultSpan.Lasting, "50"),
        OfOrg("sibling-locks", FaultKind.SiblingLocks, FaultClass.Transient, FaultSpan.Lasting),
        OfOrg("job-stops", FaultKind.JobStops, FaultClass.Transient, FaultSpan.Once, "400"),
        new("401", FaultKind.Expired, FaultClass.Permanent, FaultSpan.PlannedCall), new("number", FaultKind.Number, FaultClass.Permanent,
            FaultSpan.PlannedCall),
        Lasting("missing-scope", FaultKind.MissingScope, FaultClass.Permanent, "forms"),
        Lasting("events-forbidden", FaultKind.EventsForbidden, FaultClass.Permanent),
        Lasting("events-empty", FaultKind.EventsEmpty, FaultClass.Permanent),
        Lasting("property-removed", FaultKind.PropertyRemoved, FaultClass.Permanent, "lq_score"),
        Lasting("option-removed", FaultKind.OptionRemoved, FaultClass.Permanent, "lq_status:qualified"),
        Lasting("validation-rule", FaultKind.ValidationRule, FaultClass.Permanent, "city"),
        Lasting("duplicate-id", FaultKind.DuplicateId, FaultClass.Permanent),
        Once("merged-ids", FaultKind.MergedIds, FaultClass.Permanent), Once("deleted-ids", FaultKind.DeletedIds, FaultClass.Permanent),
        Lasting("property-limit", FaultKind.PropertyLimit, FaultClass.Permanent, "10"),
        Lasting("account-swapped", FaultKind.AccountSwapped, FaultClass.Permanent),
        Lasting("another-writer", FaultKind.AnotherWriter, FaultClass.Permanent, "lq_score"),
        Once("people-edit", FaultKind.PeopleEdit, FaultClass.Permanent, "lifecyclestage:salesqualifiedlead"),
        OfOrg("converted-ids", FaultKind.ConvertedIds, FaultClass.Permanent, FaultSpan.Once),
        OfOrg("field-hidden", FaultKind.FieldHidden, FaultClass.Permanent, FaultSpan.Lasting, "Lead.Industry"),
        OfOrg("field-read-only", FaultKind.FieldReadOnly, FaultClass.Permanent, FaultSpan.Lasting, "Lead.LQ_Score__c"),
        OfOrg("duplicate-alert", FaultKind.DuplicateAlert, FaultClass.Permanent, FaultSpan.Lasting),
        OfOrg("duplicate-block", FaultKind.DuplicateBlock, FaultClass.Permanent, FaultSpan.Lasting),
        OfOrg("choice-deactivated", FaultKind.ChoiceDeactivated, FaultClass.Permanent, FaultSpan.Lasting, "Lead.LQ_Status__c:qualified"),
        OfOrg("api-disabled", FaultKind.ApiDisabled, FaultClass.Permanent, FaultSpan.Lasting),
        OfOrg("sign-in-refused", FaultKind.SignInRefused, FaultClass.Permanent, FaultSpan.Lasting, "invalid_client"),
        OfOrg("field-removed", FaultKind.FieldRemoved, FaultClass.Permanent, FaultSpan.Lasting, "Lead.LQ_Score__c"),
        OfOrg("field-shortened", FaultKind.FieldShortened, FaultClass.Permanent, FaultSpan.Lasting, "Lead.LQ_Reasons__c:40"),
        OfOrg("history-untracked", FaultKind.HistoryUntracked, FaultClass.Permanent, FaultSpan.Lasting),
        OfOrg("record-held", FaultKind.RecordHeld, FaultClass.Permanent, FaultSpan.Once),
        OfOrg("approval-locked", FaultKind.ApprovalLocked, FaultClass.Permanent, FaultSpan.Once),
        OfOrg("access-lost", FaultKind.AccessLost, FaultClass.Permanent, FaultSpan.Once),
        OfOrg("trigger-fails", FaultKind.TriggerFails, FaultClass.Permanent, FaultSpan.Once),
        OfOrg("flow-fails", FaultKind.FlowFails, FaultClass.Permanent, FaultSpan.Once),
        Once("list-moves", FaultKind.ListMoves, FaultClass.Situation), Lasting("late-views", FaultKind.LateViews, FaultClass.Situation),
        Lasting("company-lifecycle-sync", FaultKind.CompanyLifecycleSync, FaultClass.Situation),
        OfOrg("page-edits", FaultKind.PageEdits, FaultClass.Situation, FaultSpan.Lasting),
        OfOrg("slow-queue", FaultKind.SlowQueue, FaultClass.Situation, FaultSpan.Lasting, "60"),
        OfOrg("slow-chunks", FaultKind.SlowChunks, FaultClass.Situation, FaultSpan.Lasting, "8"),
        OfOrg("shared-activities", FaultKind.SharedActivities, FaultClass.Situation, FaultSpan.Lasting),
        OfOrg("relations-vanish", FaultKind.RelationsVanish, FaultClass.Situation, FaultSpan.Lasting),
    ];

    public static string NameOf(FaultKind kind) => All.First(fault => fault.Kind == kind).Name;

    public static FaultDescription? Find(string name) => All.FirstOrDefault(fault => fault.Name == name);

    private static FaultDescription Call(string name, FaultKind kind) => new(name, kind, FaultClass.Transient, FaultSpan.Call);

    private static FaultDescription OfOrg(string name, FaultKind kind, FaultClass @class, FaultSpan span, string? argument = null) =>
        new(name, kind, @class, span, argument, OrgOnly: true);

    private static FaultDescription Once(string name, FaultKind kind, FaultClass @class, string? argument = null) =>
        new(name, kind, @class, FaultSpan.Once, argument);

    private static FaultDescription Lasting(string name, FaultKind kind, FaultClass @class, string? argument = null) =>
        new(name, kind, @class, FaultSpan.Lasting, argument);
}
