using CrmLeadQualifier.Salesforce.Api;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>What a stream selects and makes of the rows.</summary>
internal interface IRowReader
{
    /// <summary>The object's API name.</summary>
    string SObject { get; }

    /// <summary>What is selected as far as the org describes it; beside Id, IsDeleted and SystemModstamp.</summary>
    IReadOnlyList<string> Fields { get; }

    /// <summary>What narrows the first read; changes are read whatever they are.</summary>
    string? FirstReadCondition => null;

    /// <summary>Old rows are archived: only queryAll brings them.</summary>
    bool IsArchived => false;

    /// <summary>The activities of a row that was deleted, where a deletion may leave no row behind that a query shows; none: it always does.</summary>
    IReadOnlyList<string> ActivitiesOf(string rowId) => [];

    /// <summary>What is read again, whole, where a row vanished of which only its id is told; null: <see cref="ActivitiesOf"/> says what goes with it.</summary>
    ObjectStream? ReadAgain => null;

    /// <summary>Whether deletions may leave no row behind: then they are asked for by themselves, every night.</summary>
    bool MayVanish => false;

    /// <summary>Rows have an id and a stamp.</summary>
    ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation);
}
