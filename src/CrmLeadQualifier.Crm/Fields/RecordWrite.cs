using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Fields;

/// <summary>What is to be written on one record.</summary>
/// <param name="Fields">By the field's name; an empty text empties the field.</param>
public sealed record RecordWrite(string RecordId, IReadOnlyDictionary<string, string> Fields)
{
    /// <summary>The CRM's own lifecycle stage to set, by its id; null: left alone; empty: cleared, so that a later write may set an earlier stage.</summary>
    public string? Lifecycle { get; init; }

    /// <summary>The record's company: records of one company are best written side by side, since a CRM may lock it for each of them.</summary>
    public string? CompanyId { get; init; }
}

public enum WriteOutcome
{
    /// <summary>Written; <see cref="WriteResult.Stamp"/> is the record's new modification time where the answer carried it.</summary>
    Written,

    /// <summary>Refused for this record, with the CRM's words.</summary>
    Refused,

    /// <summary>The record is not there: deleted, or merged away and found under no other id.</summary>
    Gone,

    /// <summary>A Lead that was converted meanwhile: read-only from now on; a Contact stands for the person.</summary>
    Converted,

    /// <summary>Not written, and not by this record's fault: it still differs and is sent again.</summary>
    Again,
}

/// <param name="RecordId">As it was asked for; a merged record's present id is in <see cref="NewId"/>.</param>
public sealed record WriteResult(string RecordId, WriteOutcome Outcome)
{
    public Instant? Stamp { get; init; }

    public string? NewId { get; init; }

    /// <summary>The CRM's words, with values taken out: they may be personal.</summary>
    public string? Reason { get; init; }
}

/// <summary>One change of one field, from the CRM's own history.</summary>
/// <param name="Field">A name of <see cref="LeadField"/>, or <c>lifecycle</c>.</param>
/// <param name="Value">Normal form; empty: it was emptied.</param>
/// <param name="IsPerson">A person made it in the CRM, proven by the history; false for integrations, flows and imports.</param>
/// <param name="UserId">The user, where the history names one.</param>
/// <param name="Source">The CRM's word for where the change came from, such as <c>CRM_UI</c>.</param>
public sealed record FieldChange(string RecordId, string Field, string Value, Instant At, bool IsPerson, string? UserId, string Source)
{
    /// <summary>This connection's own integration made it.</summary>
    public bool IsOurs { get; init; }
}
