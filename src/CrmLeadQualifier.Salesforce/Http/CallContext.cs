namespace CrmLeadQualifier.Salesforce.Http;

/// <summary>What a request is for: decides what a refusal means.</summary>
/// <param name="Subject">In words, for messages: <c>contacts</c>, <c>the update of leads</c>.</param>
/// <param name="Stream">The stream that alone is lost if Salesforce refuses; null: the connection cannot work without.</param>
/// <param name="IsWrite">The outcome must be known: not repeated once it may have been handled.</param>
internal sealed record CallContext(string Subject, string? Stream = null, bool IsWrite = false);
