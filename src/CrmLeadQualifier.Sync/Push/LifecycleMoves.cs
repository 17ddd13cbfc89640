using System.Globalization;
using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
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
    private readonly Dictionary<string, int> _withheld = [];
    private IReadOnlyList<LifecycleStage>? _order;
    private int _movedBack;

    /// <summary>The account's own stage that one of ours stands for; null: none.</summary>
    public static string? PortalStage(ConnectionSettings settings, bool isHubSpot, Stage stage) => PortalStage(settings, isHubSpot, stage.Word());

    private static string? PortalStage(ConnectionSettings settings, bool isHubSpot, string stage) =>
        settings.LifecycleStages.GetValueOrDefault(stage) ?? (isHubSpot ? HubSpotStages.GetValueOrDefault(stage) : null);

    /// <summary>What to do for a record that stands at <paramref name="present"/>.</summary>
    /// <param name="due">Our stage whose transition moves the lifecycle.</param>
    public async Task<LifecycleMove> DecideAsync(string due, string? present, CancellationToken cancellation)
    {
        var move = await MoveAsync(due, present, cancellation);
        if (move.WhyNot is { } why)
        {
            _withheld[why] = _withheld.GetValueOrDefault(why) + 1;
        }

        return move;
    }

    private async Task<LifecycleMove> MoveAsync(string due, string? present, CancellationToken cancellation)
    {
        var target = PortalStage(_settings, session.Crm.Kind == CrmKind.HubSpot, due);
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

    /// <summary>A CRM whose lifecycle only moves forward takes an earlier stage only after it was cleared, in a request of its own.</summary>
    public async Task ClearAsync(string personObject, IReadOnlyList<PreparedWrite> batch, CancellationToken cancellation)
    {
        var clear = batch.Where(write => write.ClearsLifecycle).Select(write => new RecordWrite(write.Record.ExternalId, new Dictionary<string, string>()) { Lifecycle = "" }).ToList();
        if (clear.Count > 0)
        {
            await session.Crm.WriteAsync(personObject, clear, cancellation);
        }
    }

    /// <summary>A refused move back is answered like one that was made: only reading tells, and whoever moved the record meanwhile wins.</summary>
    public async Task ReadBackAsync(string personObject, IReadOnlyList<PreparedWrite> batch, CancellationToken cancellation)
    {
        var moved = batch.Where(write => write.ClearsLifecycle).ToDictionary(write => write.Record.ExternalId);
        if (moved.Count == 0)
        {
            return;
        }

        var now = await session.Crm.ReadRecordsAsync(personObject, [.. moved.Keys], cancellation);
        var stayed = now.Where(record => moved.ContainsKey(record.Id) && record.Lifecycle != moved[record.Id].Lifecycle).ToDictionary(record => record.Id);
        Interlocked.Add(ref _movedBack, moved.Count - stayed.Count);
        if (stayed.Count == 0)
        {
            return;
        }

        await using var transaction = await session.BeginAsync(cancellation);
        var rows = await transaction.Records.GetAsync(session.Connection.Id, personObject, stayed.Keys);
        await transaction.Records.SaveAsync([.. rows.Select(row => row with { Lifecycle = stayed[row.ExternalId].Lifecycle })]);
        await transaction.CommitAsync(cancellation);
        session.Failures.AddRange(stayed.Values.Select(record =>
            $"{session.Connection.Name}: {record.Object} {record.Id}: its lifecycle was to go back to {moved[record.Id].Lifecycle} and is {record.Lifecycle ?? "empty"}: look at it in the CRM"));
    }

    /// <summary>Says what was left alone, and what was moved back.</summary>
    public void Tell()
    {
        foreach (var (why, records) in _withheld)
        {
            session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: the CRM's lifecycle was left alone on {records} record(s): {why}"));
        }

        if (_movedBack > 0)
        {
            session.Notices.Add(string.Create(CultureInfo.InvariantCulture, $"{session.Connection.Name}: the CRM's lifecycle was moved back on {_movedBack} record(s), as AllowBackward allows"));
        }
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
