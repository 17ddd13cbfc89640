using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>A lead's attributes, what the plan's scans found in their texts, and the instant (in milliseconds) as of which they are judged.</summary>
/// <param name="found">By <see cref="LeadTextScans"/>.</param>
internal readonly ref struct LeadAsOf(ReadOnlySpan<AttributeValue> values, ReadOnlySpan<ulong> found, long at)
{
    public readonly ReadOnlySpan<AttributeValue> Values = values;
    public readonly ReadOnlySpan<ulong> Found = found;
    public readonly long At = at;

    /// <summary>The same lead as of another instant.</summary>
    public LeadAsOf As(long at) => new(Values, Found, at);
}

/// <summary>One scan for each text attribute in which a plan looks for substrings or words.</summary>
internal sealed class LeadTextScans
{
    private readonly List<(int Slot, TextScan Scan)> _scans = [];
    private (int Slot, TextScan Scan)[] _sealed = [];

    public int Count => _sealed.Length;

    /// <param name="place">The scan's place in <see cref="LeadAsOf.Found"/>.</param>
    public TextScan For(int slot, out int place)
    {
        place = _scans.FindIndex(scan => scan.Slot == slot);
        if (place < 0)
        {
            place = _scans.Count;
            _scans.Add((slot, new TextScan()));
        }

        return _scans[place].Scan;
    }

    public void Seal()
    {
        _sealed = [.. _scans];
        foreach (var (_, scan) in _sealed)
        {
            scan.Seal();
        }
    }

    public void Find(ReadOnlySpan<AttributeValue> values, Span<ulong> found)
    {
        for (var place = 0; place < _sealed.Length; place++)
        {
            var (slot, scan) = _sealed[place];
            ref readonly var value = ref values[slot];
            found[place] = value.IsKnown ? scan.Find(value.Text) : 0;
        }
    }
}

/// <summary>Compiles conditions on a lead's attributes: <c>if</c>.</summary>
internal sealed class LeadConditionCompiler(AttributeSchema schema, LeadTextScans scans) : ConditionCompiler<LeadAsOf>
{
    private readonly HashSet<int> _texts = [];

    /// <summary>The slots of the text attributes whose texts conditions look at.</summary>
    public IEnumerable<int> Texts => _texts;

    protected override CompiledCondition<LeadAsOf> CompileTest(SubjectCondition subject, Test test)
    {
        var slot = schema.IndexOf(subject.Subject);
        if (slot < 0)
        {
            throw new ArgumentException($"The definition's schema has no attribute '{subject.Subject}'.", nameof(subject));
        }

        if (schema.Attributes[slot].Type == AttributeType.Text && test.Operator != Operator.Known)
        {
            _texts.Add(slot);
        }

        return (test.Operator, schema.Attributes[slot].Type) switch
        {
            (Operator.Known, _) => new LeadKnown(slot, test.Booleans[0]),
            (Operator.Within, AttributeType.Date) => new LeadDateWindow(slot, (long)test.Window.TotalMilliseconds, inside: true),
            (Operator.NotWithin, AttributeType.Date) => new LeadDateWindow(slot, (long)test.Window.TotalMilliseconds, inside: false),
            (_, AttributeType.Text) => scans.For(slot, out var place).TryAdd(test, out var mask)
                ? new LeadTextFound(slot, place, mask, TextTests.IsNegative(test.Operator))
                : TextTests.Compile(test, new OnText(slot)),
            (_, AttributeType.List) => TextTests.Compile(test, new OnList(slot)),
            (_, AttributeType.Number) => new LeadNumber(slot, new(test.Operator, test.Numbers)),
            (_, AttributeType.Boolean) => new LeadBoolean(slot, new(test.Operator, test.Booleans.Select(operand => operand ? 1 : 0))),
            (_, AttributeType.Date) => new LeadDate(slot, new(test.Operator, test.Instants.Select(operand => operand.UnixMilliseconds))),
            var (_, type) => throw new ArgumentException($"{type} is no attribute type.", nameof(subject)),
        };
    }

    private sealed class OnText(int slot) : ITextTestUse<CompiledCondition<LeadAsOf>>
    {
        public CompiledCondition<LeadAsOf> Use<TTest>(TTest test, bool negated)
            where TTest : struct, ITextTest => new LeadText<TTest>(slot, test, negated);
    }

    private sealed class OnList(int slot) : ITextTestUse<CompiledCondition<LeadAsOf>>
    {
        public CompiledCondition<LeadAsOf> Use<TTest>(TTest test, bool negated)
            where TTest : struct, ITextTest => new LeadList<TTest>(slot, test, negated);
    }
}

internal sealed class LeadKnown(int slot, bool known) : CompiledCondition<LeadAsOf>
{
    public override bool Holds(in LeadAsOf lead) => lead.Values[slot].IsKnown == known;
}

/// <summary>Whether one of the texts or words behind a mask was found in a known text.</summary>
internal sealed class LeadTextFound(int slot, int place, ulong mask, bool negated) : CompiledCondition<LeadAsOf>
{
    public override bool Holds(in LeadAsOf lead) => lead.Values[slot].IsKnown && (lead.Found[place] & mask) != 0 != negated;
}

internal sealed class LeadText<TTest>(int slot, TTest test, bool negated) : CompiledCondition<LeadAsOf>
    where TTest : struct, ITextTest
{
    public override bool Holds(in LeadAsOf lead)
    {
        ref readonly var value = ref lead.Values[slot];
        return value.IsKnown && test.Holds(value.Text) != negated;
    }
}

/// <summary>A positive test holds if it holds for some element, a negative one if it holds for every element: if the positive one holds for none.</summary>
internal sealed class LeadList<TTest>(int slot, TTest test, bool negated) : CompiledCondition<LeadAsOf>
    where TTest : struct, ITextTest
{
    public override bool Holds(in LeadAsOf lead)
    {
        ref readonly var value = ref lead.Values[slot];
        return value.IsKnown && HoldsForSome(value.Elements) != negated;
    }

    private bool HoldsForSome(string[] elements)
    {
        foreach (var element in elements)
        {
            if (test.Holds(element))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class LeadNumber(int slot, ComparisonTest<double> test) : CompiledCondition<LeadAsOf>
{
    public override bool Holds(in LeadAsOf lead)
    {
        ref readonly var value = ref lead.Values[slot];
        return value.IsKnown && test.Holds(value.Number);
    }
}

internal sealed class LeadBoolean(int slot, ComparisonTest<int> test) : CompiledCondition<LeadAsOf>
{
    public override bool Holds(in LeadAsOf lead)
    {
        ref readonly var value = ref lead.Values[slot];
        return value.IsKnown && test.Holds(value.Boolean ? 1 : 0);
    }
}

internal sealed class LeadDate(int slot, ComparisonTest<long> test) : CompiledCondition<LeadAsOf>
{
    public override bool Holds(in LeadAsOf lead)
    {
        ref readonly var value = ref lead.Values[slot];
        return value.IsKnown && test.Holds(value.Date.UnixMilliseconds);
    }
}

/// <summary><c>within</c> and <c>not_within</c>: whether 0 &lt;= T - value &lt; the window.</summary>
internal sealed class LeadDateWindow(int slot, long window, bool inside) : CompiledCondition<LeadAsOf>
{
    public override bool DependsOnTime => true;

    public override bool Holds(in LeadAsOf lead)
    {
        ref readonly var value = ref lead.Values[slot];
        if (!value.IsKnown)
        {
            return false;
        }

        var age = lead.At - value.Date.UnixMilliseconds;
        return (age >= 0 && age < window) == inside;
    }

    public override long NextBoundary(in LeadAsOf lead, long after)
    {
        ref readonly var value = ref lead.Values[slot];
        if (!value.IsKnown)
        {
            return long.MaxValue;
        }

        var start = value.Date.UnixMilliseconds;
        return start > after ? start : start + window > after ? start + window : long.MaxValue;
    }
}
