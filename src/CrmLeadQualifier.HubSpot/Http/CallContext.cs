namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>What a request is for: decides what a refusal means.</summary>
/// <param name="Subject">In words, for messages: <c>contacts</c>, <c>batch update of contacts</c>.</param>
/// <param name="Stream">The stream that alone is lost if HubSpot refuses; null: the connection cannot work without.</param>
/// <param name="IsWrite">The outcome must be known: not repeated once it may have been handled.</param>
/// <param name="IsSearch">Has a rate limit of its own.</param>
internal sealed record CallContext(string Subject, string? Stream = null, bool IsWrite = false, bool IsSearch = false);
