using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>One decision being made: the input, the state as the facts so far left it, and the rows and notes so far.</summary>
internal sealed class StageRun
{
    private readonly List<Transition> _transitions = [];
    private readonly List<string> _notes = [];

    public StageRun(DecisionInput input)
    {
        Input = input;
        State = input.State;
        IsFirst = input.IsBaseline && input.State.ScoringFingerprint is null;
    }

    public DecisionInput Input { get; }

    public Definition Definition => Input.Definition;

    public LeadState State { get; set; }

    /// <summary>The lead's first decision, a baseline: no row of it has another cause, and there is no hand-over.</summary>
    public bool IsFirst { get; }

    public IReadOnlyList<Transition> Transitions => _transitions;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The latest verdict that an earlier decision applied, in this hand-over or the one before; a fact before it is late.</summary>
    public Instant? LastVerdictAt => Input.State.Verdict?.At ?? Input.State.PreviousVerdict?.At;

    /// <summary>A fact from before the last change of stage and before a verdict that an earlier decision applied: kept, not applied.</summary>
    public bool IsTooLate(Instant at) => at < Input.State.StageSince && at < LastVerdictAt;

    /// <summary>
    /// Writes the row and takes the new stage, without what belonged to the old one: hold, cool-down, wait for a release. The row of a late fact has
    /// the fact's own instant; the stage lasts since the change before it at the earliest, so that no fact from between the two counts again.
    /// </summary>
    public void Move(Stage to, Instant at, string cause)
    {
        _transitions.Add(new Transition(State.Stage, to, at, IsFirst ? TransitionCause.Baseline : cause));
        State = State with
        {
            Stage = to,
            StageSince = Instant.Latest(at, State.StageSince ?? at),
            IsHeld = false,
            HeldSince = null,
            CoolDownUntil = null,
            IsRecontact = false,
            NeedsRelease = false,
        };
    }

    /// <summary>A change of stage that rests until a cool-down's end.</summary>
    public void Recycle(Instant at, string cause, Instant coolDownUntil, bool isRecontact = false)
    {
        Move(Stage.Recycled, at, cause);
        State = State with { CoolDownUntil = coolDownUntil, IsRecontact = isRecontact };
    }

    public void Note(string note)
    {
        if (!_notes.Contains(note))
        {
            _notes.Add(note);
        }
    }
}
