using CrmLeadQualifier.Worker.Accounts;
using Hangfire;
using Hangfire.Common;
using Hangfire.Dashboard;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>Hangfire's own pages, behind the sign-in: admins act, everybody else looks on.</summary>
internal static class JobDashboard
{
    public const string Path = "/hangfire";

    public static void MapJobDashboard(this IEndpointRouteBuilder endpoints)
    {
        NavigationMenu.Items.Add(_ => new MenuItem("Runs", "/runs"));
        // With a policy, Hangfire's own filter (whoever seems to be local) is gone.
        endpoints.MapHangfireDashboardWithAuthorizationPolicy(Policies.SignedIn, Path, new DashboardOptions
        {
            AppPath = "/",
            DashboardTitle = "Jobs of CrmLeadQualifier",
            DisplayStorageConnectionString = false,
            DisplayNameFunc = (context, job) => NameOf(job, context.GetHttpContext().RequestServices.GetRequiredService<Schedules>()),
            IsReadOnlyFunc = context => !context.GetHttpContext().User.IsInRole(Roles.Admin),
        });
    }

    /// <summary>The job's name as everywhere else, made of its ids.</summary>
    private static string NameOf(Job job, Schedules schedules) => (job.Method.Name, job.Args.FirstOrDefault()) switch
    {
        (nameof(WorkerJobs.Sync), long connection) => JobNames.Sync(schedules.NameOf(connection)),
        (nameof(WorkerJobs.Reconcile), long connection) => JobNames.Reconcile(schedules.NameOf(connection)),
        (nameof(WorkerJobs.ScoreDue), int slot) => JobNames.ScoreDueOf(slot),
        (nameof(WorkerJobs.Watch), _) => JobNames.Watch,
        _ => job.ToString(),
    };
}
