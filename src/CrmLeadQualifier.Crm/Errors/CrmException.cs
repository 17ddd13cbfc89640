namespace CrmLeadQualifier.Crm.Errors;

/// <summary>A CRM's refusal, typed by what to do about it. Messages carry the CRM's words but neither secrets nor personal data.</summary>
public abstract class CrmException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>It may go well later: the network, a rate limit, a fault of the CRM's. The run stops here and its next turn goes on.</summary>
/// <param name="notBefore">How long to leave the CRM alone; zero: no longer than the next turn.</param>
public class RetriableCrmException(string message, TimeSpan notBefore, Exception? inner = null) : CrmException(message, inner)
{
    public TimeSpan NotBefore { get; } = notBefore;
}

/// <summary>A write left and no answer came: it may have been carried out. Settled by reading the records.</summary>
public sealed class UnknownOutcomeException(string message, Exception? inner = null) : RetriableCrmException(message, TimeSpan.Zero, inner);

/// <summary>The connection stops until an admin acts.</summary>
/// <param name="advice">What the admin has to do, as a sentence.</param>
public sealed class FatalCrmException(string message, string advice, Exception? inner = null) : CrmException(message, inner)
{
    public string Advice { get; } = advice;

    /// <summary>What happened and what to do about it, as two sentences.</summary>
    public string WithAdvice => $"{Message.TrimEnd('.')}. {Advice}";
}

/// <summary>The plan, the edition or the scopes do not give this stream. It is switched off with a notice and tried again daily.</summary>
public sealed class StreamRefusedException(string stream, string message, string advice) : CrmException(message)
{
    public string Stream { get; } = stream;

    public string Advice { get; } = advice;

    /// <inheritdoc cref="FatalCrmException.WithAdvice"/>
    public string WithAdvice => $"{Message.TrimEnd('.')}. {Advice}";
}

/// <summary>A record's own fault: it is quarantined with the CRM's words, the others go on.</summary>
public sealed class SkippableRecordException(string recordId, string message) : CrmException(message)
{
    public string RecordId { get; } = recordId;
}

/// <summary>A batch was refused as a whole and nothing of it was written: it is bisected until the guilty records are found.</summary>
/// <param name="unknownFields">Our fields that the CRM does not have: provisioning is to be run again. Empty: the fault is some record's.</param>
public sealed class BatchRefusedException(string message, IReadOnlyList<string> unknownFields) : CrmException(message)
{
    public IReadOnlyList<string> UnknownFields { get; } = unknownFields;
}

/// <summary>
/// The calls that this kind of work may take of the account are used up: our share of the day, or what is left to others. What matters more may still go on.
/// </summary>
public sealed class BudgetSpentException(string message, TimeSpan notBefore) : RetriableCrmException(message, notBefore);
