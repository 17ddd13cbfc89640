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

    /// <summary>The relationship to a parent whose change changes what a row says; null: none.</summary>
    string? ChangesWith => null;

    /// <summary>The rows tie people to activities, and are all that tells of it: one that vanished ended the tie.</summary>
    bool TiesPeople => false;

    /// <summary>A field that an org has only if it has these rows at all; null: every org has them.</summary>
    (string SObject, string Field)? OnlyWith => null;

    /// <summary>Rows have an id and a stamp.</summary>
    ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation);
}
