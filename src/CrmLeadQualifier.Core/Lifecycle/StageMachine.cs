namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>Decides stages (lifecycle and sync, sections 3, 6, 7 and 8): facts in, decisions out.</summary>
public static class StageMachine
{
    public static Decision Decide(DecisionInput input) => throw new InvalidOperationException("Being written.");
}
