using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>The sentences of the agreement's page in one language. What is the same in every language is composed here.</summary>
internal abstract class PageSentences(Phrases phrases, Definition definition)
{
    private readonly Dictionary<string, string> _labels =
        definition.Criteria.ToDictionary(criterion => criterion.Id, criterion => Phrases.OneLine(criterion.Label.In(phrases.Language)), StringComparer.Ordinal);

    public static PageSentences Of(Phrases phrases, Definition definition) => phrases is FrenchPhrases french
        ? new FrenchSentences(french, definition)
        : new EnglishSentences((EnglishPhrases)phrases, definition);

    public abstract string IdealCustomerHeading { get; }

    public abstract string ScoringHeading { get; }

    public abstract string HowToRead { get; }

    public abstract string ExclusionsHeading { get; }

    public abstract string ExclusionsIntroduction { get; }

    public abstract string GradesHeading { get; }

    public abstract string MqlHeading { get; }

    public abstract string HandedOverWhenAny { get; }

    public abstract string BecomesMql { get; }

    public abstract string SalesHeading { get; }

    public abstract string FirstContact { get; }

    public abstract string BusinessHours { get; }

    /// <summary>What accepting and qualifying a lead mean, and what sales confirms by it.</summary>
    public abstract string Acceptance { get; }

    public abstract string NeverExpires { get; }

    public abstract string RejectionHeading { get; }

    public abstract string NoReasons { get; }

    public abstract string OneOfTheReasons { get; }

    public abstract IReadOnlyList<string> ReasonColumns { get; }

    /// <summary>How long a lead rests for causes that are no reason of the list.</summary>
    public abstract string OtherCoolDowns { get; }

    public abstract string ReturnHeading { get; }

    public abstract string ComesBack { get; }

    public abstract string ThirdReturn { get; }

    public abstract string PromisesHeading { get; }

    public abstract string PromisesIntroduction { get; }

    public abstract string Review { get; }

    public abstract string SignaturesHeading { get; }

    public abstract string BothSign { get; }

    public abstract IReadOnlyList<(string Role, string Text)> Roles { get; }

    public abstract string NameLabel { get; }

    public abstract string DateLabel { get; }

    public abstract string Subtitle(PageVersion? version);

    public abstract string ScoreIs(IReadOnlyList<Section> sections);

    public abstract string ScoredOnlyIf(IReadOnlyList<string> attributes);

    public abstract string SectionTitle(Section section);

    /// <summary>With a capital.</summary>
    public abstract string SectionName(string section);

    public abstract string SectionDecay(Decay decay, bool hasOthers);

    public abstract PageItem Letters(Grades grades);

    public abstract PageItem Digits(Grades grades);

    public abstract string HandedOverWhen(string condition);

    public abstract string DailyLimit(int limit);

    public abstract string Evidence(Evidence evidence);

    public abstract string ExpiresAfter(TimeSpan span);

    public abstract string AfterRejection(RejectionReason reason);

    public abstract string EndsCoolDown(IReadOnlyList<string> criteria);

    public abstract IReadOnlyList<PageItem> Targets(Targets targets);

    public abstract string Signed(PageSigner signer);

    public PageItem Criterion(Criterion criterion, Decay? sectionDecay) => criterion switch
    {
        AttributeCriterion { Tiers: [var only] } => Line(Text(criterion.Label), Tier(only)),
        AttributeCriterion tiers => new PageItem(Text(criterion.Label), FirstThatFits, [.. tiers.Tiers.Select(tier => Line("", Tier(tier)))]),
        ActivityCriterion activities => Line(Text(criterion.Label), Activities(activities, sectionDecay)),
        _ => throw new ArgumentOutOfRangeException(nameof(criterion)),
    };

    public PageItem Exclusion(Exclusion exclusion)
    {
        var matching = Match(exclusion.Matching);
        if (exclusion.Unless is null)
        {
            return Line(Text(exclusion.Label), matching);
        }

        var unless = Match(exclusion.Unless);
        return matching.Items.Count == 0
            ? Line(Text(exclusion.Label), unless with { Text = $"{matching.Text}, {Unless(unless.Text)}" })
            : unless.Items.Count == 0 ? Line(Text(exclusion.Label), matching with { Text = $"{Unless(unless.Text)}, {matching.Text}" })
            : Line(Text(exclusion.Label), new PageItem("", matching.Text, [.. matching.Items, unless with { Text = Unless(unless.Text) }]));
    }

    public IReadOnlyList<PageItem> MqlBranches() => phrases.Branches(definition.Mql.When, _labels);

    /// <summary>An item with a full stop at the end of what it says, wherever that is.</summary>
    public PageItem AsSentence(PageItem item) => Line(item.Term, item);

    public string Text(LocalizedText text) => Phrases.OneLine(text.In(phrases.Language));

    /// <summary>A text of the file as a sentence of the page: with a full stop.</summary>
    public string Sentence(LocalizedText text) => Text(text) is var said && (said[^1] is '.' or '!' or '?' or '…') ? said : said + ".";

    protected abstract string FirstThatFits { get; }

    protected abstract PageItem Tier(Tier tier);

    protected abstract PageItem Activities(ActivityCriterion criterion, Decay? sectionDecay);

    /// <summary>An exclusion's match as a clause.</summary>
    protected abstract PageItem Match(ExclusionMatch match);

    protected abstract string Unless(string clause);

    protected PageItem If(Condition condition) => phrases.If(condition, _labels);

    protected string Label(string criterion) => _labels.GetValueOrDefault(criterion, criterion);

    /// <summary>An attribute as something that one knows, with what the definition declares of it.</summary>
    protected string Known(string attribute) =>
        phrases.Known(attribute, definition.Attributes.Attributes[definition.Attributes.IndexOf(attribute)].Type);

    /// <summary>Parts that have commas of their own.</summary>
    protected static string Parts(IReadOnlyList<string> parts, string and) => $"{string.Join("; ", parts.Take(parts.Count - 1))}; {and} {parts[^1]}";

    /// <summary>Without its capital, unless more of them follow (<c>CRM in place</c>).</summary>
    protected static string WithinSentence(string text) => text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    /// <summary>Sentences of a list: a full stop at the end, a capital where no term comes before.</summary>
    protected static PageItem Line(string term, PageItem said)
    {
        var text = term.Length > 0 ? said.Text : char.ToUpperInvariant(said.Text[0]) + said.Text[1..];
        return new PageItem(term, said.Items.Count > 0 ? text : text + ".", [.. said.Items.Select(item => Line(item.Term, item))]);
    }
}
