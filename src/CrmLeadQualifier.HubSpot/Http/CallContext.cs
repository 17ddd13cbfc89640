using CrmLeadQualifier.Crm.Budget;

namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>What a request is for: decides what a refusal means, and whether it goes where calls are few.</summary>
/// <param name="Subject">In words, for messages: <c>contacts</c>, <c>batch update of contacts</c>.</param>
/// <param name="Stream">The stream that alone is lost if HubSpot refuses; null: the connection cannot work without.</param>
/// <param name="IsWrite">The outcome must be known: not repeated once it may have been handled.</param>
/// <param name="Lane">Which of HubSpot's limits it meets.</param>
internal sealed record CallContext(string Subject, string? Stream = null, bool IsWrite = false, CallLane Lane = CallLane.Ordinary)
{
    /// <summary>What nothing else is said of is needed for everything: whose account it is, what properties it has.</summary>
    public CallImportance Importance { get; init; } = CallImportance.Verdicts;

    /// <summary>Part of a chain in which each request needs the answer to the one before, longer than the others: of equal importance it goes first, or it goes on alone when all others are done.</summary>
    public bool IsLongest { get; init; }
}

/// <summary>The kinds of requests that HubSpot limits apart.</summary>
internal enum CallLane
{
    /// <summary>The burst limit of ten seconds.</summary>
    Ordinary,

    /// <summary>A limit of their own, by the second, and no other.</summary>
    Search,

    /// <summary>The burst limit, and a lower one of their own.</summary>
    Associations,
}
