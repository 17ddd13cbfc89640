using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.AgreementText;

internal sealed class FrenchSentences(FrenchPhrases phrases, Definition definition) : PageSentences(phrases, definition)
{
    private const string Fixed = FrenchPhrases.Fixed;
    private const string Colon = Fixed + ":";

    private readonly FrenchPhrases _p = phrases;
    private readonly Definition _d = definition;

    public override string IdealCustomerHeading => "Le client que nous cherchons";

    public override string ScoringHeading => "Comment un lead est noté";

    public override string HowToRead =>
        "Ce que nous ignorons ne compte ni pour ni contre un lead, sauf mention contraire. Les majuscules et les accents n’y changent rien. "
        + "Dans le CRM, chaque lead affiche ses points en regard de ces mêmes intitulés.";

    public override string ExclusionsHeading => "Qui n’est jamais transmis";

    public override string ExclusionsIntroduction => $"Quel que soit son score, un lead n’est pas transmis aux ventes dans les cas suivants{Colon}";

    public override string GradesHeading => "Ce que dit la note";

    public override string MqlHeading => "Quand un lead est transmis aux ventes";

    public override string HandedOverWhenAny => $"Un lead est transmis aux ventes dès que l’une de ces conditions est remplie{Colon}";

    public override string BecomesMql => "Il est alors qualifié par le marketing (MQL). Un score qui baisse ensuite n’y change rien.";

    public override string SalesHeading => "Ce que les ventes en font";

    public override string FirstContact =>
        $"Les ventes prennent contact dans un délai de {_p.Hours(_d.Sales.FirstContactWithin)} à compter de la transmission, ou rejettent le lead dans ce même délai.";

    public override string BusinessHours
    {
        get
        {
            var hours = _d.Sales.BusinessHours;
            var holidays = hours.Holidays.Count == 0 ? "" : $", sauf {_p.DaysOf([.. hours.Holidays.Order()])}";
            return $"Seules les heures ouvrées comptent{Colon} {_p.WeekDays(hours.Days)}, de {_p.TimeOfDay(hours.From)} à {_p.TimeOfDay(hours.To)} ({Zone(hours)}){holidays}.";
        }
    }

    public override string Acceptance
    {
        get
        {
            var steps = _d.Sales.TwoStep
                ? "Un lead accepté devient un lead accepté par les ventes (SAL)\u00A0; un lead qualifié devient un lead qualifié par les ventes (SQL)."
                : "Un lead accepté devient un lead qualifié par les ventes (SQL).";
            return _d.Sql?.Means is { } means ? $"{steps} Un SQL signifie{Colon} {WithinSentence(Sentence(means))}" : steps;
        }
    }

    public override string NeverExpires => "Un lead transmis attend sa réponse aussi longtemps qu’il le faut.";

    public override string RejectionHeading => "Quand les ventes rejettent un lead";

    public override string NoReasons => "Les ventes disent pourquoi avec leurs propres mots\u00A0; le motif est conservé tel quel.";

    public override string OneOfTheReasons => $"Les ventes donnent l’un de ces motifs{Colon}";

    public override IReadOnlyList<string> ReasonColumns => ["Motif", "Ce qui s’ensuit"];

    public override string OtherCoolDowns
    {
        get
        {
            var (expired, lost, rest) = (_d.Sales.CoolDownFor("expired"), _d.Sales.CoolDownFor("deal_lost"), _d.Sales.CoolDownFor("rejected"));
            var expires = _d.Mql.ExpiresAfter is null ? "" : $"{_p.Duration(expired)} s’il est resté sans réponse, ";
            return $"Dans les autres cas, un lead rendu au marketing est laissé en repos{Colon} {expires}{_p.Duration(lost)} après une affaire perdue, "
                + $"{_p.Duration(rest)} s’il a été rejeté sans l’un des motifs convenus.";
        }
    }

    public override string ReturnHeading => "Quand un lead revient";

    public override string ComesBack =>
        "Un lead rendu au marketing n’est transmis de nouveau que si son repos est terminé, s’il remplit les conditions ci-dessus et s’il a montré un nouvel intérêt, c’est-à-dire "
        + "une action qui lui a rapporté des points depuis. Si les ventes ont indiqué une date de recontact, elle remplace à la fois le repos et le nouvel intérêt.";

    public override string ThirdReturn => "Un lead qui revient pour la troisième fois en douze mois attend que quelqu’un le libère.";

    public override string PromisesHeading => "Ce que nous nous promettons";

    public override string PromisesIntroduction => $"Chaque rapport dit si ces promesses ont été tenues{Colon}";

    public override string Review => $"Le marketing et les ventes revoient ensemble cet accord {_p.Every(_d.ReviewEvery)}.";

    public override string SignaturesHeading => "Signatures";

    public override string BothSign => "Cet accord entre en vigueur lorsque le marketing et les ventes ont tous deux signé exactement ce contenu.";

    public override IReadOnlyList<(string Role, string Text)> Roles => [("marketing", "Pour le marketing"), ("sales", "Pour les ventes")];

    public override string NameLabel => "Nom";

    public override string DateLabel => "Date";

    protected override string FirstThatFits => $"le premier de ces cas qui s’applique{Colon}";

    public override string Subtitle(PageVersion? version)
    {
        const string What = "L’accord entre le marketing et les ventes sur ce qu’est un bon lead";
        return version is null ? What
            : string.Create(CultureInfo.InvariantCulture, $"{What}{Colon} version {version.Number}, {(version.InForceSince is { } since ? $"en vigueur depuis le {Day(since)}" : "pas en vigueur")} (empreinte {version.Fingerprint[..12]})");
    }

    public override string ScoreIs(IReadOnlyList<Section> sections)
    {
        var total = _p.Points(sections.Sum(section => section.Cap));
        return sections.Count == 1
            ? $"Le score d’un lead est celui de son {Name(sections[0].Name)}, {What(sections[0].Name)}{Colon} de 0 à {total}, jamais moins, jamais plus."
            : $"Le score d’un lead est la somme de {(sections.Count == 2 ? "deux" : "trois")} parties{Colon} {Parts([.. sections.Select(section => $"{NameOf(section.Name)} ({What(section.Name)}), de 0 à {_p.Points(section.Cap)}")], "et").Replace(";", Fixed + ";", StringComparison.Ordinal)}. "
                + $"Aucune partie ne descend sous 0 ni ne dépasse son maximum\u00A0; le score le plus élevé possible est donc de {_p.Number(sections.Sum(section => section.Cap))}.";
    }

    public override string ScoredOnlyIf(IReadOnlyList<string> attributes)
    {
        // What is so or not does not follow "connaître", but "savoir".
        var known = attributes.Where(attribute => !IsWhether(attribute)).Select(Known).ToList();
        var asked = attributes.Where(IsWhether).Select(Known).ToList();
        string[] verbs = [.. known.Count > 0 ? [$"connaissons {_p.And(known)}"] : Array.Empty<string>(), .. asked.Count > 0 ? [$"savons {_p.And(asked)}"] : Array.Empty<string>()];
        return $"Un lead n’est noté que si nous {_p.And(verbs)}.";
    }

    public override string SectionTitle(Section section) => $"{SectionName(section.Name)}{Colon} {What(section.Name)} ({_p.Points(section.Cap)} au maximum)";

    public override string SectionName(string section) => char.ToUpperInvariant(Name(section)[0]) + Name(section)[1..];

    public override string SectionDecay(Decay decay, bool hasOthers) =>
        $"L’intérêt retombe{Colon} {_p.Every(decay.Every)}, une action perd {_p.Loses(decay.LosePercent)}{(hasOthers ? ", sauf mention contraire" : "")}.";

    public override PageItem Letters(Grades grades) => new("", Marks(
        "La lettre dit qui il est", points => points < 2 ? "point de profil" : "points de profil", [("A", grades.A), ("B", grades.B), ("C", grades.C)], "D"));

    public override PageItem Digits(Grades grades) => new("", Marks(
        "Le chiffre dit ce qu’il fait et ce qu’il veut", points => $"{(points < 2 ? "point" : "points")} de comportement et d’intention réunis", [("1", grades.One), ("2", grades.Two), ("3", grades.Three)], "4"));

    public override string HandedOverWhen(string condition) => $"Un lead est transmis aux ventes dès que {condition}{(condition.EndsWith(':') ? "" : ".")}";

    public override string DailyLimit(int limit) =>
        $"Les leads qui remplissaient déjà ces conditions à l’entrée en vigueur de l’accord n’arrivent pas tous à la fois{Colon} {_p.Number(limit)} par jour au plus, les scores les plus élevés d’abord.";

    public override string Evidence(Evidence evidence)
    {
        var known = _p.And([.. evidence.Of.Select(Known)]);
        var what = evidence.Of.Count == 1 ? $"il faudrait connaître {known}"
            : evidence.AtLeast == evidence.Of.Count ? $"il faudrait connaître tous ces éléments{Colon} {known}"
            : $"il faudrait connaître au moins {Elements(evidence.AtLeast)}{Colon} {known}";
        return $"À ce moment-là, {what}. À défaut, le lead compte quand même, mais il porte la mention {_p.Quote("preuves manquantes")}.";
    }

    public override string ExpiresAfter(TimeSpan span) =>
        $"Sans réponse des ventes dans les {_p.Duration(span)}, le lead est rendu au marketing, sauf si une affaire est en cours ou si les ventes ont été en contact avec lui au cours des 14 derniers jours.";

    public override string AfterRejection(RejectionReason reason) => reason.Then == Definitions.AfterRejection.Disqualify
        ? "Écarté pour de bon, sauf si les ventes le rouvrent"
        : $"Rendu au marketing\u00A0; peut revenir après {_p.Duration(reason.After ?? _d.Sales.CoolDownFor("rejected"))}";

    public override string EndsCoolDown(IReadOnlyList<string> criteria) =>
        $"Une nouvelle action {_p.Or([.. criteria.Select(criterion => _p.Quote(Label(criterion)))])} met aussitôt fin au repos.";

    public override IReadOnlyList<PageItem> Targets(Targets targets)
    {
        var promises = new List<PageItem>();
        if (targets.MqlPerWeek is { } range)
        {
            var many = (range.AtLeast, range.AtMost) switch
            {
                ({ } least, { } most) when least == most => Leads(least),
                ({ } least, { } most) => $"de {_p.Number(least)} à {Leads(most)}",
                ({ } least, null) => $"au moins {Leads(least)}",
                (null, { } most) => $"au plus {Leads(most)}",
                _ => "",
            };
            promises.Add(new PageItem("", $"Le marketing transmet {many} par semaine."));
        }

        Add(targets.MqlToSqlAtLeast, rate => $"{rate} des leads transmis deviennent des SQL.");
        Add(targets.SlaMetAtLeast, rate => $"{rate} des leads transmis sont contactés ou rejetés à temps.");
        Add(targets.ReasonsGivenAtLeast, rate => $"{rate} des rejets sont motivés.");
        return promises;

        void Add(double? rate, Func<string, string> say)
        {
            if (rate is { } least)
            {
                promises.Add(new PageItem("", say((least < 1 ? "Au moins " : "") + _p.Percent(least))));
            }
        }
    }

    public override string Signed(PageSigner signer) => $"Signé par {signer.Name} le {Day(signer.At)}";

    protected override PageItem Tier(Tier tier)
    {
        var condition = If(tier.If);
        return condition with { Text = $"{_p.Gives(tier.Points)} {FrenchPhrases.Si(condition.Text)}" };
    }

    protected override PageItem Activities(ActivityCriterion criterion, Decay? sectionDecay)
    {
        var isOnce = criterion.AtMost == criterion.Points && criterion is { Needs: 1, Decay: null };
        var recent = criterion.Within is { } within ? " " + _p.InTheLast(within) : "";
        var text = isOnce
            ? $"{_p.Gives(criterion.Points)}, une seule fois, pour {_p.OneActivity(criterion.On)}{recent}"
            : $"{_p.Gives(criterion.Points)} par {_p.Activity(criterion.On)}{recent}";
        var whose = criterion.Where is { } where ? _p.Whose(where, criterion.On) : new PageItem("", "");
        if (recent.Length > 0 && whose.Text.StartsWith(" dont ", StringComparison.Ordinal))
        {
            whose = whose with { Text = " et" + whose.Text };
        }

        var more = new List<string>();
        if (criterion.DistinctBy is { } by)
        {
            more.Add($"{_p.TheSame(by, criterion.On)} ne comptant qu’une fois{(criterion.Decay is null ? "" : ", à sa date la plus récente")}");
        }

        if (criterion.Needs > 1)
        {
            more.Add($"dès qu’il y en a au moins {_p.Number(criterion.Needs)}");
        }

        if (criterion.AtMost is { } most && !isOnce)
        {
            more.Add($"{_p.Gives(most)} au maximum");
        }

        var condition = criterion.If is { } on ? If(on) : null;
        if (condition is not null)
        {
            more.Add($"seulement {FrenchPhrases.Si(condition.Text)}");
        }

        var rest = string.Concat(more.Select(one => ", " + one));
        var fading = Fading(criterion, sectionDecay);
        return whose.Items.Count == 0
            ? new PageItem("", text + whose.Text + rest + (fading.Length > 0 ? "\u00A0; " + fading : ""), condition?.Items ?? [])
            : new PageItem("", text + (fading.Length > 0 ? $" ({fading})" : "") + rest + whose.Text, [.. condition?.Items ?? [], .. whose.Items]);
    }

    /// <summary>What a criterion does other than its section.</summary>
    private string Fading(ActivityCriterion criterion, Decay? sectionDecay) =>
        criterion.Decay == sectionDecay ? ""
        : criterion.Decay is { } decay ? $"ici, une action perd {_p.Loses(decay.LosePercent)} {_p.Every(decay.Every)}"
        : criterion.Points == -1 ? "ce point ne diminue pas avec le temps" : "ces points ne diminuent pas avec le temps";

    protected override PageItem Match(ExclusionMatch match)
    {
        var condition = match.If is { } on ? If(on) : null;
        if (match.On.Count == 0)
        {
            return condition!;
        }

        var whose = match.Where is { } where ? _p.Whose(where, match.On) : new PageItem("", "");
        var happened = (match.Within is { } within ? _p.InTheLast(within) + ", " : "") + _p.Happened(match.On) + whose.Text;
        return condition is null ? new PageItem("", happened, whose.Items)
            : condition.Items.Count == 0 && whose.Items.Count == 0 ? new PageItem("", $"{condition.Text}, et {happened}")
            : new PageItem("", _p.AllOfThese, [condition, new PageItem("", happened, whose.Items)]);
    }

    protected override string Unless(string clause) => clause.StartsWith("au cours d", StringComparison.Ordinal) ? $"sauf si, {clause}" : $"sauf {FrenchPhrases.Si(clause)}";

    private static bool IsWhether(string attribute) => attribute is "opted_out" or "is_customer" or "has_open_deal";

    private static string Zone(BusinessHours hours) => hours.Zone.Id == "UTC" ? "UTC" : $"fuseau {hours.Zone.Id}";

    private static string Name(string section) => section switch
    {
        "profile" => "profil",
        "behaviour" => "comportement",
        _ => "intention",
    };

    private static string NameOf(string section) => section == "intent" ? "l’intention" : $"le {Name(section)}";

    private static string What(string section) => section switch
    {
        "profile" => "qui il est",
        "behaviour" => "ce qu’il fait",
        _ => "ce qu’il dit vouloir",
    };

    private string Elements(int count) => count == 1 ? "un de ces éléments" : $"{_p.Number(count)} de ces éléments";

    private string Leads(double count) => $"{_p.Number(count)}{Fixed}{(count < 2 ? "lead" : "leads")}";

    private string Day(Instant at) => _p.Day(NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(_d.Sales.BusinessHours.Zone).Date);

    private string Marks(string what, Func<int, string> by, IReadOnlyList<(string Mark, int? From)> marks, string last)
    {
        var given = marks.Where(mark => mark.From is not null).ToList();
        return given.Count == 0
            ? $"{what}\u00A0; c’est toujours {last}."
            : $"{what}{Colon} {string.Join(", ", given.Select((mark, index) => $"{mark.Mark} à partir de {_p.Number(mark.From!.Value)}{(index == 0 ? $" {by(mark.From!.Value)}" : "")}"))}, {last} en dessous.";
    }
}
