using System.Globalization;
using CrmLeadQualifier.Sandbox.Faults;
using CrmLeadQualifier.Sandbox.Salesforce.Access;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>Begins what a list of faults names for the org beside single calls: what lasts, and what happens once.</summary>
internal sealed class OrgFaults(Org org, Sessions sessions)
{
    public void Begin(NamedFault fault)
    {
        switch (fault.Fault.Kind)
        {
            case FaultKind.TokenRotation:
                sessions.Rotates = true;
                break;
            case FaultKind.SharedActivities:
                SharedActivities.Enable(org);
                break;
            case FaultKind.RelationsVanish:
                org.Behaviours.RelationsVanish = true;
                break;
            case FaultKind.SlowChunks:
                org.Behaviours.EveryChunkTakes = Number(fault) * 1_000;
                break;
            case FaultKind.CpuLimit:
                org.Behaviours.CpuLimitRows = (int)Number(fault);
                break;
            case FaultKind.SiblingLocks:
                org.Behaviours.SiblingLocks = true;
                break;
            case FaultKind.JobStops:
                org.Behaviours.NextJobStopsAfter = (int)Number(fault);
                break;
        }
    }

    private static long Number(NamedFault fault) =>
        long.TryParse(fault.Argument, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : long.Parse(fault.Fault.Argument!, CultureInfo.InvariantCulture);
}
