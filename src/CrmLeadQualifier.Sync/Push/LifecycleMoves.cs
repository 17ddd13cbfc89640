using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>
/// Which of the account's own lifecycle stages a transition sets (lifecycle and sync, section 5, rule 2). The account's own order decides: a stage further on stops our write.
/// </summary>
internal sealed class LifecycleMoves(ConnectionSession session)
{
    private static readonly Dictionary<string, string> HubSpotStages = new()
    {
        [Stage.Mql.Word()] = "marketingqualifiedlead",
        [Stage.Sql.Word()] = "salesqualifiedlead",
    };

    private readonly ConnectionSettings _settings = session.Settings;
    private IReadOnlyList<LifecycleStage>? _order;

    /// <summary>The account's own stage that one of ours stands for; null: none.</summary>
    public static string? PortalStage(ConnectionSettings settings, bool isHubSpot, Stage stage) =>
        settings.LifecycleStages.GetValueOrDefault(stage.Word()) ?? (isHubSpot ? HubSpotStages.GetValueOrDefault(stage.Word()) : null);

    /// <summary>What to do for a record that stands at <paramref name="present"/>.</summary>
    /// <param name="due">Our stage whose transition moves the lifecycle.</param>
    public async Task<LifecycleMove> DecideAsync(string due, string? present, CancellationToken cancellation)
    {
        var target = _settings.LifecycleStages.GetValueOrDefault(due) ?? (session.Crm.Kind == CrmKind.HubSpot ? HubSpotStages.GetValueOrDefault(due) : null);
        if (target is null)
        {
            // Salesforce has no lifecycle but the Lead.Status that an admin maps, or not.
            return LifecycleMove.None(session.Crm.Kind == CrmKind.Salesforce ? null : "no lifecycle stage is mapped for it");
        }

        if (target == present)
        {
            return LifecycleMove.None(null);
        }

        _order ??= await session.Crm.GetLifecycleAsync(cancellation);
        var (from, to) = (PlaceOf(present), PlaceOf(target));
        if (to == int.MaxValue)
        {
            return LifecycleMove.None($"the account has no lifecycle stage {target}");
        }

        if (from <= to)
        {
            return LifecycleMove.Set(target);
        }

        return due == Stage.Recycled.Word() && _settings.AllowBackward
            ? LifecycleMove.Back(target)
            : LifecycleMove.None($"the record is further on: {present}");
    }

    /// <summary>The stage's place in the account's order; -1 for none. One that the account does not list counts as further on than all: whoever set it knew why.</summary>
    private int PlaceOf(string? stage)
    {
        if (string.IsNullOrEmpty(stage))
        {
            return -1;
        }

        for (var place = 0; place < _order!.Count; place++)
        {
            if (_order[place].Id == stage)
            {
                return place;
            }
        }

        return int.MaxValue;
    }
}

/// <param name="Target">The stage to set; null: nothing is written.</param>
/// <param name="IsBackward">The CRM only moves forward: it is cleared first, in a request of its own.</param>
/// <param name="WhyNot">Why nothing is written, where that is worth saying.</param>
internal readonly record struct LifecycleMove(string? Target, bool IsBackward, string? WhyNot)
{
    public static LifecycleMove Set(string target) => new(target, false, null);

    public static LifecycleMove Back(string target) => new(target, true, null);

    public static LifecycleMove None(string? whyNot) => new(null, false, whyNot);
}
