using CrmLeadQualifier.Worker.Accounts;
using Hangfire;
using Hangfire.Dashboard;

namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>Hangfire's own pages, behind the sign-in: admins act, everybody else looks on.</summary>
internal static class JobDashboard
{
    public const string Path = "/hangfire";

    public static void MapJobDashboard(this IEndpointRouteBuilder endpoints)
    {
        NavigationMenu.Items.Add(page => new MenuItem("Runs", page.Url.To("/../runs")));
        // With a policy, Hangfire's own filter (whoever seems to be local) is gone.
        endpoints.MapHangfireDashboardWithAuthorizationPolicy(Policies.SignedIn, Path, new DashboardOptions
        {
            AppPath = "/",
            DashboardTitle = "Jobs of CrmLeadQualifier",
            DisplayStorageConnectionString = false,
            IsReadOnlyFunc = context => !context.GetHttpContext().User.IsInRole(Roles.Admin),
        });
    }
}
