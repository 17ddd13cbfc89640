using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>A lead's attributes, and the instant (in milliseconds) as of which they are judged.</summary>
internal readonly ref struct LeadAsOf(ReadOnlySpan<AttributeValue> values, long at)
{
    public readonly ReadOnlySpan<AttributeValue> Values = values;
    public readonly long At = at;
}

/// <summary>Compiles conditions on a lead's attributes: <c>if</c>.</summary>
internal sealed class LeadConditionCompiler(AttributeSchema schema) : ConditionCompiler<LeadAsOf>
{
    protected override CompiledCondition<LeadAsOf> CompileTest(SubjectCondition subject, Test test)
    {
        var slot = schema.IndexOf(subject.Subject);
        if (slot < 0)
        {
            throw new ArgumentException($"The definition's schema has no attribute '{subject.Subject}'.", nameof(subject));
        }

        return (test.Operator, schema.Attributes[slot].Type) switch
        {
            (Operator.Known, _) => new LeadKnown(slot, test.Booleans[0]),
            (Operator.Within, AttributeType.Date) => new LeadDateWindow(slot, (long)test.Window.TotalMilliseconds, inside: true),
            (Operator.NotWithin, AttributeType.Date) => new LeadDateWindow(slot, (long)test.Window.TotalMilliseconds, inside: false),
            (_, AttributeType.Text) => TextTests.Compile(test, new OnText(slot)),
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
