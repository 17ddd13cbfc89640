using Hangfire.Common;
using Hangfire.States;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>
/// Keeps a failure's message and not where it was thrown, which tells an admin nothing: what was unforeseen has its stack trace in the log.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class WithoutStackTraceAttribute : JobFilterAttribute, IElectStateFilter
{
    public void OnStateElection(ElectStateContext context)
    {
        if (context.CandidateState is FailedState failed)
        {
            failed.MaxLinesInStackTrace = 0;
        }
    }
}
