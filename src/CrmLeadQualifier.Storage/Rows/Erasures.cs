namespace CrmLeadQualifier.Storage.Rows;

/// <summary>Takes personal data out of the ledger for good.</summary>
public interface IErasureRows
{
    /// <summary>
    /// Erases what is held of these records: attributes and their history, addresses and other keys, fields, activities, comments, what was written, explanations, names in stored reports. What stays are ids, instants,
    /// stages, verdicts without their words, and counts: no report changes by it. The records are gone, and parked with the reason given; their leads are marked due. Doing it again changes nothing.
    /// </summary>
    Task EraseAsync(IReadOnlyCollection<long> recordIds, string parked);
}
