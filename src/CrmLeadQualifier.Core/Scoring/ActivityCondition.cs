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
        Name = name;
        Type = ActivityKind.TypeOf(name);
        _places = [.. ActivityKind.All.Select(kind => kind.Attributes.ToList().IndexOf(name) is >= 0 and var place ? (byte)place : Absent)];
        if (Array.TrueForAll(_places, place => place == Absent))
        {
            throw new ArgumentException($"No kind of activity has an attribute '{name}'.", nameof(name));
        }
    }

    public AttributeType Type { get; }

    public string Name { get; }

    public bool BelongsTo(ActivityKind kind) => _places[kind.Index] != Absent;

    public int PlaceIn(ActivityKind kind) => _places[kind.Index];

    /// <summary>The folded text; null if unknown.</summary>
    public string? TextOf(in ActivityFact activity) => _places[activity.KindIndex] switch
    {
        0 => activity.Text0,
        1 => activity.Text1,
        2 => activity.Text2,
        _ => null,
    };

    /// <summary>The number; NaN if unknown. <c>duration_seconds</c> is the only one.</summary>
    public double NumberOf(in ActivityFact activity) => _places[activity.KindIndex] == Absent ? double.NaN : activity.DurationSeconds;

    /// <summary>What the scan of the attribute found; nothing in kinds that do not have it.</summary>
    public ulong FoundIn(in ScannedActivity activity) =>
        _places[activity.Fact.KindIndex] is var place && place == Absent ? 0 : activity.FoundIn(place);

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

/// <summary>An activity, and what the plan's scans found in its texts.</summary>
internal readonly ref struct ScannedActivity(ref readonly ActivityFact fact, ulong found0, ulong found1, ulong found2)
{
    public readonly ref readonly ActivityFact Fact = ref fact;
    private readonly ulong _found0 = found0;
    private readonly ulong _found1 = found1;
    private readonly ulong _found2 = found2;

    /// <summary>By the text's place; known texts only.</summary>
    public ulong FoundIn(int place) => place == 0 ? _found0 : place == 1 ? _found1 : _found2;
}

/// <summary>One scan for each activity attribute in which a plan looks for substrings or words, applied to the kinds that ask for it.</summary>
internal sealed class ActivityTextScans
{
    private const int Places = 3;

    private readonly Dictionary<string, TextScan> _scans = new(StringComparer.Ordinal);
    private readonly TextScan?[] _byKindAndPlace = new TextScan?[ActivityKind.All.Count * Places];

    public TextScan For(ActivityAttribute attribute, IReadOnlyList<ActivityKind> on)
    {
        if (!_scans.TryGetValue(attribute.Name, out var scan))
        {
            _scans.Add(attribute.Name, scan = new TextScan());
        }

        foreach (var kind in on.Where(attribute.BelongsTo))
        {
            _byKindAndPlace[kind.Index * Places + attribute.PlaceIn(kind)] = scan;
        }

        return scan;
    }

    public void Seal()
    {
        foreach (var scan in _scans.Values)
        {
            scan.Seal();
        }
    }

    /// <summary>The scans of a kind's texts by place; null where nothing is looked for.</summary>
    public TextScan?[] Of(ActivityKind kind) => _byKindAndPlace[(kind.Index * Places)..((kind.Index + 1) * Places)];
}

/// <summary>Compiles conditions on the attributes of activities of some kinds: <c>where</c>.</summary>
internal sealed class ActivityConditionCompiler(ActivityTextScans scans, IReadOnlyList<ActivityKind> on) : ConditionCompiler<ScannedActivity>
{
    protected override CompiledCondition<ScannedActivity> CompileTest(SubjectCondition subject, Test test)
    {
        var attribute = new ActivityAttribute(subject.Subject);
        return (test.Operator, attribute.Type) switch
        {
            (Operator.Known, _) => new ActivityKnown(attribute, test.Booleans[0]),
            (_, AttributeType.Number) => new ActivityNumber(attribute, new(test.Operator, test.Numbers)),
            _ when scans.For(attribute, on).TryAdd(test, out var mask) => new ActivityTextFound(attribute, mask, TextTests.IsNegative(test.Operator)),
            _ => TextTests.Compile(test, new OnText(attribute)),
        };
    }

    private sealed class OnText(ActivityAttribute attribute) : ITextTestUse<CompiledCondition<ScannedActivity>>
    {
        public CompiledCondition<ScannedActivity> Use<TTest>(TTest test, bool negated)
            where TTest : struct, ITextTest => new ActivityText<TTest>(attribute, test, negated);
    }
}

internal sealed class ActivityKnown(ActivityAttribute attribute, bool known) : CompiledCondition<ScannedActivity>
{
    public override bool Holds(in ScannedActivity activity) => attribute.IsKnown(in activity.Fact) == known;
}

/// <summary>Whether one of the texts or words behind a mask was found in a known text.</summary>
internal sealed class ActivityTextFound(ActivityAttribute attribute, ulong mask, bool negated) : CompiledCondition<ScannedActivity>
{
    public ActivityAttribute Attribute => attribute;

    /// <summary>The bits of which one is to be found; 0 where none may be.</summary>
    public ulong PositiveMask => negated ? 0 : mask;

    public override bool Holds(in ScannedActivity activity) =>
        (attribute.FoundIn(in activity) & mask) != 0
            ? !negated
            : negated && attribute.TextOf(in activity.Fact) is not null;
}

internal sealed class ActivityText<TTest>(ActivityAttribute attribute, TTest test, bool negated) : CompiledCondition<ScannedActivity>
    where TTest : struct, ITextTest
{
    public override bool Holds(in ScannedActivity activity) => attribute.TextOf(in activity.Fact) is { } text && test.Holds(text) != negated;
}

internal sealed class ActivityNumber(ActivityAttribute attribute, ComparisonTest<double> test) : CompiledCondition<ScannedActivity>
{
    public override bool Holds(in ScannedActivity activity)
    {
        var number = attribute.NumberOf(in activity.Fact);
        return !double.IsNaN(number) && test.Holds(number);
    }
}
