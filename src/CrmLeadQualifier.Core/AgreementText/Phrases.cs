using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;
using NodaTime;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>
/// The sentences of one language. What a sentence says is decided by whoever asks for it; how it is said, its grammar and number, only here. Texts of the file are quoted as they
/// are written, on one line.
/// </summary>
internal abstract class Phrases
{
    // Beyond these a sentence is no longer understood when it is heard, and a list is.
    private const int DeepestSentence = 3;
    private const int MostTests = 5;
    private const int MostTestsMixed = 4;

    public static Phrases In(Language language) => language == Language.French ? new FrenchPhrases() : new EnglishPhrases();

    public abstract Language Language { get; }

    public abstract string Quote(string text);

    /// <summary>A list whose last two items stand beside a word: <c>a, b or c</c>.</summary>
    public string Or(IReadOnlyList<string> items) => Listed(items, OrWord);

    public string And(IReadOnlyList<string> items) => Listed(items, AndWord);

    public abstract string Number(double number);

    /// <param name="fraction">0 to 1.</param>
    public abstract string Percent(double fraction);

    public abstract string Duration(TimeSpan span);

    /// <summary>A time of business hours, which are never days: <c>48 hours</c>.</summary>
    public abstract string Hours(TimeSpan span);

    /// <summary>Such as <c>in the last 60 days</c>.</summary>
    public abstract string InTheLast(TimeSpan span);

    /// <summary>Such as <c>every 30 days</c>.</summary>
    public abstract string Every(TimeSpan span);

    /// <summary>Without a sign: <c>15 points</c>.</summary>
    public abstract string Points(int points);

    /// <summary>What a criterion gives: <c>15 points</c>, <c>15 points less</c>, <c>no points</c>.</summary>
    public abstract string Gives(int points);

    /// <summary>The end of a sentence on what is lost: <c>half of the points that it still has</c>.</summary>
    public abstract string Loses(int percent);

    public abstract string Day(LocalDate day);

    /// <summary>Days, those of one year together.</summary>
    public abstract string DaysOf(IReadOnlyList<LocalDate> days);

    public abstract string TimeOfDay(LocalTime time);

    public abstract string WeekDays(IReadOnlySet<IsoDayOfWeek> days);

    /// <summary>An attribute as something that one knows: <c>the job title</c>, <c>whether the lead is a customer</c>.</summary>
    public abstract string Known(string attribute, AttributeType type);

    /// <summary>What each activity of these kinds is called, one of them: <c>page viewed</c>.</summary>
    public abstract string Activity(IReadOnlyList<ActivityKind> kinds);

    /// <summary>The same with its article: <c>a page viewed</c>.</summary>
    public abstract string OneActivity(IReadOnlyList<ActivityKind> kinds);

    /// <summary>That there was one: <c>the lead viewed a page</c>.</summary>
    public abstract string Happened(IReadOnlyList<ActivityKind> kinds);

    /// <summary>That what is the same in several activities counts once: <c>the same address</c>.</summary>
    public abstract string TheSame(string attribute, IReadOnlyList<ActivityKind> kinds);

    /// <summary>Of activities only those: <c> whose address contains “/pricing”</c>, with the space or comma before it.</summary>
    public PageItem Whose(Condition where, IReadOnlyList<ActivityKind> kinds)
    {
        var clause = Clause.Of(where);
        if (IsSentence(clause))
        {
            return new PageItem("", " " + Sentence(clause, test => OfActivity(test, kinds, isRelative: true)));
        }

        var list = Item(clause, test => OfActivity(test, kinds, isRelative: false));
        return list with { Text = $", {WhereWord} {list.Text}" };
    }

    /// <summary>A condition on the lead, or on its score, as what comes after "if".</summary>
    /// <param name="criteria">Labels by id, for quantities of a score.</param>
    public PageItem If(Condition condition, IReadOnlyDictionary<string, string> criteria) => Item(Clause.Of(condition), test => OfLead(test, criteria));

    /// <summary>The ways in which a condition can hold, each as what comes after "if"; one, if it is no choice.</summary>
    public IReadOnlyList<PageItem> Branches(Condition condition, IReadOnlyDictionary<string, string> criteria)
    {
        var clause = Clause.Of(condition);
        return clause is JoinedClause { IsAll: false } any ? [.. any.Parts.Select(part => Item(part, test => OfLead(test, criteria)))] : [Item(clause, test => OfLead(test, criteria))];
    }

    /// <summary>The words before a list of conditions.</summary>
    public abstract string AllOfThese { get; }

    public abstract string OneOfThese { get; }

    protected abstract string OrWord { get; }

    protected abstract string AndWord { get; }

    /// <summary>Before alternatives within a sentence of several conditions.</summary>
    protected abstract string Either(IReadOnlyList<string> alternatives);

    /// <summary>Before a list of conditions on an activity.</summary>
    protected abstract string WhereWord { get; }

    protected abstract string OfLead(TestClause test, IReadOnlyDictionary<string, string> criteria);

    /// <param name="isRelative"><c>whose address contains …</c>, else <c>the address contains …</c>.</param>
    protected abstract string OfActivity(TestClause test, IReadOnlyList<ActivityKind> kinds, bool isRelative);

    /// <summary>A text of the file, on one line and without spaces at its ends.</summary>
    public static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    protected string Grouped(double number, string group, string point)
    {
        var text = number.ToString(number == Math.Floor(number) ? "#,0" : "#,0.##########", CultureInfo.InvariantCulture);
        return text.Replace(",", "\u0001", StringComparison.Ordinal).Replace(".", point, StringComparison.Ordinal).Replace("\u0001", group, StringComparison.Ordinal);
    }

    /// <summary>Texts as the file writes them; a test that was made without them shows what it compares with.</summary>
    protected IReadOnlyList<string> Quoted(Test test) => [.. (test.Written.Count > 0 ? test.Written : test.Texts).Select(text => Quote(OneLine(text)))];

    /// <summary>The unit in which a duration is said: whole days, else hours, else minutes.</summary>
    protected static (int Count, DurationUnit Unit) Unit(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? ((int)span.TotalDays, DurationUnit.Day)
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? ((int)span.TotalHours, DurationUnit.Hour)
        : ((int)span.TotalMinutes, DurationUnit.Minute);

    /// <summary>A date operand: a day that the file writes as a day means its first instant.</summary>
    protected static (LocalDate Day, LocalTime Time) DateOf(Time.Instant instant)
    {
        var utc = NodaTime.Instant.FromUnixTimeMilliseconds(instant.UnixMilliseconds).InUtc();
        return (utc.Date, utc.TimeOfDay);
    }

    /// <summary>A run of at least three days that follow one another; null: they do not.</summary>
    protected static (IsoDayOfWeek First, IsoDayOfWeek Last)? Run(IReadOnlySet<IsoDayOfWeek> days)
    {
        var ordered = days.Order().ToList();
        return ordered.Count >= 3 && ordered[^1] - ordered[0] == ordered.Count - 1 ? (ordered[0], ordered[^1]) : null;
    }

    private static string Listed(IReadOnlyList<string> items, string word) =>
        items.Count == 0 ? "" : items.Count == 1 ? items[0] : $"{string.Join(", ", items.Take(items.Count - 1))} {word} {items[^1]}";

    private string Sentence(Clause clause, Func<TestClause, string> say) => clause switch
    {
        TestClause test => say(test),
        // What is a choice comes last, where it is clear how far it goes.
        JoinedClause { IsAll: true } all => Together([.. all.Parts.OrderBy(part => part.Depth).Select(part => part is JoinedClause any ? Either([.. any.Parts.Select(one => Sentence(one, say))]) : Sentence(part, say))], AndWord),
        JoinedClause any when any.Parts.All(part => part is TestClause) => Together([.. any.Parts.Select(part => Sentence(part, say))], OrWord),
        JoinedClause any => Either([.. any.Parts.Select(part => Sentence(part, say))]),
        _ => throw new ArgumentOutOfRangeException(nameof(clause)),
    };

    /// <summary>With a comma before the word where a part has a list of its own.</summary>
    private static string Together(IReadOnlyList<string> parts, string word)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var comma = parts.Count > 2 || parts.Any(part => part.Contains(',')) || parts.Any(part => part.Contains(" or ") || part.Contains(" ou "));
        return $"{string.Join(", ", parts.Take(parts.Count - 1))}{(comma ? "," : "")} {word} {parts[^1]}";
    }

    private PageItem Item(Clause clause, Func<TestClause, string> say) => clause is JoinedClause joined && !IsSentence(joined)
        ? new PageItem("", joined.IsAll ? AllOfThese : OneOfThese, [.. joined.Parts.Select(part => Item(part, say))])
        : new PageItem("", Sentence(clause, say));

    private static bool IsSentence(Clause clause) => clause.Depth < DeepestSentence ? clause.Size <= MostTests : clause.Depth == DeepestSentence && clause.Size <= MostTestsMixed;
}

internal enum DurationUnit
{
    Day,
    Hour,
    Minute,
}
