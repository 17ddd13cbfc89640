using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Definitions.Reading;
using CrmLeadQualifier.Core.Facts;
using NodaTime;

namespace CrmLeadQualifier.Core.AgreementText;

internal sealed class EnglishPhrases : Phrases
{
    private static readonly string[] Months =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    private static readonly Dictionary<string, string> Attributes = new()
    {
        ["email"] = "the e-mail address",
        ["first_name"] = "the first name",
        ["last_name"] = "the last name",
        ["phone"] = "the phone number",
        ["job_title"] = "the job title",
        ["department"] = "the department",
        ["seniority"] = "the seniority",
        ["company"] = "the company name",
        ["company_domain"] = "the company’s domain",
        ["website"] = "the website",
        ["industry"] = "the industry",
        ["country"] = "the country",
        ["region"] = "the region",
        ["city"] = "the city",
        ["postal_code"] = "the postal code",
        ["language"] = "the language",
        ["source"] = "the source",
        ["source_detail"] = "the source detail",
        ["lead_status"] = "the lead status",
        ["owner_email"] = "the owner’s e-mail address",
        ["timeframe"] = "the timeframe",
        ["budget"] = "the budget",
        ["need"] = "the need",
        ["employees"] = "the number of employees",
        ["annual_revenue"] = "the annual revenue",
        ["created_at"] = "the creation date",
        ["email_domain"] = "the e-mail domain",
    };

    /// <summary>What a boolean says, and what its opposite does.</summary>
    private static readonly Dictionary<string, (string Yes, string No)> Booleans = new()
    {
        ["opted_out"] = ("the lead has opted out of our e-mails", "the lead has not opted out of our e-mails"),
        ["is_customer"] = ("the lead is already a customer", "the lead is not a customer"),
        ["has_open_deal"] = ("a deal with the lead is open", "no deal with the lead is open"),
    };

    private static readonly Dictionary<string, (string One, string Happened)> Kinds = new()
    {
        ["page_view"] = ("page viewed", "the lead viewed a page"),
        ["form_submission"] = ("form submitted", "the lead submitted a form"),
        ["content_download"] = ("document downloaded", "the lead downloaded a document"),
        ["email_open"] = ("e-mail opened", "the lead opened an e-mail"),
        ["email_click"] = ("click in an e-mail", "the lead clicked in an e-mail"),
        ["email_reply"] = ("reply to an e-mail", "the lead replied to an e-mail"),
        ["email_sent"] = ("e-mail sent to the lead", "the lead was sent an e-mail"),
        ["email_bounce"] = ("bounced e-mail", "an e-mail to the lead bounced"),
        ["unsubscribe"] = ("unsubscription", "the lead unsubscribed"),
        ["meeting"] = ("meeting", "there was a meeting"),
        ["call"] = ("call", "there was a call"),
        ["event_registration"] = ("event registration", "the lead registered for an event"),
        ["event_attendance"] = ("event attended", "the lead attended an event"),
        ["campaign_response"] = ("campaign response", "the lead responded to a campaign"),
        ["chat"] = ("chat", "the lead chatted with us"),
        ["note"] = ("note about the lead", "a note was written about the lead"),
        ["task"] = ("completed task", "a task was completed"),
    };

    public override Language Language => Language.English;

    public override string AllOfThese => "all of these are true:";

    public override string OneOfThese => "at least one of these is true:";

    protected override string OrWord => "or";

    protected override string AndWord => "and";

    protected override string WhereWord => "where";

    public override string Quote(string text) => $"“{text}”";

    public override string Number(double number) => Grouped(number, ",", ".");

    public override string Percent(double fraction) => Number(Math.Round(fraction * 100, 6)) + "%";

    public override string Duration(TimeSpan span) => Unit(span) switch
    {
        (1, DurationUnit.Day) => "1 day",
        (var days, DurationUnit.Day) => $"{Number(days)} days",
        (1, DurationUnit.Hour) => "1 hour",
        (var hours, DurationUnit.Hour) => $"{Number(hours)} hours",
        (1, _) => "1 minute",
        var (minutes, _) => $"{Number(minutes)} minutes",
    };

    public override string Hours(TimeSpan span) => span.Ticks % TimeSpan.TicksPerHour == 0 ? Count(span.TotalHours, "hour") : Duration(span);

    public override string InTheLast(TimeSpan span) => Unit(span) switch
    {
        (1, DurationUnit.Day) => "in the last 24 hours",
        (1, DurationUnit.Hour) => "in the last hour",
        (1, _) => "in the last minute",
        _ => $"in the last {Duration(span)}",
    };

    public override string Every(TimeSpan span) => Unit(span) switch
    {
        (1, DurationUnit.Day) => "every day",
        (1, DurationUnit.Hour) => "every hour",
        (1, _) => "every minute",
        _ => $"every {Duration(span)}",
    };

    public override string Points(int points) => Count(Math.Abs((double)points), "point");

    public override string Gives(int points) => points == 0 ? "no points" : Points(points) + (points < 0 ? " less" : "");

    public override string Loses(int percent) => percent switch
    {
        25 => "a quarter of the points that it still has",
        50 => "half of the points that it still has",
        75 => "three quarters of the points that it still has",
        100 => "all its points",
        _ => $"{percent.ToString(CultureInfo.InvariantCulture)}% of the points that it still has",
    };

    public override string Day(LocalDate day) => string.Create(CultureInfo.InvariantCulture, $"{day.Day} {Months[day.Month - 1]} {day.Year}");

    public override string DaysOf(IReadOnlyList<LocalDate> days) => "on " + string.Join(", and on ", days.GroupBy(day => day.Year).Select(year =>
        And([.. year.GroupBy(day => day.Month).Select(month => And([.. month.Select(day => day.Day.ToString(CultureInfo.InvariantCulture))]) + " " + Months[month.Key - 1])])
        + string.Create(CultureInfo.InvariantCulture, $" {year.Key}")));

    public override string TimeOfDay(LocalTime time) => string.Create(CultureInfo.InvariantCulture, $"{time.Hour}:{time.Minute:00}");

    public override string WeekDays(IReadOnlySet<IsoDayOfWeek> days) =>
        Run(days) is var (first, last) ? $"{first} to {last}" : And([.. days.Order().Select(day => day.ToString())]);

    public override string Known(string attribute, AttributeType type) => attribute switch
    {
        "opted_out" => "whether the lead has opted out of our e-mails",
        "is_customer" => "whether the lead is a customer",
        "has_open_deal" => "whether a deal with the lead is open",
        "interests" => "the interests",
        _ => Named(attribute),
    };

    public override string Activity(IReadOnlyList<ActivityKind> kinds) => Or([.. kinds.Select(kind => Kinds[kind.Name].One)]);

    public override string OneActivity(IReadOnlyList<ActivityKind> kinds) => Or([.. kinds.Select(kind => Article(Kinds[kind.Name].One))]);

    public override string Happened(IReadOnlyList<ActivityKind> kinds) => kinds is [var only] ? Kinds[only.Name].Happened : "there was " + OneActivity(kinds);

    public override string TheSame(string attribute, IReadOnlyList<ActivityKind> kinds) => "the same " + Attribute(attribute, kinds);

    private static string Attribute(string attribute, IReadOnlyList<ActivityKind> kinds) => (attribute, kinds) switch
    {
        ("url", _) => "address",
        ("form", [_]) => "name",
        ("form", _) => "form name",
        ("event", [{ Name: "event_attendance" }]) => "name",
        (ActivityKind.DurationSeconds, _) => "duration in seconds",
        _ => attribute,
    };

    protected override string Either(IReadOnlyList<string> alternatives) =>
        $"either {string.Join(", ", alternatives.Take(alternatives.Count - 1))}{(alternatives.Any(alternative => alternative.Contains(',') || alternative.Contains(" and ")) ? "," : "")} or {alternatives[^1]}";

    protected override string OfLead(TestClause test, IReadOnlyDictionary<string, string> criteria) => test switch
    {
        { Subject: "employees" } => Together(test, "the company", Employees, "or its size is unknown"),
        { Type: AttributeType.Boolean } when Booleans.TryGetValue(test.Subject, out var said) => Together(test, "", predicate => Boolean(predicate, test.Subject, said), "or we do not know"),
        { Type: AttributeType.Boolean } => Together(test, Named(test.Subject), predicate => predicate.Test.Operator == Operator.Known
            ? (predicate.AsksForKnown ? "is known" : "is unknown")
            : "is " + Or([.. predicate.Test.Booleans.Select(value => Quote(value != predicate.IsDenied ? "yes" : "no"))])),
        { Type: AttributeType.List } => List(test),
        { Subject: "profile" or "behaviour" or "intent" or "total" } => Together(test with { OrUnknown = false }, $"the {test.Subject} score", Ordinary),
        { Subject: "grade" } => Together(test with { OrUnknown = false }, "the grade", Grade),
        _ when test.Subject.StartsWith(SubjectScope.Criterion, StringComparison.Ordinal) => Together(
            test with { OrUnknown = false }, Quote(criteria.GetValueOrDefault(test.Subject[SubjectScope.Criterion.Length..], test.Subject)), CriterionValue),
        _ => Together(test, Named(test.Subject), Ordinary),
    };

    protected override string OfActivity(TestClause test, IReadOnlyList<ActivityKind> kinds, bool isRelative) =>
        Together(test, $"{(isRelative ? "whose" : "the")} {Attribute(test.Subject, kinds)}", Ordinary);

    private static string Article(string noun) => noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? $"an {noun}" : $"a {noun}";

    private string Count(double count, string noun) => count == 1 ? $"1 {noun}" : $"{Number(count)} {noun}s";

    private string Named(string attribute) =>
        Attributes.TryGetValue(attribute, out var name) ? name
        : Booleans.ContainsKey(attribute) || attribute == "interests" ? "the " + attribute
        : $"the field {Quote(attribute.Replace('_', ' '))}";

    /// <summary>The subject once, before what is said of it.</summary>
    private static string Together(TestClause test, string subject, Func<Predicate, string> say, string orUnknown = "or is unknown")
    {
        var said = string.Join(test.IsAll ? " and " : " or ", test.Predicates.Select(say));
        return (subject.Length > 0 ? subject + " " : "") + said + (test.OrUnknown ? ", " + orUnknown : "");
    }

    private string Ordinary(Predicate predicate)
    {
        var (test, no) = (predicate.Test, predicate.IsDenied);
        if (test.Operator == Operator.Known)
        {
            return predicate.AsksForKnown ? "is known" : "is unknown";
        }

        if (test.Pattern is { } pattern)
        {
            return $"{(no ? "does not match" : "matches")} the pattern {Quote(pattern.ToString())}";
        }

        return test.Numbers.Count > 0 ? OfNumber(test, no) : test.Instants.Count > 0 || test.Window > TimeSpan.Zero ? OfDate(test, no) : OfText(test, no);
    }

    private string OfText(Test test, bool no)
    {
        var texts = Quoted(test);
        var one = texts.Count == 1;
        return (test.Operator, no) switch
        {
            (Operator.Is, false) => $"is {Or(texts)}",
            (Operator.Is, true) => one ? $"is not {texts[0]}" : texts.Count == 2 ? $"is neither {texts[0]} nor {texts[1]}" : $"is none of {And(texts)}",
            (Operator.Contains, false) => $"contains {Or(texts)}",
            (Operator.Contains, true) => one ? $"does not contain {texts[0]}" : texts.Count == 2 ? $"contains neither {texts[0]} nor {texts[1]}" : $"contains none of {And(texts)}",
            (Operator.HasWord, false) => one ? $"contains the {Words(test)} {texts[0]}" : $"contains one of the words {Or(texts)}",
            (Operator.HasWord, true) => one ? $"does not contain the {Words(test)} {texts[0]}" : $"contains none of the words {And(texts)}",
            (Operator.StartsWith, _) => $"{(no ? "does not start" : "starts")} with {Or(texts)}",
            (Operator.EndsWith, _) => $"{(no ? "does not end" : "ends")} with {Or(texts)}",
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    private static string Words(Test test) => test.Texts[0].Contains(' ', StringComparison.Ordinal) ? "words" : "word";

    private string OfNumber(Test test, bool no)
    {
        var numbers = test.Numbers.Select(Number).ToList();
        return (test.Operator, no) switch
        {
            (Operator.Is, false) => $"is {Or(numbers)}",
            (Operator.Is, true) => numbers.Count == 1 ? $"is not {numbers[0]}" : numbers.Count == 2 ? $"is neither {numbers[0]} nor {numbers[1]}" : $"is none of {And(numbers)}",
            (Operator.AtLeast, _) => $"is at least {numbers[0]}",
            (Operator.AtMost, _) => $"is at most {numbers[0]}",
            (Operator.MoreThan, _) => $"is more than {numbers[0]}",
            (Operator.LessThan, _) => $"is less than {numbers[0]}",
            (Operator.Between, false) => $"is between {numbers[0]} and {numbers[1]}",
            (Operator.Between, true) => $"is less than {numbers[0]} or more than {numbers[1]}",
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    private string OfDate(Test test, bool no)
    {
        string At(int index) => Moment(test.Instants[index], isLatest: true);
        return (test.Operator, no) switch
        {
            (Operator.Within, false) => $"is less than {Duration(test.Window)} ago",
            (Operator.Within, true) => $"is {Duration(test.Window)} ago or more, or still to come",
            (Operator.Is, false) => $"is {Or([.. test.Instants.Select(instant => Moment(instant, isLatest: true))])}",
            (Operator.Is, true) => $"is not {Or([.. test.Instants.Select(instant => Moment(instant, isLatest: true))])}",
            (Operator.AtLeast, _) => $"is {Moment(test.Instants[0], isLatest: false)} or later",
            (Operator.AtMost, _) => $"is {At(0)} or earlier",
            (Operator.MoreThan, _) => $"is after {At(0)}",
            (Operator.LessThan, _) => $"is before {Moment(test.Instants[0], isLatest: false)}",
            (Operator.Between, false) => $"is from {Moment(test.Instants[0], isLatest: false)} to {At(1)}",
            (Operator.Between, true) => $"is before {Moment(test.Instants[0], isLatest: false)} or after {At(1)}",
            _ => throw new ArgumentOutOfRangeException(nameof(test)),
        };
    }

    /// <summary>A day alone where it means its first instant by itself.</summary>
    private string Moment(Time.Instant instant, bool isLatest)
    {
        var (day, time) = DateOf(instant);
        return Day(day) + (time == LocalTime.Midnight && !isLatest ? "" : $" at {Clock(time)} UTC");
    }

    private string Employees(Predicate predicate)
    {
        var (test, no) = (predicate.Test, predicate.IsDenied);
        if (test.Operator == Operator.Known)
        {
            return predicate.AsksForKnown ? "has a known number of employees" : "has an unknown number of employees";
        }

        var numbers = test.Numbers.Select(Number).ToList();
        var noun = test.Numbers[^1] == 1 ? "employee" : "employees";
        return (test.Operator, no) switch
        {
            (Operator.Is, false) => $"has exactly {Or(numbers)} {noun}",
            (Operator.Is, true) => $"has a number of employees other than {Or(numbers)}",
            (Operator.AtLeast, _) => $"has at least {numbers[0]} {noun}",
            (Operator.AtMost, _) => $"has at most {numbers[0]} {noun}",
            (Operator.MoreThan, _) => $"has more than {numbers[0]} {noun}",
            (Operator.LessThan, _) => $"has fewer than {numbers[0]} {noun}",
            (Operator.Between, false) => $"has {numbers[0]} to {numbers[1]} {noun}",
            (Operator.Between, true) => $"has fewer than {numbers[0]} or more than {numbers[1]} employees",
            _ => throw new ArgumentOutOfRangeException(nameof(predicate)),
        };
    }

    private string Boolean(Predicate predicate, string attribute, (string Yes, string No) said)
    {
        if (predicate.Test.Operator == Operator.Known || predicate.Test.Booleans.Distinct().Count() > 1)
        {
            var isKnown = predicate.Test.Operator == Operator.Known ? predicate.AsksForKnown : !predicate.IsDenied;
            return $"it is {(isKnown ? "" : "not ")}known {Known(attribute, AttributeType.Boolean)}";
        }

        return predicate.Test.Booleans[0] != predicate.IsDenied ? said.Yes : said.No;
    }

    /// <summary>A positive test holds for some element of a list, a negative one for every element.</summary>
    private string List(TestClause test)
    {
        var whole = test.Subject == "interests" ? "the interests" : Named(test.Subject);
        var of = test.Subject == "interests" ? "of the interests" : $"of the values of {Named(test.Subject)}";
        var plural = test.Subject == "interests" ? "are" : "is";
        var said = test.Predicates.Select(predicate => predicate.Test.Operator == Operator.Known
            ? $"{whole} {plural} {(predicate.AsksForKnown ? "known" : "unknown")}"
            : $"{(predicate.IsDenied ? "none" : "one")} {of} {Ordinary(predicate with { IsDenied = false })}");
        return string.Join(test.IsAll ? " and " : " or ", said) + (test.OrUnknown ? $", or {whole} {plural} unknown" : "");
    }

    private string Grade(Predicate predicate) => predicate.Test.Operator == Operator.Is && predicate.Test.Written.Count > 0
        ? (predicate.IsDenied ? "is not " : "is ") + Or([.. predicate.Test.Written.Select(grade => OneLine(grade).ToUpperInvariant())])
        : Ordinary(predicate);

    private string CriterionValue(Predicate predicate) => predicate switch
    {
        { Test: { Operator: Operator.AtLeast, Numbers: [1] } or { Operator: Operator.MoreThan, Numbers: [0] } } => "gives points",
        { Test: { Operator: Operator.LessThan, Numbers: [1] } or { Operator: Operator.AtMost, Numbers: [0] } } => "gives no points",
        { Test: { Operator: Operator.AtLeast or Operator.AtMost or Operator.MoreThan or Operator.LessThan, Numbers: [var number] } } =>
            "gives " + Ordinary(predicate)["is ".Length..] + (number == 1 ? " point" : " points"),
        _ => "has a value that " + Ordinary(predicate),
    };

    private static string Clock(LocalTime time) => string.Create(
        CultureInfo.InvariantCulture, $"{time.Hour:00}:{time.Minute:00}{(time.Second + time.Millisecond > 0 ? $":{time.Second:00}" : "")}{(time.Millisecond > 0 ? $".{time.Millisecond:000}" : "")}");
}
