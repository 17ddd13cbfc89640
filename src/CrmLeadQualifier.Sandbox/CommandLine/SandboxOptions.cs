using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.Limits;

namespace CrmLeadQualifier.Sandbox.CommandLine;

/// <summary>What the sandbox is started with.</summary>
internal sealed record SandboxOptions
{
    public const int DefaultContacts = 200;

    /// <summary>A file of leads to load; null: plausible people are made up.</summary>
    public string? Leads { get; init; }

    public int Contacts { get; init; } = DefaultContacts;

    /// <summary>So many made-up people more asked for a demo in the past year and were answered by the sales team.</summary>
    public int Answered { get; init; }

    /// <summary>Decides the made-up people, the token and the random faults.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>0: a free one.</summary>
    public int HubSpotPort { get; init; }

    /// <summary>0: a free one.</summary>
    public int SalesforcePort { get; init; }

    public Split Split { get; init; } = Split.HubSpot;

    /// <summary>How many forms the portal has at least, most of them without a submission.</summary>
    public int Forms { get; init; }

    /// <summary>Whether a third program copies between the two CRMs; needs both.</summary>
    public bool Connector { get; init; }

    /// <summary>Whether a simulated sales team answers.</summary>
    public bool Sales { get; init; }

    /// <summary>Whether that takes minutes instead of hours.</summary>
    public bool QuickSales { get; init; }

    public LimitTier Limits { get; init; } = LimitTier.Read("190")!;

    public TimeSpan Latency { get; init; }

    public IReadOnlyList<NamedFault> Faults { get; init; } = FaultList.None;

    public double FaultRate { get; init; }

    /// <summary>Where the clock starts; null: now.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>The longest time until search knows of a change.</summary>
    public TimeSpan IndexLag { get; init; } = TimeSpan.FromSeconds(5);
}
