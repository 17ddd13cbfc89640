using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>An exclusion: its value is 1 where it matches and is not lifted, else 0.</summary>
internal sealed class PlannedExclusion(string id, PlannedExclusionMatch matching, PlannedExclusionMatch? unless) : PlannedItem(id)
{
    public override long ValueAsOf(in LeadAsOf lead, in LeadMatches matches, out long next)
    {
        var matched = matching.Holds(in lead, in matches, out next);
        if (unless is null || (!matched && next == long.MaxValue))
        {
            return matched ? 1 : 0;
        }

        var lifted = unless.Holds(in lead, in matches, out var nextLifted);
        next = Math.Min(next, nextLifted);
        return matched && !lifted ? 1 : 0;
    }

    protected override long NextGrowth(in LeadAsOf lead, in LeadMatches matches)
    {
        ValueAsOf(in lead, in matches, out var next);
        return next;
    }
}

/// <summary>A condition on the lead, at least one matching activity, or both.</summary>
/// <param name="matcher">Null: no activity is asked for.</param>
internal sealed class PlannedExclusionMatch(CompiledCondition<LeadAsOf>? condition, ActivityMatcher? matcher)
{
    public static PlannedExclusionMatch Compile(ExclusionMatch match, LeadConditionCompiler conditions, ActivityMatcher? matcher) =>
        new(conditions.CompileOptional(match.If), matcher);

    /// <param name="next">The first later instant (milliseconds) at which the answer may be another.</param>
    public bool Holds(in LeadAsOf lead, in LeadMatches matches, out long next)
    {
        next = long.MaxValue;
        var holds = true;
        if (condition is not null)
        {
            holds = condition.Holds(in lead);
            if (condition.DependsOnTime)
            {
                next = condition.NextBoundary(in lead, lead.At);
            }
            else if (!holds)
            {
                return false;
            }
        }

        if (matcher is not null)
        {
            holds &= SomeActivity(in lead, in matches, ref next);
        }

        return holds;
    }

    private bool SomeActivity(in LeadAsOf lead, in LeadMatches matches, ref long next)
    {
        var matched = matches.Of(matcher!);
        var first = matches.FirstAsOf(lead.At);
        if (Places.LastBefore(matched, first) is >= 0 and var arrival)
        {
            next = Math.Min(next, matches.Activities[arrival].At.UnixMilliseconds);
        }

        var latest = Places.NextFrom(matched, first);
        if (latest < 0)
        {
            return false;
        }

        var happened = matches.Activities[latest].At.UnixMilliseconds;
        if (lead.At - happened >= matcher!.Within)
        {
            return false;
        }

        if (matcher.Within != long.MaxValue)
        {
            next = Math.Min(next, happened + matcher.Within);
        }

        return true;
    }
}
