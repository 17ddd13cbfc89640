using CrmLeadQualifier.Worker.Accounts;
using CrmLeadQualifier.Worker.Jobs;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace CrmLeadQualifier.Worker.ConsolePages;

internal sealed class RunsModel(RunsReader reader, JobTurns turns, Schedules schedules, IAuthorizationService authorization) : PageModel
{
    public RunsView View { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken cancellation) => View = await reader.ReadAsync(cancellation);

    /// <summary>The part that moves: the page fetches it again and again.</summary>
    public async Task<IActionResult> OnGetLiveAsync(CancellationToken cancellation) => Partial("_Runs", await reader.ReadAsync(cancellation));

    /// <summary>Lifts what keeps a job from its next turn, and starts that.</summary>
    public async Task<IActionResult> OnPostReleaseAsync(string name, CancellationToken cancellation)
    {
        if (!(await authorization.AuthorizeAsync(User, Policies.Admin)).Succeeded)
        {
            return Forbid();
        }

        if (!schedules.Next().ContainsKey(name))
        {
            return NotFound();
        }

        await turns.ReleaseAsync(name, cancellation);
        schedules.Trigger(name);
        return LocalRedirect("/runs");
    }
}
