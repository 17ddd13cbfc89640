using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>Where an activity attribute stands, by kind; in kinds that do not have it, it is unknown.</summary>
internal sealed class ActivityAttribute
{
    private const byte Absent = byte.MaxValue;

    private readonly byte[] _places;

    public ActivityAttribute(string name)
    {
        Type = ActivityKind.TypeOf(name);
        _places = [.. ActivityKind.All.Select(kind => kind.Attributes.ToList().IndexOf(name) is >= 0 and var place ? (byte)place : Absent)];
        if (Array.TrueForAll(_places, place => place == Absent))
        {
            throw new ArgumentException($"No kind of activity has an attribute '{name}'.", nameof(name));
        }
    }

    public AttributeType Type { get; }

    /// <summary>The folded text; null if unknown.</summary>
    public string? TextOf(in ActivityFact activity) => _places[activity.Kind.Index] switch
    {
        0 => activity.Text0,
        1 => activity.Text1,
        2 => activity.Text2,
        _ => null,
    };

    /// <summary>The number; NaN if unknown. <c>duration_seconds</c> is the only one.</summary>
    public double NumberOf(in ActivityFact activity) => _places[activity.Kind.Index] == Absent ? double.NaN : activity.DurationSeconds;

    public bool IsKnown(in ActivityFact activity) =>
        Type == AttributeType.Number ? !double.IsNaN(NumberOf(in activity)) : TextOf(in activity) is not null;

    /// <summary>Whether two activities have the same known value.</summary>
    public bool SameValue(in ActivityFact a, in ActivityFact b)
    {
        if (Type == AttributeType.Number)
        {
            // NaN, which is unknown, equals nothing.
            return NumberOf(in a) == NumberOf(in b);
        }

        return TextOf(in a) is { } text && string.Equals(text, TextOf(in b));
    }
}

/// <summary>Compiles conditions on an activity's attributes: <c>where</c>.</summary>
internal sealed class ActivityConditionCompiler : ConditionCompiler<ActivityFact>
{
    public static readonly ActivityConditionCompiler Instance = new();

    protected override CompiledCondition<ActivityFact> CompileTest(SubjectCondition subject, Test test)
    {
        var attribute = new ActivityAttribute(subject.Subject);
        return (test.Operator, attribute.Type) switch
        {
            (Operator.Known, _) => new ActivityKnown(attribute, test.Booleans[0]),
            (_, AttributeType.Number) => new ActivityNumber(attribute, new(test.Operator, test.Numbers)),
            _ => TextTests.Compile(test, new OnText(attribute)),
        };
    }

    private sealed class OnText(ActivityAttribute attribute) : ITextTestUse<CompiledCondition<ActivityFact>>
    {
        public CompiledCondition<ActivityFact> Use<TTest>(TTest test, bool negated)
            where TTest : struct, ITextTest => new ActivityText<TTest>(attribute, test, negated);
    }
}

internal sealed class ActivityKnown(ActivityAttribute attribute, bool known) : CompiledCondition<ActivityFact>
{
    public override bool Holds(in ActivityFact activity) => attribute.IsKnown(in activity) == known;
}

internal sealed class ActivityText<TTest>(ActivityAttribute attribute, TTest test, bool negated) : CompiledCondition<ActivityFact>
    where TTest : struct, ITextTest
{
    public override bool Holds(in ActivityFact activity) => attribute.TextOf(in activity) is { } text && test.Holds(text) != negated;
}

internal sealed class ActivityNumber(ActivityAttribute attribute, ComparisonTest<double> test) : CompiledCondition<ActivityFact>
{
    public override bool Holds(in ActivityFact activity)
    {
        var number = attribute.NumberOf(in activity);
        return !double.IsNaN(number) && test.Holds(number);
    }
}
