using CrmLeadQualifier.Crm.Budget;

namespace CrmLeadQualifier.Salesforce.Http;

/// <summary>What a request is for: decides what a refusal means.</summary>
/// <param name="Subject">In words, for messages: <c>contacts</c>, <c>the update of leads</c>.</param>
/// <param name="Stream">The stream that alone is lost if Salesforce refuses; null: the connection cannot work without.</param>
/// <param name="IsWrite">The outcome must be known: not repeated once it may have been handled.</param>
internal sealed record CallContext(string Subject, string? Stream = null, bool IsWrite = false)
{
    /// <summary>What nothing else is said of is needed for everything: whose org it is, what its objects have, what sales said.</summary>
    public CallImportance Importance { get; init; } = (Stream ?? Subject) switch
    {
        "opportunities" => CallImportance.Stages,
        "leads" or "contacts" or "accounts" => CallImportance.Contacts,
        "tasks" or "events" or "campaign_members" or "email_messages" => CallImportance.Activities,
        "write jobs" => CallImportance.Scores,
        "query jobs" => CallImportance.History,
        _ => CallImportance.Verdicts,
    };
}
