using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>One thing that an agreement says, as a value that another agreement may say differently.</summary>
/// <param name="Key">Within its element.</param>
/// <param name="What">What the value is of; empty: of the element itself.</param>
/// <param name="Value">In words.</param>
internal sealed record AgreementFact(string Key, string What, string Value)
{
    /// <summary>The value without its unit, where a change reads better so: <c>15 -> 20 points</c>.</summary>
    public string? Short { get; init; }

    /// <summary>Where the value is a condition: its own changes are said one by one.</summary>
    public Condition? Condition { get; init; }
}

/// <summary>A part of an agreement that comes and goes as a whole: a criterion, an exclusion, a rejection reason; or the agreement itself.</summary>
/// <param name="Kind">What it is called, in the page's language; empty: the agreement.</param>
/// <param name="Whole">All of it in a sentence, for when it is added.</param>
internal sealed record AgreementElement(string Key, string Kind, string Label, string Whole, IReadOnlyList<AgreementFact> Facts);

/// <summary>Everything that an agreement says, as elements with their facts: what two agreements are compared by. Nothing that a fingerprint counts is left out but order and form.</summary>
internal sealed class AgreementFacts(Definition definition, Phrases phrases, PageSentences say)
{
    private readonly bool _isFrench = phrases.Language == Language.French;
    private readonly Dictionary<string, string> _labels = definition.Criteria.ToDictionary(criterion => criterion.Id, criterion => Phrases.OneLine(criterion.Label.In(phrases.Language)));

    public IReadOnlyList<AgreementElement> Elements() =>
    [
        General(),
        .. definition.Attributes.Declared.Select(attribute => new AgreementElement(
            $"attributes.{attribute.Name}", In("Own attribute", "Attribut propre"), attribute.Name, TypeName(attribute.Type), [new("type", "", TypeName(attribute.Type))])),
        .. definition.Sections.SelectMany(section => section.Criteria.Select(criterion => Criterion(section, criterion))),
        .. definition.Exclusions.Select(Exclusion),
        .. definition.Sales.RejectionReasons.Select(reason => new AgreementElement(
            $"sales.rejection_reasons.{reason.Id}", In("Rejection reason", "Motif de rejet"), say.Text(reason.Label), say.AfterRejection(reason),
            [Label(reason.Label), new("then", "", say.AfterRejection(reason))])),
    ];

    private AgreementElement General()
    {
        var facts = new List<AgreementFact> { new("definition", In("Name", "Nom"), Phrases.OneLine(definition.Name)) };
        Add("ideal_customer", In("Who we are looking for", "Client recherché"), definition.IdealCustomer is { } ideal ? say.Text(ideal) : null);
        Add("language", In("Language of the reasons", "Langue des raisons du score"), definition.Language == Language.French ? In("French", "français") : In("English", "anglais"));
        Add("requires", In("Scored only if we know", "Noté seulement si nous connaissons"), definition.Requires.Count > 0 ? phrases.And([.. definition.Requires.Select(Known)]) : null);
        foreach (var section in definition.Sections.Where(section => section.Criteria.Count > 0))
        {
            var name = say.SectionName(section.Name);
            facts.Add(new AgreementFact($"{section.Name}.cap", $"{name}, {In("maximum", "maximum")}", phrases.Points(section.Cap)) { Short = phrases.Number(section.Cap) });
            Add($"{section.Name}.decay", $"{name}, {In("fading", "diminution")}", section.Decay is { } decay ? Fading(decay) : null);
        }

        if (definition.Grades is { } grades)
        {
            Add("grades.profile", In("Grade, letter", "Note, lettre"), say.Letters(grades).Text);
            Add("grades.engagement", In("Grade, digit", "Note, chiffre"), say.Digits(grades).Text);
        }

        Add("mql.always", In("What ends a rest at once", "Ce qui met fin au repos"), definition.Mql.Always.Count > 0 ? phrases.Or([.. definition.Mql.Always.Select(id => phrases.Quote(_labels.GetValueOrDefault(id, id)))]) : null);
        Add("mql.daily_limit", In("Held leads handed over a day", "Leads en attente transmis par jour"), definition.Mql.DailyLimit is { } limit ? phrases.Number(limit) : null);
        Add("mql.expires_after", In("Back to marketing without an answer after", "Rendu au marketing sans réponse après"), definition.Mql.ExpiresAfter is { } expires ? phrases.Duration(expires) : null);
        Add("sql.means", In("What an SQL means", "Ce que signifie un SQL"), definition.Sql?.Means is { } means ? say.Text(means) : null);
        Add("sql.evidence", In("What should be known of an SQL", "Ce qu’il faudrait savoir d’un SQL"), definition.Sql?.Evidence is { } evidence
            ? $"{phrases.Number(evidence.AtLeast)} {In("of", "parmi")}{In(" ", $"{FrenchPhrases.Fixed}: ")}{phrases.And([.. evidence.Of.Select(Known)])}" : null);
        Add("sales.first_contact_within", In("First contact within", "Premier contact dans les"), phrases.Hours(definition.Sales.FirstContactWithin));
        Add("sales.business_hours", In("Business hours", "Heures ouvrées"), say.BusinessHours);
        Add("sales.two_step", In("What accepting a lead means", "Ce que vaut un lead accepté"), definition.Sales.TwoStep ? "SAL" : "SQL");
        Add("sales.cool_down.expired", In("Rest after no answer", "Repos sans réponse"), phrases.Duration(definition.Sales.CoolDownFor("expired")));
        Add("sales.cool_down.deal_lost", In("Rest after a lost deal", "Repos après une affaire perdue"), phrases.Duration(definition.Sales.CoolDownFor("deal_lost")));
        Add("review_every", In("Review", "Revue"), phrases.Every(definition.ReviewEvery));
        if (definition.Targets is { } targets)
        {
            Add("targets.mql_per_week", In("Promise, leads a week", "Promesse, leads par semaine"), targets.MqlPerWeek is { } range ? Range(range) : null);
            Add("targets.mql_to_sql", In("Promise, leads that become SQL", "Promesse, leads qui deviennent SQL"), AtLeast(targets.MqlToSqlAtLeast));
            Add("targets.sla_met", In("Promise, contacted in time", "Promesse, contactés à temps"), AtLeast(targets.SlaMetAtLeast));
            Add("targets.reasons_given", In("Promise, rejections with a reason", "Promesse, rejets motivés"), AtLeast(targets.ReasonsGivenAtLeast));
        }

        return new AgreementElement("", "", "", "", facts);

        void Add(string key, string what, string? value)
        {
            if (value is not null)
            {
                facts.Add(new AgreementFact(key, what, value));
            }
        }
    }

    private AgreementElement Criterion(Section section, Criterion criterion)
    {
        var facts = new List<AgreementFact> { Label(criterion.Label), new("section", In("section", "partie"), say.SectionName(section.Name)) };
        switch (criterion)
        {
            case AttributeCriterion { Tiers: [var only] }:
                facts.Add(Points("points", "", only.Points));
                facts.Add(If("if", In("condition", "condition"), only.If));
                break;
            case AttributeCriterion tiers:
                for (var i = 0; i < tiers.Tiers.Count; i++)
                {
                    var which = $"{In("case", "cas")} {phrases.Number(i + 1)}";
                    facts.Add(Points($"tiers[{i}].points", which, tiers.Tiers[i].Points));
                    facts.Add(If($"tiers[{i}].if", which, tiers.Tiers[i].If));
                }

                break;
            case ActivityCriterion activities:
                facts.AddRange(Activities(section, activities));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(criterion));
        }

        return new AgreementElement($"{section.Name}.{criterion.Id}", In("Criterion", "Critère"), say.Text(criterion.Label), Flat(say.Criterion(criterion, section.Decay) with { Term = "" }), facts);
    }

    private IEnumerable<AgreementFact> Activities(Section section, ActivityCriterion criterion)
    {
        yield return Points("points", "", criterion.Points);
        yield return new AgreementFact("on", In("activity", "action"), phrases.Activity(criterion.On));
        if (criterion.Where is { } where)
        {
            yield return new AgreementFact("where", In("which", "lesquelles"), Flat(phrases.Whose(where, criterion.On)).Trim()) { Condition = where };
        }

        if (criterion.If is { } condition)
        {
            yield return If("if", In("only if", "seulement si"), condition);
        }

        if (criterion.AtMost is { } most)
        {
            yield return Points("at_most", In("maximum", "maximum"), most);
        }

        if (criterion.Within is { } within)
        {
            yield return new AgreementFact("within", In("period", "période"), phrases.Duration(within));
        }

        if (criterion.Needs > 1)
        {
            yield return new AgreementFact("needs", In("at least", "au moins"), phrases.Number(criterion.Needs));
        }

        if (criterion.DistinctBy is { } by)
        {
            yield return new AgreementFact("distinct_by", In("counting once", "ne comptant qu’une fois"), phrases.TheSame(by, criterion.On));
        }

        yield return new AgreementFact("decay", In("fading", "diminution"),
            criterion.Decay == section.Decay ? In("as its section", "comme sa partie") : criterion.Decay is { } decay ? Fading(decay) : In("none", "aucune"));
    }

    private AgreementElement Exclusion(Exclusion exclusion)
    {
        var facts = new List<AgreementFact> { Label(exclusion.Label) };
        Match("", exclusion.Matching);
        if (exclusion.Unless is { } unless)
        {
            Match("unless.", unless);
        }

        return new AgreementElement($"exclusions.{exclusion.Id}", In("Exclusion", "Exclusion"), say.Text(exclusion.Label), Flat(say.Exclusion(exclusion) with { Term = "" }), facts);

        void Match(string at, ExclusionMatch match)
        {
            var lifted = at.Length > 0 ? In("unless, ", "sauf si, ") : "";
            if (match.If is { } condition)
            {
                facts.Add(If(at + "if", lifted + In("condition", "condition"), condition));
            }

            if (match.On.Count > 0)
            {
                facts.Add(new AgreementFact(at + "on", lifted + In("activity", "action"), phrases.Happened(match.On)));
            }

            if (match.Where is { } where)
            {
                facts.Add(new AgreementFact(at + "where", lifted + In("which", "lesquelles"), Flat(phrases.Whose(where, match.On)).Trim()) { Condition = where });
            }

            if (match.Within is { } within)
            {
                facts.Add(new AgreementFact(at + "within", lifted + In("period", "période"), phrases.Duration(within)));
            }
        }
    }

    private AgreementFact Label(LocalizedText label) => new("label", In("name", "nom"), say.Text(label));

    private AgreementFact Points(string key, string what, int points) => new(key, what, phrases.Gives(points)) { Short = points >= 0 ? phrases.Number(points) : null };

    private AgreementFact If(string key, string what, Condition condition) => new(key, what, Flat(phrases.If(condition, _labels))) { Condition = condition };

    private string Known(string attribute) => phrases.Known(attribute, definition.Attributes.Attributes[definition.Attributes.IndexOf(attribute)].Type);

    private string Fading(Decay decay) => $"{phrases.Loses(decay.LosePercent)} {phrases.Every(decay.Every)}";

    private string Range(NumberRange range) => (range.AtLeast, range.AtMost) switch
    {
        ({ } least, { } most) => $"{phrases.Number(least)} {In("to", "à")} {phrases.Number(most)}",
        ({ } least, null) => $"{In("at least", "au moins")} {phrases.Number(least)}",
        (null, { } most) => $"{In("at most", "au plus")} {phrases.Number(most)}",
        _ => "",
    };

    private string? AtLeast(double? rate) => rate is { } least ? $"{In("at least", "au moins")} {phrases.Percent(least)}" : null;

    private string TypeName(Facts.AttributeType type) => type switch
    {
        Facts.AttributeType.Text => In("text", "texte"),
        Facts.AttributeType.Number => In("number", "nombre"),
        Facts.AttributeType.Boolean => In("yes or no", "oui ou non"),
        Facts.AttributeType.Date => In("date", "date"),
        _ => In("list", "liste"),
    };

    private string In(string english, string french) => _isFrench ? french : english;

    /// <summary>An item and what hangs on it, as one line.</summary>
    internal static string Flat(PageItem item) => item.Items.Count == 0 ? item.Text : $"{item.Text} {string.Join("; ", item.Items.Select(sub => Flat(sub).TrimEnd('.')))}";
}
