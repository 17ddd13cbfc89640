using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm;

/// <summary>A task for the owner of a person record, in the CRM that sales works in.</summary>
/// <param name="PersonObject">One of <see cref="ICrm.PersonObjects"/>.</param>
/// <param name="OwnerId">As the record's owner field holds it.</param>
/// <param name="Subject">One line; with the record it tells the task from every other.</param>
/// <param name="DueAt">When it is to be done.</param>
public sealed record OwnerTask(string PersonObject, string RecordId, string OwnerId, string Subject, string Body, Instant DueAt)
{
    /// <summary>It may have been made already, by a process that did not live to say so: the record's tasks are looked at first, and one with this subject is taken for it.</summary>
    public bool MayBeThere { get; init; }
}
