using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Definitions.Reading;
using CrmLeadQualifier.Core.Facts;
using NodaTime;

namespace CrmLeadQualifier.Core.AgreementText;

internal sealed class FrenchPhrases : Phrases
{
    /// <summary>A space at which no line may end: before double punctuation, within quotes and numbers.</summary>
    public const string Fixed = "\u00A0";

    private static readonly string[] Months =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

    private static readonly string[] WeekDayNames = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];

    private static readonly Dictionary<string, Noun> Attributes = new()
    {
        ["email"] = new("l’adresse e-mail", true),
        ["first_name"] = new("le prénom", false),
        ["last_name"] = new("le nom", false),
        ["phone"] = new("le numéro de téléphone", false),
        ["job_title"] = new("la fonction", true),
        ["department"] = new("le service", false),
        ["seniority"] = new("le niveau hiérarchique", false),
        ["company"] = new("le nom de l’entreprise", false),
        ["company_domain"] = new("le domaine de l’entreprise", false),
        ["website"] = new("le site web", false),
        ["industry"] = new("le secteur d’activité", false),
        ["country"] = new("le pays", false),
        ["region"] = new("la région", true),
        ["city"] = new("la ville", true),
        ["postal_code"] = new("le code postal", false),
        ["language"] = new("la langue", true),
        ["source"] = new("la source", true),
        ["source_detail"] = new("le détail de la source", false),
        ["lead_status"] = new("le statut du lead", false),
        ["owner_email"] = new("l’adresse e-mail du propriétaire", true),
        ["timeframe"] = new("l’échéance du projet", true),
        ["budget"] = new("le budget", false),
        ["need"] = new("le besoin", false),
        ["employees"] = new("l’effectif de l’entreprise", false),
        ["annual_revenue"] = new("le chiffre d’affaires annuel", false),
        ["created_at"] = new("la date de création", true),
        ["email_domain"] = new("le domaine de l’adresse e-mail", false),
    };

    private static readonly Dictionary<string, (string Yes, string No, string Whether)> Booleans = new()
    {
        ["opted_out"] = ("le lead s’est désinscrit de nos e-mails", "le lead ne s’est pas désinscrit de nos e-mails", "si le lead s’est désinscrit de nos e-mails"),
        ["is_customer"] = ("le lead est déjà client", "le lead n’est pas client", "si le lead est client"),
        ["has_open_deal"] = ("une affaire est en cours avec le lead", "aucune affaire n’est en cours avec le lead", "si une affaire est en cours avec le lead"),
    };

    private static readonly Dictionary<string, (Noun One, string Happened)> Kinds = new()
    {
        ["page_view"] = (new("page vue", true), "le lead a vu une page"),
        ["form_submission"] = (new("formulaire envoyé", false), "le lead a envoyé un formulaire"),
        ["content_download"] = (new("document téléchargé", false), "le lead a téléchargé un document"),
        ["email_open"] = (new("e-mail ouvert", false), "le lead a ouvert un e-mail"),
        ["email_click"] = (new("clic dans un e-mail", false), "le lead a cliqué dans un e-mail"),
        ["email_reply"] = (new("réponse à un e-mail", true), "le lead a répondu à un e-mail"),
        ["email_sent"] = (new("e-mail envoyé au lead", false), "le lead a reçu un e-mail de notre part"),
        ["email_bounce"] = (new("e-mail revenu en erreur", false), "un e-mail envoyé au lead est revenu en erreur"),
        ["unsubscribe"] = (new("désinscription", true), "le lead s’est désinscrit"),
        ["meeting"] = (new("rendez-vous", false), "il y a eu un rendez-vous"),
        ["call"] = (new("appel", false), "il y a eu un appel"),
        ["event_registration"] = (new("inscription à un événement", true), "le lead s’est inscrit à un événement"),
        ["event_attendance"] = (new("participation à un événement", true), "le lead a participé à un événement"),
        ["campaign_response"] = (new("réponse à une campagne", true), "le lead a répondu à une campagne"),
        ["chat"] = (new("conversation en ligne", true), "le lead a discuté en ligne avec nous"),
        ["note"] = (new("note sur le lead", true), "une note a été écrite sur le lead"),
        ["task"] = (new("tâche terminée", true), "une tâche a été terminée"),
    };

    private static readonly Dictionary<string, Noun> ActivityAttributes = new()
    {
        ["url"] = new("l’adresse", true),
        ["title"] = new("le titre", false),
        ["form"] = new("le nom de formulaire", false),
        ["campaign"] = new("la campagne", true),
        ["subject"] = new("l’objet", false),
        ["outcome"] = new("le résultat", false),
        ["direction"] = new("le sens", false),
        [ActivityKind.DurationSeconds] = new("la durée en secondes", true),
        ["event"] = new("l’événement", false),
        ["type"] = new("le type", false),
        ["status"] = new("le statut", false),
    };

    public override Language Language => Language.French;

    public override string AllOfThese => $"toutes ces conditions sont remplies{Fixed}:";

    public override string OneOfThese => $"au moins une de ces conditions est remplie{Fixed}:";

    protected override string OrWord => "ou";

    protected override string AndWord => "et";

    protected override string WhereWord => "si";

    public override string Quote(string text) => $"«{Fixed}{text}{Fixed}»";

    public override string Number(double number) => Grouped(number, Fixed, ",");

    public override string Percent(double fraction) => Number(Math.Round(fraction * 100, 6)) + Fixed + "%";

    public override string Duration(TimeSpan span)
    {
        var (count, unit) = Unit(span);
        return Count(count, Name(unit));
    }

    public override string Hours(TimeSpan span) => span.Ticks % TimeSpan.TicksPerHour == 0 ? Count(span.TotalHours, "heure") : Duration(span);

    public override string InTheLast(TimeSpan span) => Unit(span) switch
    {
        (1, DurationUnit.Day) => $"au cours des dernières 24{Fixed}heures",
        (1, var unit) => $"au cours de la dernière {Name(unit)}",
        (var days, DurationUnit.Day) => $"au cours des {Number(days)}{Fixed}derniers jours",
        var (count, unit) => $"au cours des {Number(count)}{Fixed}dernières {Name(unit)}s",
    };

    public override string Every(TimeSpan span) => Unit(span) switch
    {
        (1, var unit) => $"chaque {Name(unit)}",
        (var days, DurationUnit.Day) => $"tous les {Number(days)}{Fixed}jours",
        var (count, unit) => $"toutes les {Number(count)}{Fixed}{Name(unit)}s",
    };

    public override string Points(int points) => Count(Math.Abs((double)points), "point");

    public override string Gives(int points) => points == 0 ? "aucun point" : Points(points) + (points < 0 ? " de moins" : "");

    public override string Loses(int percent) => percent switch
    {
        25 => "le quart des points qui lui restent",
        50 => "la moitié des points qui lui restent",
        75 => "les trois quarts des points qui lui restent",
        100 => "tous ses points",
        _ => $"{Percent(percent / 100d)} des points qui lui restent",
    };

    public override string Day(LocalDate day) => string.Create(CultureInfo.InvariantCulture, $"{DayOfMonth(day)} {Months[day.Month - 1]} {day.Year}");

    public override string DaysOf(IReadOnlyList<LocalDate> days) => string.Join(", et ", days.GroupBy(day => day.Year).Select(year =>
        (year.Count() == 1 ? "le " : "les ")
        + And([.. year.GroupBy(day => day.Month).Select(month => And([.. month.Select(DayOfMonth)]) + " " + Months[month.Key - 1])])
        + string.Create(CultureInfo.InvariantCulture, $" {year.Key}")));

    public override string TimeOfDay(LocalTime time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.Hour}{Fixed}h{(time.Minute > 0 ? $"{Fixed}{time.Minute:00}" : "")}");

    public override string WeekDays(IReadOnlySet<IsoDayOfWeek> days) => Run(days) is var (first, last)
        ? $"du {WeekDayNames[(int)first - 1]} au {WeekDayNames[(int)last - 1]}"
        : And([.. days.Order().Select(day => $"le {WeekDayNames[(int)day - 1]}")]);

    public override string Known(string attribute, AttributeType type) =>
        Booleans.TryGetValue(attribute, out var boolean) ? boolean.Whether : attribute == "interests" ? "les centres d’intérêt" : Named(attribute).Text;

    public override string Activity(IReadOnlyList<ActivityKind> kinds) => Or([.. kinds.Select(kind => Kinds[kind.Name].One.Text)]);

    public override string OneActivity(IReadOnlyList<ActivityKind> kinds) => Or([.. kinds.Select(kind => Kinds[kind.Name].One).Select(noun => $"{(noun.IsFeminine ? "une" : "un")} {noun.Text}")]);

    public override string Happened(IReadOnlyList<ActivityKind> kinds) => kinds is [var only] ? Kinds[only.Name].Happened : "il y a eu " + OneActivity(kinds);

    public override string TheSame(string attribute, IReadOnlyList<ActivityKind> kinds)
    {
        var noun = OfActivities(attribute, kinds);
        var bare = noun.Text.StartsWith("l’", StringComparison.Ordinal) ? noun.Text[2..] : noun.Text[3..];
        return $"{(noun.IsFeminine ? "la" : "le")} même {bare}";
    }

    /// <summary>"Si", which drops its vowel before "il".</summary>
    public static string Si(string clause) => clause.StartsWith("il ", StringComparison.Ordinal) ? $"s’{clause}" : $"si {clause}";

    protected override string Either(IReadOnlyList<string> alternatives) => string.Join(", ", alternatives.Select(alternative => $"soit {alternative}"));

    protected override string OfLead(TestClause test, IReadOnlyDictionary<string, string> criteria) => test switch
    {
        { Subject: "employees" } => Together(test, "l’entreprise", Employees, "ou son effectif n’est pas connu"),
        { Type: AttributeType.Boolean } when Booleans.TryGetValue(test.Subject, out var said) => Together(test, "", predicate => Boolean(predicate, said), "ou on l’ignore"),
        { Type: AttributeType.Boolean } => Together(test, Named(test.Subject).Text, predicate => predicate.Test.Operator == Operator.Known
            ? KnownOrNot(predicate, isFeminine: false)
            : "vaut " + Or([.. predicate.Test.Booleans.Select(value => Quote(value != predicate.IsDenied ? "oui" : "non"))])),
        { Type: AttributeType.List } => List(test),
        { Subject: "profile" } => Quantity(test, "le score de profil"),
        { Subject: "behaviour" } => Quantity(test, "le score de comportement"),
        { Subject: "intent" } => Quantity(test, "le score d’intention"),
        { Subject: "total" } => Quantity(test, "le score total"),
        { Subject: "grade" } => Together(test with { OrUnknown = false }, "la note", Grade),
        _ when test.Subject.StartsWith(SubjectScope.Criterion, StringComparison.Ordinal) => Together(
            test with { OrUnknown = false }, Quote(criteria.GetValueOrDefault(test.Subject[SubjectScope.Criterion.Length..], test.Subject)), CriterionValue),
        _ => Of(test, Named(test.Subject), ""),
    };

    protected override string OfActivity(TestClause test, IReadOnlyList<ActivityKind> kinds, bool isRelative) =>
        Of(test, OfActivities(test.Subject, kinds), isRelative ? "dont " : "");

    private static string DayOfMonth(LocalDate day) => day.Day == 1 ? "1er" : day.Day.ToString(CultureInfo.InvariantCulture);

    private static string Name(DurationUnit unit) => unit switch { DurationUnit.Day => "jour", DurationUnit.Hour => "heure", _ => "minute" };

    private static string KnownOrNot(Predicate predicate, bool isFeminine) => $"{(predicate.AsksForKnown ? "est" : "n’est pas")} connu{E(isFeminine)}";

    private static string E(bool isFeminine) => isFeminine ? "e" : "";

    /// <summary>In French, what is less than two is singular.</summary>
    private string Count(double count, string noun) => $"{Number(count)}{Fixed}{noun}{(count < 2 ? "" : "s")}";

    private Noun Named(string attribute) =>
        Attributes.TryGetValue(attribute, out var name) ? name : new Noun($"le champ {Quote(attribute.Replace('_', ' '))}", false);

    private static Noun OfActivities(string attribute, IReadOnlyList<ActivityKind> kinds) => (attribute, kinds) switch
    {
        ("form", [_]) => new Noun("le nom", false),
        ("event", [_]) => new Noun("le nom", false),
        _ => ActivityAttributes[attribute],
    };

    private static string Together(TestClause test, string subject, Func<Predicate, string> say, string orUnknown)
    {
        var said = string.Join(test.IsAll ? " et " : " ou ", test.Predicates.Select(say));
        return (subject.Length > 0 ? subject + " " : "") + said + (test.OrUnknown ? ", " + orUnknown : "");
    }

    private static string Together(TestClause test, string subject, Func<Predicate, string> say) => Together(test, subject, say, "ou n’est pas connu");

    private string Of(TestClause test, Noun noun, string before) =>
        Together(test, before + noun.Text, predicate => Ordinary(predicate, noun.IsFeminine), $"ou n’est pas connu{E(noun.IsFeminine)}");

    private string Quantity(TestClause test, string subject) => Together(test with { OrUnknown = false }, subject, predicate => Ordinary(predicate, isFeminine: false));

    private string Ordinary(Predicate predicate, bool isFeminine)
    {
        var (test, no) = (predicate.Test, predicate.IsDenied);
        if (test.Operator == Operator.Known)
        {
            return KnownOrNot(predicate, isFeminine);
        }

        if (test.Pattern is { } pattern)
        {
            return $"{(no ? "ne correspond pas" : "correspond")} à l’expression régulière {Quote(pattern.ToString())}";
        }

        return test.Numbers.Count > 0 ? OfNumber(test, no, isFeminine) : test.Instants.Count > 0 || test.Window > TimeSpan.Zero ? OfDate(test, no, isFeminine) : OfText(test, no);
    }

    private string OfText(Test test, bool no)
    {
        var texts = Quoted(test);
        var one = texts.Count == 1;
        return (test.Operator, no) switch
        {
            (Operator.Is, false) => $"est {Or(texts)}",
            (Operator.Is, true) => one ? $"n’est pas {texts[0]}" : $"n’est {Ni(texts)}",
            (Operator.Contains, false) => $"contient {Or(texts)}",
            (Operator.Contains, true) => one ? $"ne contient pas {texts[0]}" : $"ne contient {Ni(texts)}",
            (Operator.HasWord, false) => one ? $"contient {Words(test)} {texts[0]}" : $"contient l’un des mots {Or(texts)}",
            (Operator.HasWord, true) => one ? $"ne contient pas {Words(test)} {texts[0]}" : $"ne contient aucun des mots {And(texts)}",
            (Operator.StartsWith, false) => $"commence par {Or(texts)}",
            (Operator.StartsWith, true) => one ? $"ne commence pas par {texts[0]}" : $"ne commence {Ni([.. texts.Select(text => "par " + text)])}",
            (Operator.EndsWith, false) => $"se termine par {Or(texts)}",
            (Operator.EndsWith, true) => one ? $"ne se termine pas par {texts[0]}" : $"ne se termine {Ni([.. texts.Select(text => "par " + text)])}",
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    private static string Words(Test test) => test.Texts[0].Contains(' ', StringComparison.Ordinal) ? "les mots" : "le mot";

    private static string Ni(IReadOnlyList<string> items) => items.Count == 2 ? $"ni {items[0]} ni {items[1]}" : string.Join(", ", items.Select(item => "ni " + item));

    private string OfNumber(Test test, bool no, bool isFeminine)
    {
        var numbers = test.Numbers.Select(Number).ToList();
        var e = E(isFeminine);
        return (test.Operator, no) switch
        {
            (Operator.Is, false) => $"est de {Or(numbers)}",
            (Operator.Is, true) => numbers.Count == 1 ? $"n’est pas de {numbers[0]}" : $"n’est {Ni([.. numbers.Select(number => "de " + number)])}",
            (Operator.AtLeast, _) => $"est d’au moins {numbers[0]}",
            (Operator.AtMost, _) => $"est d’au plus {numbers[0]}",
            (Operator.MoreThan, _) => $"est supérieur{e} à {numbers[0]}",
            (Operator.LessThan, _) => $"est inférieur{e} à {numbers[0]}",
            (Operator.Between, false) => $"est compris{(isFeminine ? "e" : "")} entre {numbers[0]} et {numbers[1]}",
            (Operator.Between, true) => $"est inférieur{e} à {numbers[0]} ou supérieur{e} à {numbers[1]}",
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    private string OfDate(Test test, bool no, bool isFeminine)
    {
        string Exact(int index) => Moment(test.Instants[index], isLatest: true);
        string FromStart(int index) => Moment(test.Instants[index], isLatest: false);
        var e = E(isFeminine);
        return (test.Operator, no) switch
        {
            (Operator.Within, false) => $"remonte à moins de {Duration(test.Window)}",
            (Operator.Within, true) => $"remonte à {Duration(test.Window)} ou plus, ou est encore à venir",
            (Operator.Is, false) => $"est {Or([.. test.Instants.Select((_, index) => "le " + Exact(index))])}",
            (Operator.Is, true) => $"n’est pas {Or([.. test.Instants.Select((_, index) => "le " + Exact(index))])}",
            (Operator.AtLeast, _) => $"est au plus tôt le {FromStart(0)}",
            (Operator.AtMost, _) => $"est au plus tard le {Exact(0)}",
            (Operator.MoreThan, _) => $"est postérieur{e} au {Exact(0)}",
            (Operator.LessThan, _) => $"est antérieur{e} au {FromStart(0)}",
            (Operator.Between, false) => $"se situe entre le {FromStart(0)} et le {Exact(1)}",
            (Operator.Between, true) => $"est antérieur{e} au {FromStart(0)} ou postérieur{e} au {Exact(1)}",
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    /// <summary>A day alone where it means its first instant by itself.</summary>
    private string Moment(Time.Instant instant, bool isLatest)
    {
        var (day, time) = DateOf(instant);
        var seconds = time.Second + time.Millisecond > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Fixed}min{Fixed}{time.Second:00}{(time.Millisecond > 0 ? $",{time.Millisecond:000}" : "")}{Fixed}s") : "";
        return Day(day) + (time == LocalTime.Midnight && !isLatest ? "" : string.Create(CultureInfo.InvariantCulture, $" à {time.Hour}{Fixed}h{Fixed}{time.Minute:00}{seconds} UTC"));
    }

    private string Employees(Predicate predicate)
    {
        var (test, no) = (predicate.Test, predicate.IsDenied);
        if (test.Operator == Operator.Known)
        {
            return predicate.AsksForKnown ? "a un effectif connu" : "a un effectif inconnu";
        }

        var numbers = test.Numbers.Select(Number).ToList();
        var noun = test.Numbers[^1] < 2 ? "salarié" : "salariés";
        return (test.Operator, no) switch
        {
            (Operator.Is, false) => $"compte exactement {Or(numbers)} {noun}",
            (Operator.Is, true) => $"a un effectif autre que {Or(numbers)} {noun}",
            (Operator.AtLeast, _) => $"compte au moins {numbers[0]} {noun}",
            (Operator.AtMost, _) => $"compte au plus {numbers[0]} {noun}",
            (Operator.MoreThan, _) => $"compte plus de {numbers[0]} {noun}",
            (Operator.LessThan, _) => $"compte moins de {numbers[0]} {noun}",
            (Operator.Between, false) => $"compte de {numbers[0]} à {numbers[1]} {noun}",
            (Operator.Between, true) => $"compte moins de {numbers[0]} ou plus de {numbers[1]} salariés",
            _ => throw new ArgumentOutOfRangeException(nameof(predicate)),
        };
    }

    private static string Boolean(Predicate predicate, (string Yes, string No, string Whether) said)
    {
        if (predicate.Test.Operator == Operator.Known || predicate.Test.Booleans.Distinct().Count() > 1)
        {
            var isKnown = predicate.Test.Operator == Operator.Known ? predicate.AsksForKnown : !predicate.IsDenied;
            return $"on {(isKnown ? "sait" : "ignore")} {said.Whether}";
        }

        return predicate.Test.Booleans[0] != predicate.IsDenied ? said.Yes : said.No;
    }

    /// <summary>A positive test holds for some element of a list, a negative one for every element.</summary>
    private string List(TestClause test)
    {
        var (of, known, unknown) = test.Subject == "interests"
            ? ("des centres d’intérêt", "les centres d’intérêt sont connus", "les centres d’intérêt ne sont pas connus")
            : ($"des valeurs du champ {Quote(test.Subject.Replace('_', ' '))}", $"{Named(test.Subject).Text} est connu", $"{Named(test.Subject).Text} n’est pas connu");
        var isFeminine = test.Subject != "interests";
        var said = test.Predicates.Select(predicate =>
            predicate.Test.Operator == Operator.Known ? (predicate.AsksForKnown ? known : unknown)
            : predicate.IsDenied ? $"aucun{E(isFeminine)} {of} {Denied(Ordinary(predicate with { IsDenied = false }, isFeminine))}"
            : $"l’un{E(isFeminine)} {of} {Ordinary(predicate, isFeminine)}");
        return string.Join(test.IsAll ? " et " : " ou ", said) + (test.OrUnknown ? $", ou {unknown}" : "");
    }

    /// <summary>After "aucun", the verb takes its "ne".</summary>
    private static string Denied(string said) => said[0] is 'e' ? $"n’{said}" : $"ne {said}";

    private string Grade(Predicate predicate) => predicate.Test.Operator == Operator.Is && predicate.Test.Written.Count > 0
        ? (predicate.IsDenied ? "n’est pas " : "est ") + Or([.. predicate.Test.Written.Select(grade => OneLine(grade).ToUpperInvariant())])
        : Ordinary(predicate, isFeminine: true);

    private string CriterionValue(Predicate predicate)
    {
        var number = predicate.Test.Numbers.Count > 0 ? Number(predicate.Test.Numbers[0]) : "";
        var points = predicate.Test.Numbers.Count > 0 && Math.Abs(predicate.Test.Numbers[^1]) < 2 ? "point" : "points";
        return predicate switch
        {
            { Test: { Operator: Operator.AtLeast, Numbers: [1] } or { Operator: Operator.MoreThan, Numbers: [0] } } => "rapporte des points",
            { Test: { Operator: Operator.LessThan, Numbers: [1] } or { Operator: Operator.AtMost, Numbers: [0] } } => "ne rapporte pas de points",
            { Test.Operator: Operator.AtLeast } => $"rapporte au moins {number} {points}",
            { Test.Operator: Operator.AtMost } => $"rapporte au plus {number} {points}",
            { Test.Operator: Operator.MoreThan } => $"rapporte plus de {number} {points}",
            { Test.Operator: Operator.LessThan } => $"rapporte moins de {number} {points}",
            _ => $"a une valeur qui {Ordinary(predicate, isFeminine: true)}",
        };
    }

    private sealed record Noun(string Text, bool IsFeminine);
}
