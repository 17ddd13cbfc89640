namespace CrmLeadQualifier.Sandbox.Sales;

/// <summary>Where a sales team works: one of the CRMs.</summary>
internal interface ISalesDesk
{
    string Name { get; }

    /// <summary>The reasons that a rejection may have; empty: none can be given.</summary>
    IReadOnlyList<string> Reasons { get; }

    /// <summary>Whether a lead can be accepted before it is qualified.</summary>
    bool TwoSteps { get; }

    /// <summary>Leads that were handed over, have somebody to answer for them, and no verdict yet.</summary>
    IEnumerable<HandedOver> Waiting();

    /// <summary>How many people work at the person's company; null: nobody knows.</summary>
    int? Employees(string id);

    /// <summary>The owner calls the person.</summary>
    void Call(string id, string outcome, int seconds, long at, long now);

    /// <summary>The owner enters a verdict, unless the lead was withdrawn or answered by somebody else meanwhile.</summary>
    void Answer(string id, string verdict, string? reason, long at, long now);
}

internal readonly record struct HandedOver(string Id, long At);
