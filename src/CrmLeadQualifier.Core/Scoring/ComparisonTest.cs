using System.Numerics;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Scoring;

/// <summary>The comparing operators on a known number, instant (as milliseconds) or boolean (as 0 and 1).</summary>
internal readonly struct ComparisonTest<T>
    where T : struct, INumber<T>
{
    private readonly Operator _operator;
    private readonly T _first;
    private readonly T _last;
    private readonly T[] _operands;

    public ComparisonTest(Operator @operator, IEnumerable<T> operands)
    {
        _operator = @operator;
        _operands = [.. operands];
        _first = _operands[0];
        _last = _operands[^1];
    }

    public bool Holds(T value) => _operator switch
    {
        Operator.Is => value == _first,
        Operator.IsNot => value != _first,
        Operator.In => IsOneOf(value),
        Operator.NotIn => !IsOneOf(value),
        Operator.AtLeast => value >= _first,
        Operator.AtMost => value <= _first,
        Operator.MoreThan => value > _first,
        Operator.LessThan => value < _first,
        Operator.Between => value >= _first && value <= _last,
        var other => throw new ArgumentException($"{other} is no comparison."),
    };

    private bool IsOneOf(T value)
    {
        foreach (var operand in _operands)
        {
            if (value == operand)
            {
                return true;
            }
        }

        return false;
    }
}
