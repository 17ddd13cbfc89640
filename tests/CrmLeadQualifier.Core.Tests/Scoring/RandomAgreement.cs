using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Tests.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Scoring;

/// <summary>
/// Random definitions and leads, small enough that everything meets everything: few words, few instants, windows and periods of some milliseconds. The same seed gives the same.
/// </summary>
internal sealed class RandomAgreement(int seed)
{
    /// <summary>Activities and dates lie between 0 and this, in milliseconds.</summary>
    public const int Span = 120;

    /// <summary>No window or period is longer.</summary>
    public const int LongestWindow = 12;

    private static readonly string[] TextAttributes = ["job_title", "company", "country"];
    private static readonly string[] Words = ["chief", "officer", "head", "of", "sales", "a", "ab", "été", "x1", "𝒳"];
    private static readonly string[] Separators = [" ", "-", "'", ", ", "", "/"];

    private readonly Random _random = new(seed);
    private readonly AttributeSchema _schema = new([new("seats", AttributeType.Number), new("renewed", AttributeType.Date)]);

    public Definition Definition()
    {
        var criteria = 0;
        Section Section(string name, bool activities) => new(
            name,
            Pick(0, 5, 40, 1000),
            [.. Enumerable.Range(0, _random.Next(4)).Select(_ => Criterion("c" + criteria++, activities))]);

        var profile = Section("profile", activities: false);
        var behaviour = Section("behaviour", activities: true);
        var intent = Section("intent", activities: true);
        return Examples.Valid(Examples.Minimal()) with
        {
            Attributes = _schema,
            Requires = Chance(4) ? ["company", "job_title"] : [],
            Profile = profile,
            Behaviour = behaviour,
            Intent = intent,
            Exclusions = [.. Enumerable.Range(0, _random.Next(3)).Select(i => new Exclusion("x" + i, LocalizedText.Same("X"), Match(), Chance(3) ? Match() : null))],
            Grades = Chance(2) ? new Grades(Chance(4) ? null : 30, 12, 3, 40, Chance(4) ? null : 10, 1) : null,
            Mql = new MqlRule(new AnyOf(
            [
                Quantity("profile"),
                new AllOf([Quantity("behaviour"), Quantity("total")]),
                .. criteria > 0 ? [Quantity("criterion.c" + _random.Next(criteria))] : Array.Empty<Condition>(),
            ])),
        };
    }

    public LeadFacts Facts()
    {
        var values = new AttributeValue[_schema.Attributes.Count];
        foreach (var name in TextAttributes)
        {
            Set(name, AttributeValue.OfText(Text()));
        }

        Set("interests", AttributeValue.OfList([.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Text())]));
        Set("seats", AttributeValue.OfNumber(_random.Next(5)));
        Set("opted_out", AttributeValue.OfBoolean(Chance(2)));
        Set("renewed", AttributeValue.OfDate(Instant()));
        Set("created_at", AttributeValue.OfDate(Instant()));
        return new LeadFacts(_schema, values, [.. Enumerable.Range(0, Chance(8) ? 90 : _random.Next(12)).Select(_ => Activity())]);

        void Set(string name, AttributeValue value) => values[_schema.IndexOf(name)] = Chance(4) ? AttributeValue.Unknown : value;
    }

    public Instant Instant() => new(_random.Next(Span));

    public ActivityFact[] Shuffled(ReadOnlySpan<ActivityFact> activities)
    {
        var shuffled = activities.ToArray();
        _random.Shuffle(shuffled);
        return shuffled;
    }

    private ActivityFact Activity()
    {
        var kind = ActivityKind.Find(Pick("page_view", "form_submission", "call", "chat"))!;
        string? Attribute(int place) => kind.Attributes.Count > place && kind.Attributes[place] != ActivityKind.DurationSeconds && !Chance(5) ? Text() : null;
        return new ActivityFact(kind, Instant(), Chance(6))
        {
            Text0 = Attribute(0),
            Text1 = Attribute(1),
            DurationSeconds = kind.Name == "call" && Chance(2) ? _random.Next(4) : double.NaN,
        };
    }

    private Criterion Criterion(string id, bool activities)
    {
        var label = LocalizedText.Same(id);
        if (!activities || Chance(4))
        {
            return new AttributeCriterion(id, label, [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => new Tier(LeadCondition(2), Points()))]);
        }

        var (on, attribute) = Kinds();
        var points = Points();
        return new ActivityCriterion(id, label, on, points)
        {
            Where = Chance(2) ? WhereCondition(attribute, 2) : null,
            If = Chance(4) ? LeadCondition(1) : null,
            AtMost = Chance(2) ? Math.Sign(points) * Pick(1, 3, 12) : null,
            Within = Chance(2) ? Milliseconds() : null,
            Needs = Chance(3) ? 1 + _random.Next(3) : 1,
            DistinctBy = Chance(3) ? attribute : null,
            Decay = Chance(2) ? new Decay(Pick(0, 30, 50, 50, 100), Milliseconds()) : null,
        };
    }

    private ExclusionMatch Match()
    {
        var (on, attribute) = Kinds();
        var withActivities = Chance(2);
        return new ExclusionMatch
        {
            If = !withActivities || Chance(3) ? LeadCondition(2) : null,
            On = withActivities ? on : [],
            Where = withActivities && Chance(3) ? WhereCondition(attribute, 1) : null,
            Within = withActivities && Chance(2) ? Milliseconds() : null,
        };
    }

    private (ActivityKind[] On, string Attribute) Kinds() => _random.Next(3) switch
    {
        0 => ([ActivityKind.Find("page_view")!, ActivityKind.Find("form_submission")!], "url"),
        1 => ([ActivityKind.Find("call")!, ActivityKind.Find("chat")!], ActivityKind.DurationSeconds),
        _ => ([ActivityKind.Find("page_view")!], "title"),
    };

    private Condition LeadCondition(int depth)
    {
        if (depth > 0 && Chance(2))
        {
            return Combined(() => LeadCondition(depth - 1));
        }

        return _random.Next(7) switch
        {
            0 => new SubjectCondition("seats", AttributeType.Number, [NumberTest(5)]),
            1 => new SubjectCondition("opted_out", AttributeType.Boolean, [new Test(Pick(Operator.Is, Operator.IsNot)) { Booleans = [Chance(2)] }]),
            2 or 3 => new SubjectCondition(Pick("renewed", "created_at"), AttributeType.Date, [DateTest()]),
            4 => new SubjectCondition("interests", AttributeType.List, [TextTest()]),
            5 => new SubjectCondition(Pick(TextAttributes), AttributeType.Text, [TextTest(), TextTest()]),
            _ => new SubjectCondition(Pick(TextAttributes), AttributeType.Text, [TextTest()]),
        };
    }

    private Condition WhereCondition(string attribute, int depth)
    {
        if (depth > 0 && Chance(3))
        {
            return Combined(() => WhereCondition(attribute, depth - 1));
        }

        var type = ActivityKind.TypeOf(attribute);
        return new SubjectCondition(attribute, type, [type == AttributeType.Number ? NumberTest(4) : TextTest()]);
    }

    private Condition Combined(Func<Condition> part)
    {
        Condition[] parts = [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => part())];
        return _random.Next(3) switch { 0 => new AllOf(parts), 1 => new AnyOf(parts), _ => new NoneOf(parts) };
    }

    private SubjectCondition Quantity(string subject) => new(subject, AttributeType.Number, [NumberTest(30)]);

    private Test TextTest()
    {
        string[] operands = [.. Enumerable.Range(0, 1 + _random.Next(3)).Select(_ => Text())];
        return _random.Next(11) switch
        {
            0 => new Test(Operator.Is) { Texts = operands[..1] },
            1 => new Test(Operator.IsNot) { Texts = operands[..1] },
            2 => new Test(Operator.In) { Texts = operands },
            3 => new Test(Operator.NotIn) { Texts = operands },
            4 => new Test(Operator.Contains) { Texts = operands },
            5 => new Test(Operator.NotContains) { Texts = operands },
            6 => new Test(Operator.HasWord) { Texts = operands },
            7 => new Test(Operator.HasNoWord) { Texts = operands },
            8 => new Test(Pick(Operator.StartsWith, Operator.EndsWith)) { Texts = operands },
            9 => new Test(Operator.Matches) { Pattern = new Regex(Pick("^h", "s$", "o.f", "[0-9]"), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant) },
            _ => new Test(Operator.Known) { Booleans = [Chance(2)] },
        };
    }

    private Test NumberTest(int below)
    {
        var a = _random.Next(below);
        return _random.Next(9) switch
        {
            0 => new Test(Operator.Is) { Numbers = [a] },
            1 => new Test(Operator.IsNot) { Numbers = [a] },
            2 => new Test(Operator.In) { Numbers = [a, _random.Next(below)] },
            3 => new Test(Operator.NotIn) { Numbers = [a, _random.Next(below)] },
            4 => new Test(Operator.AtLeast) { Numbers = [a] },
            5 => new Test(Operator.AtMost) { Numbers = [a] },
            6 => new Test(Operator.MoreThan) { Numbers = [a] },
            7 => new Test(Operator.LessThan) { Numbers = [a] },
            _ => new Test(Operator.Between) { Numbers = [a, a + _random.Next(3)] },
        };
    }

    private Test DateTest() => _random.Next(5) switch
    {
        0 => new Test(Operator.AtLeast) { Instants = [Instant()] },
        1 => new Test(Operator.LessThan) { Instants = [Instant()] },
        2 => new Test(Operator.NotWithin) { Window = Milliseconds() },
        _ => new Test(Operator.Within) { Window = Milliseconds() },
    };

    private string Text()
    {
        var text = Pick(Words);
        for (var more = _random.Next(3); more > 0; more--)
        {
            text += Pick(Separators) + Pick(Words);
        }

        return text;
    }

    private int Points() => _random.Next(3) switch { 0 => -Pick(1, 2, 7, 1000), _ => Pick(1, 2, 3, 7, 15, 1000) };

    private TimeSpan Milliseconds() => TimeSpan.FromMilliseconds(1 + _random.Next(LongestWindow));

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];
}
