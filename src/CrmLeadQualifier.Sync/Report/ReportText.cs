using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Sync.Charts;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The report as sections that both teams go through in half an hour, from what came in to what to do about it, in the report's language.</summary>
public sealed class ReportText
{
    private readonly WeeklyReport _report;
    private readonly ReportWords _words;

    private ReportText(WeeklyReport report)
    {
        _report = report;
        _words = Words(report);
    }

    private static ReportWords Words(WeeklyReport report) => new(report.Language, report.Set.Definition, report.Agreement.RetiredReasons);

    public static string Title(WeeklyReport report)
    {
        var words = Words(report);
        return words.Say($"Marketing and sales, {words.Week(report.Week)}", $"Marketing et ventes, {words.Week(report.Week)}");
    }

    public static string Subtitle(WeeklyReport report)
    {
        var words = Words(report);
        return words.Say(
            $"{report.Set.Definition.Name}, version {report.Agreement.Version}. {words.Day(report.Set.Window.From)} to {words.LastDay(report.Set.Window.To)}, as of {words.DayAndTime(report.Set.Window.AsOf)}.",
            $"{report.Set.Definition.Name}, version {report.Agreement.Version}. Du {words.Day(report.Set.Window.From)} au {words.LastDay(report.Set.Window.To)}, état au {words.DayAndTime(report.Set.Window.AsOf)}.");
    }

    public static IReadOnlyList<PageSection> Sections(WeeklyReport report)
    {
        var text = new ReportText(report);
        var (came, answered, conversion, rejected) = (new CameInSections(report, text._words), new AnsweredSections(report, text._words), new ConversionSections(report, text._words), new RejectedSections(report, text._words));
        return
        [
            .. new[]
            {
                text.Summary(), text.Targets(), text.Changes(), came.NewLeads(), came.Volume(), answered.Clock(), answered.Open(), conversion.BySource(), conversion.AtEqualAge(), conversion.ByGrade(),
                conversion.By(Say("By owner", "Par propriétaire"), Say("owner", "propriétaire"), report.Set.ByOwner),
                conversion.By(Say("By country", "Par pays"), Say("country", "pays"), report.Set.ByCountry),
                conversion.By(Say("By version of the agreement", "Par version de l’accord"), Say("version", "version"), report.Set.ByAgreement),
                rejected.Reasons(), rejected.ByName(),
            },
            .. report.Suggestions is { } suggestions ? SuggestionsText.ReportSections(suggestions, report.Language) : [],
            .. new[] { new ReconciliationSection(report, text._words).Write(), new CoverageSection(report, text._words).Write(), text.Problems(), text.HowToRead() },
        ];

        string Say(string english, string french) => text._words.Say(english, french);
    }

    private PageSection Summary()
    {
        var (set, latest) = (_report.Set, _report.Latest);
        List<string> sentences =
        [
            Say(
                $"In the last seven days: {_words.Count(latest.NewLeads.Count, "new lead", "new leads", "", "")}, {_words.Count(latest.Mqls, "MQL", "MQLs", "", "")}. Over the whole period: {_words.Count(set.Mqls, "MQL", "MQLs", "", "")}, of which sales has answered {_words.Of(set.Answered.Rate)}.",
                $"Sur les sept derniers jours : {_words.Count(latest.NewLeads.Count, "", "", "nouveau lead", "nouveaux leads")}, {_words.Count(latest.Mqls, "", "", "MQL", "MQL")}. Sur toute la période : {_words.Count(set.Mqls, "", "", "MQL", "MQL")} ; les ventes ont répondu pour {_words.Of(set.Answered.Rate)}."),
            Say(
                $"Became SQL: {_words.Of(set.MqlToSql.Rate)}. Won: {_words.Of(set.Close.Rate)}. Rejected, of those with a verdict: {_words.Of(set.Rejected.Rate)}.",
                $"Devenus SQL : {_words.Of(set.MqlToSql.Rate)}. Gagnés : {_words.Of(set.Close.Rate)}. Rejetés, parmi ceux qui ont un verdict : {_words.Of(set.Rejected.Rate)}."),
            Say(
                $"Waiting for sales now: {_words.Count(_report.Overdue)} overdue, {_words.Count(_report.Waiting)} handed to nobody yet.",
                $"En attente côté ventes : {_words.Count(_report.Overdue)} en retard, {_words.Count(_report.Waiting)} sans destinataire."),
        ];
        if (_report.WonWithoutPerson.Of > 0)
        {
            sentences.Add(Say(
                $"{_words.Of(_report.WonWithoutPerson)} of the won opportunities carry no person: what they say of leads is not in these rates.",
                $"{_words.Of(_report.WonWithoutPerson)} des opportunités gagnées ne portent aucune personne : ce qu’elles disent des leads n’est pas dans ces taux."));
        }

        if (set.FoundBySales > 0)
        {
            sentences.Add(Say(
                $"Found by sales without us: {_words.Count(set.FoundBySales, "SQL", "SQLs", "", "")}.",
                $"Trouvés par les ventes sans nous : {_words.Count(set.FoundBySales, "", "", "SQL", "SQL")}."));
        }

        if (set.Maturity.IsImmature)
        {
            sentences.Add(Say(
                $"Immature: the youngest MQL is {_words.Number(set.Maturity.YoungestDays)} days old, and most take up to {_words.Number(set.Maturity.NeededDays)} days to SQL. Rates will still rise; compare periods at equal age only.",
                $"Données jeunes : le MQL le plus récent a {_words.Number(set.Maturity.YoungestDays)} jours, et la plupart mettent jusqu’à {_words.Number(set.Maturity.NeededDays)} jours pour devenir SQL. Les taux vont encore monter ; ne comparez les périodes qu’à âge égal."));
        }

        if (_report.ReviewDueAt is { } due)
        {
            sentences.Add(due <= set.Window.AsOf
                ? Say($"The agreement’s review is overdue since {_words.Day(due)}: change it, or sign it again.", $"La révision de l’accord est en retard depuis le {_words.Day(due)} : modifiez-le ou signez-le de nouveau.")
                : Say($"The agreement is due for review on {_words.Day(due)}.", $"L’accord est à réviser le {_words.Day(due)}."));
        }

        return new(Say("In short", "En bref"), sentences, [], []);
    }

    private PageSection Targets() => new(
        Say("What we promised each other", "Ce que nous nous sommes promis"),
        [],
        [Say("target", "objectif"), Say("promised", "promis"), Say("this period", "cette période"), ""],
        [.. _report.Set.Targets.Select(target => (IReadOnlyList<string>)[NameOf(target.Target), Promised(target), Reached(target), Met(target)])]);

    private string NameOf(string target) => target switch
    {
        "mql_per_week" => Say("MQLs a week", "MQL par semaine"),
        "mql_to_sql" => Say("MQL to SQL", "MQL devenus SQL"),
        "sla_met" => Say("contacted in time", "contactés à temps"),
        "reasons_given" => Say("rejected with a reason", "rejetés avec un motif"),
        _ => target,
    };

    private string Promised(TargetResult target) => (target.AtLeast, target.AtMost) switch
    {
        ({ } least, { } most) => $"{Said(target, least)} {Say("to", "à")} {Said(target, most)}",
        ({ } least, null) => Say($"at least {Said(target, least)}", $"au moins {Said(target, least)}"),
        (null, { } most) => Say($"at most {Said(target, most)}", $"au plus {Said(target, most)}"),
        _ => "",
    };

    private string Reached(TargetResult target) => target.Rate is { } rate ? _words.Of(rate) : _words.Number(target.Value);

    private string Met(TargetResult target) => target.IsMet switch
    {
        false when target.Target == "mql_to_sql" && _report.Set.Maturity.IsImmature => Say("too early to say", "trop tôt pour le dire"),
        true => Say("✓ kept", "✓ tenu"),
        false => Say("✗ not kept", "✗ pas tenu"),
        null => Say("cannot be said yet", "on ne peut pas encore le dire"),
    };

    private PageSection Changes()
    {
        var title = Say("Since the last report", "Depuis le dernier rapport");
        if (_report.Changes is not { } changes)
        {
            return new(title, [Say("No earlier report is stored: this is the first.", "Aucun rapport antérieur n’est conservé : celui-ci est le premier.")], [], []);
        }

        var why = Say(
            $"The report of {_words.Week(changes.Week)} stays as it was. Read about the same period today: {_words.Count(changes.LateStages, "stage change", "stage changes", "", "")} and {_words.Count(changes.LateVerdicts, "verdict", "verdicts", "", "")} from before it were seen only after it.",
            $"Le rapport de la {_words.Week(changes.Week)} reste tel quel. Relu aujourd’hui sur la même période : {_words.Count(changes.LateStages, "", "", "changement d’étape antérieur n’a été vu", "changements d’étape antérieurs n’ont été vus")} qu’après lui, ainsi que {_words.Count(changes.LateVerdicts, "", "", "verdict", "verdicts")}.");
        return new(
            title,
            [why, .. changes.Figures.Count == 0 ? [Say("None of its figures is different.", "Aucun de ses chiffres n’a changé.")] : (string[])[]],
            [Say("figure", "chiffre"), Say("as reported", "dans le rapport"), Say("as known now", "connu aujourd’hui")],
            [.. changes.Figures.Select(figure => (IReadOnlyList<string>)[FigureName(figure.Figure), Figure(figure.Figure, figure.Was), Figure(figure.Figure, figure.Is)])]);
    }

    private string FigureName(string figure) => figure switch
    {
        "mqls" => "MQL",
        "answered" => Say("answered", "avec une réponse"),
        "mql_to_sql" => Say("MQL to SQL", "MQL devenus SQL"),
        "rejected" => Say("rejected", "rejetés"),
        "sla" => Say("contacted in time", "contactés à temps"),
        "mql_to_opportunity" => Say("MQL to opportunity", "MQL devenus opportunités"),
        "close" => Say("won", "gagnés"),
        _ => figure,
    };

    private string Figure(string figure, Rate rate) => figure == "mqls" ? _words.Count(rate.Count) : _words.Of(rate);

    private PageSection Problems() => new(
        Say("Problems of the data", "Problèmes de données"),
        [],
        [Say("how many", "combien"), Say("what", "quoi"), Say("such as", "par exemple")],
        [.. _report.Set.Problems.Select(problem => (IReadOnlyList<string>)[_words.Count(problem.Count), ProblemOf(problem), string.Join(", ", problem.Leads)])]);

    private string ProblemOf(IndicatorProblem problem) => problem.Kind switch
    {
        IndicatorProblem.WonBeforeMql => Say(
            "won a deal before they became MQL: that win counts in no rate and no lag", "avaient gagné une affaire avant de devenir MQL : ce gain ne compte dans aucun taux ni délai"),
        IndicatorProblem.UnknownRejectionReason => Say(
            "rejected with a reason that no agreement ever had", "rejetés avec un motif qu’aucun accord n’a jamais prévu"),
        IndicatorProblem.RetiredRejectionReason => Say(
            "rejected with a reason of an earlier agreement, retired since", "rejetés avec un motif d’un accord antérieur, retiré depuis"),
        _ => problem.Sentence,
    };

    private PageSection HowToRead() => new(
        Say("How to read this", "Comment lire ce rapport"),
        [
            Say(
                "The cohort is everybody whose change to MQL lies in the period; leads that were there when the agreement came into force are not in it. Each is followed up to the instant at the top.",
                "La cohorte réunit tous ceux qui sont devenus MQL pendant la période, sans ceux qui étaient déjà là quand l’accord est entré en vigueur. Chacun est suivi jusqu’à l’instant indiqué en haut."),
            Say(
                "A percentage always stands with its counts. The range after it is a 95% interval: two sources whose ranges overlap widely cannot be told apart.",
                "Un pourcentage est toujours donné avec ses effectifs. La fourchette qui suit est un intervalle à 95 % : deux sources dont les fourchettes se recouvrent largement ne se distinguent pas."),
            Say(
                "Only rates at equal age are compared between periods: of those who are at least that old, who came so far within that age.",
                "Seuls les taux à âge égal se comparent d’une période à l’autre : parmi ceux qui ont au moins cet âge, ceux qui étaient arrivés jusque-là à cet âge."),
        ],
        [],
        []);

    /// <summary>All but the number a week are shares.</summary>
    private string Said(TargetResult target, double value) => target.Rate is null ? _words.Number(value, "0.#") : _words.Percent(value);

    private string Say(string english, string french) => _words.Say(english, french);
}
