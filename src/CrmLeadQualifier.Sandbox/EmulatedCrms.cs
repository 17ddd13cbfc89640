using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.Connector;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.Sales;
using CrmLeadQualifier.Sandbox.Salesforce;

namespace CrmLeadQualifier.Sandbox;

/// <summary>The CRMs that were started, under one clock. One call, whichever CRM it is for, sees and changes them at a time: <see cref="Gate"/>.</summary>
internal sealed class EmulatedCrms(SandboxClock clock, Lock gate, Portal? portal, Org? org)
{
    public SandboxClock Clock => clock;

    public Lock Gate => gate;

    /// <summary>Null: not started.</summary>
    public Portal? Portal => portal;

    /// <summary>Null: not started.</summary>
    public Org? Org => org;

    /// <summary>Null: nobody copies between the two.</summary>
    public NativeConnector? Connector { get; init; }

    /// <summary>Null: nobody answers.</summary>
    public SalesTeam? Sales { get; init; }

    /// <summary>Lets everything happen that is due by <paramref name="now"/>.</summary>
    public void Settle(long now)
    {
        portal?.Settle(now);
        org?.Settle(now);
        Sales?.Work(now);
        Connector?.Work(now);
    }
}
