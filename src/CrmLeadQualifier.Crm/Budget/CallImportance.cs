namespace CrmLeadQualifier.Crm.Budget;

/// <summary>What a call is for, most important first: where calls are few, this is the order in which they go (lifecycle and sync, section 9).</summary>
public enum CallImportance
{
    /// <summary>What sales said, and whose account it is: asked even of an account that is nearly used up.</summary>
    Verdicts,

    /// <summary>Deals, and writes that carry a stage or a hand-over.</summary>
    Stages,

    Contacts,

    Activities,

    /// <summary>Writes of scores alone.</summary>
    Scores,

    Reconcile,

    /// <summary>A first read: it may take days.</summary>
    History,
}
