using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.AgreementText;

internal sealed class EnglishSentences(EnglishPhrases phrases, Definition definition) : PageSentences(phrases, definition)
{
    private readonly EnglishPhrases _p = phrases;
    private readonly Definition _d = definition;

    public override string IdealCustomerHeading => "Who we are looking for";

    public override string ScoringHeading => "How a lead is scored";

    public override string HowToRead =>
        "What we do not know counts neither for nor against a lead, unless a line says so. Capitals and accents make no difference. "
        + "In the CRM, every lead shows its points beside these same names.";

    public override string ExclusionsHeading => "Who is never handed over";

    public override string ExclusionsIntroduction => "However high the score, a lead is not handed to sales in any of these cases:";

    public override string GradesHeading => "What the grade says";

    public override string MqlHeading => "When a lead is handed to sales";

    public override string HandedOverWhenAny => "A lead is handed to sales as soon as any one of these is true:";

    public override string BecomesMql => "It is then a marketing qualified lead (MQL). A score that falls later takes nothing back.";

    public override string SalesHeading => "What sales does with it";

    public override string FirstContact => $"Sales gets in touch within {_p.Hours(_d.Sales.FirstContactWithin)} of the hand-over, or rejects the lead in that time.";

    public override string BusinessHours
    {
        get
        {
            var hours = _d.Sales.BusinessHours;
            var holidays = hours.Holidays.Count == 0 ? "" : $", except {_p.DaysOf([.. hours.Holidays.Order()])}";
            return $"Only business hours count: {_p.WeekDays(hours.Days)}, {_p.TimeOfDay(hours.From)} to {_p.TimeOfDay(hours.To)} ({Zone(hours)}){holidays}.";
        }
    }

    public override string Acceptance
    {
        get
        {
            var steps = _d.Sales.TwoStep
                ? "Accepting a lead makes it a sales accepted lead (SAL); qualifying it makes it a sales qualified lead (SQL)."
                : "Accepting a lead makes it a sales qualified lead (SQL).";
            return _d.Sql?.Means is { } means ? $"{steps} An SQL means: {WithinSentence(Sentence(means))}" : steps;
        }
    }

    public override string NeverExpires => "A lead that was handed over waits for its answer for as long as it takes.";

    public override string RejectionHeading => "When sales rejects a lead";

    public override string NoReasons => "Sales says why in its own words; the reason is kept as it is written.";

    public override string OneOfTheReasons => "Sales gives one of these reasons:";

    public override IReadOnlyList<string> ReasonColumns => ["Reason", "What follows"];

    public override string OtherCoolDowns
    {
        get
        {
            var (expired, lost, rest) = (_d.Sales.CoolDownFor("expired"), _d.Sales.CoolDownFor("deal_lost"), _d.Sales.CoolDownFor("rejected"));
            var expires = _d.Mql.ExpiresAfter is null ? "" : $"{_p.Duration(expired)} if it expired without an answer, ";
            return $"In all other cases a lead that goes back to marketing rests: {expires}{_p.Duration(lost)} after a lost deal, {_p.Duration(rest)} if it was rejected without one of the agreed reasons.";
        }
    }

    public override string ReturnHeading => "When a lead comes back";

    public override string ComesBack =>
        "A lead that went back to marketing is handed over again only when its rest is over, it meets the conditions above, and it has shown new interest: an activity that earned points since. "
        + "If sales entered a day to recontact it, that day takes the place of both the rest and the new interest.";

    public override string ThirdReturn => "A lead that comes back for the third time within twelve months waits until a person releases it.";

    public override string PromisesHeading => "What we promise each other";

    public override string PromisesIntroduction => "Every report says whether these promises were kept:";

    public override string Review => $"Marketing and sales review this agreement together {_p.Every(_d.ReviewEvery)}.";

    public override string SignaturesHeading => "Signatures";

    public override string BothSign => "This agreement is in force once marketing and sales have both signed exactly this content.";

    public override IReadOnlyList<(string Role, string Text)> Roles => [("marketing", "For marketing"), ("sales", "For sales")];

    public override string NameLabel => "Name";

    public override string DateLabel => "Date";

    protected override string FirstThatFits => "the first of these that applies:";

    public override string Subtitle(PageVersion? version)
    {
        const string What = "The agreement between marketing and sales on what a quality lead is";
        return version is null ? What
            : string.Create(CultureInfo.InvariantCulture, $"{What}: version {version.Number}, {(version.InForceSince is { } since ? $"in force since {Day(since)}" : "not in force")} (fingerprint {version.Fingerprint[..12]})");
    }

    public override string ScoreIs(IReadOnlyList<Section> sections)
    {
        var total = _p.Points(sections.Sum(section => section.Cap));
        return sections.Count == 1
            ? $"A lead’s score is its {sections[0].Name}, {What(sections[0].Name)}: from 0 to {total}, never less and never more."
            : $"A lead’s score is the sum of {(sections.Count == 2 ? "two" : "three")} parts: {Parts([.. sections.Select(section => $"its {section.Name} ({What(section.Name)}), from 0 to {_p.Points(section.Cap)}")], "and")}. "
                + $"No part falls below 0 or rises above its maximum, so the highest possible score is {_p.Number(sections.Sum(section => section.Cap))}.";
    }

    public override string ScoredOnlyIf(IReadOnlyList<string> attributes) => $"A lead is scored only if we know {_p.And([.. attributes.Select(Known)])}.";

    public override string SectionTitle(Section section) =>
        $"{SectionName(section.Name)}: {What(section.Name)} (at most {_p.Points(section.Cap)})";

    public override string SectionName(string section) => char.ToUpperInvariant(section[0]) + section[1..];

    public override string SectionDecay(Decay decay, bool hasOthers) =>
        $"Interest cools: {_p.Every(decay.Every)}, an activity loses {_p.Loses(decay.LosePercent)}{(hasOthers ? ", unless a line says otherwise" : "")}.";

    public override PageItem Letters(Grades grades) => new("", Marks(
        "The letter says who they are", points => points == 1 ? "profile point" : "profile points", [("A", grades.A), ("B", grades.B), ("C", grades.C)], "D"));

    public override PageItem Digits(Grades grades) => new("", Marks(
        "The digit says what they do and want", points => points == 1 ? "point of behaviour and intent together" : "points of behaviour and intent together", [("1", grades.One), ("2", grades.Two), ("3", grades.Three)], "4"));

    public override string HandedOverWhen(string condition) => $"A lead is handed to sales as soon as {condition}{(condition.EndsWith(':') ? "" : ".")}";

    public override string DailyLimit(int limit) =>
        $"Leads that were qualified already when this agreement came into force do not arrive all at once: at most {_p.Number(limit)} a day, those with the highest scores first.";

    public override string Evidence(Evidence evidence)
    {
        var known = _p.And([.. evidence.Of.Select(Known)]);
        var all = evidence.AtLeast == evidence.Of.Count;
        return $"By that time {(evidence.Of.Count == 1 ? known : all ? $"all of these should be known: {known}" : $"at least {evidence.AtLeast} of these should be known: {known}")}"
            + $"{(evidence.Of.Count == 1 ? " should be known" : "")}. With less the lead still counts, but it is marked “evidence missing”.";
    }

    public override string ExpiresAfter(TimeSpan span) =>
        $"Without an answer from sales within {_p.Duration(span)}, the lead goes back to marketing, unless a deal is open or sales was in contact in the last 14 days.";

    public override string AfterRejection(RejectionReason reason) => reason.Then == Definitions.AfterRejection.Disqualify
        ? "Out for good, unless sales reopens it"
        : $"Back to marketing; may return after {_p.Duration(reason.After ?? _d.Sales.CoolDownFor("rejected"))}";

    public override string EndsCoolDown(IReadOnlyList<string> criteria) =>
        $"A new {_p.Or([.. criteria.Select(criterion => _p.Quote(Label(criterion)))])} ends the rest at once.";

    public override IReadOnlyList<PageItem> Targets(Targets targets)
    {
        var promises = new List<PageItem>();
        if (targets.MqlPerWeek is { } range)
        {
            var many = (range.AtLeast, range.AtMost) switch
            {
                ({ } least, { } most) when least == most => $"hands over {Leads(least)}",
                ({ } least, { } most) => $"hands over {_p.Number(least)} to {Leads(most)}",
                ({ } least, null) => $"hands over at least {Leads(least)}",
                (null, { } most) => $"hands over at most {Leads(most)}",
                _ => "",
            };
            promises.Add(new PageItem("", $"Marketing {many} a week."));
        }

        Add(targets.MqlToSqlAtLeast, rate => $"{rate} of the leads handed over become SQLs.");
        Add(targets.SlaMetAtLeast, rate => $"{rate} of the leads handed over are contacted or rejected in time.");
        Add(targets.ReasonsGivenAtLeast, rate => $"{rate} of the rejections come with a reason.");
        return promises;

        void Add(double? rate, Func<string, string> say)
        {
            if (rate is { } least)
            {
                promises.Add(new PageItem("", say((least < 1 ? "At least " : "") + _p.Percent(least))));
            }
        }
    }

    public override string Signed(PageSigner signer) => $"Signed by {signer.Name} on {Day(signer.At)}";

    protected override PageItem Tier(Tier tier)
    {
        var condition = If(tier.If);
        return condition with { Text = $"{_p.Gives(tier.Points)} if {condition.Text}" };
    }

    protected override PageItem Activities(ActivityCriterion criterion, Decay? sectionDecay)
    {
        var isOnce = criterion.AtMost == criterion.Points && criterion is { Needs: 1, Decay: null };
        var recent = criterion.Within is { } within ? " " + _p.InTheLast(within) : "";
        var text = isOnce
            ? $"{_p.Gives(criterion.Points)}, once, for {_p.OneActivity(criterion.On)}{recent}"
            : $"{_p.Gives(criterion.Points)} for each {_p.Activity(criterion.On)}{recent}";
        var whose = criterion.Where is { } where ? _p.Whose(where, criterion.On) : new PageItem("", "");
        var more = new List<string>();
        if (criterion.DistinctBy is { } by)
        {
            more.Add($"{_p.TheSame(by, criterion.On)} counting only once{(criterion.Decay is null ? "" : ", by its latest date")}");
        }

        if (criterion.Needs > 1)
        {
            more.Add($"once there are at least {_p.Number(criterion.Needs)}");
        }

        if (criterion.AtMost is { } most && !isOnce)
        {
            more.Add($"up to {_p.Gives(most)} in all");
        }

        var condition = criterion.If is { } on ? If(on) : null;
        if (condition is not null)
        {
            more.Add($"only if {condition.Text}");
        }

        // A list of what is asked of the activity comes last; what else is to be said stands before it.
        var rest = string.Concat(more.Select(one => ", " + one));
        var fading = Fading(criterion, sectionDecay);
        return whose.Items.Count == 0
            ? new PageItem("", text + whose.Text + rest + (fading.Length > 0 ? "; " + fading : ""), condition?.Items ?? [])
            : new PageItem("", text + (fading.Length > 0 ? $" ({fading})" : "") + rest + whose.Text, [.. condition?.Items ?? [], .. whose.Items]);
    }

    /// <summary>What a criterion does other than its section.</summary>
    private string Fading(ActivityCriterion criterion, Decay? sectionDecay) =>
        criterion.Decay == sectionDecay ? ""
        : criterion.Decay is { } decay ? $"here an activity loses {_p.Loses(decay.LosePercent)} {_p.Every(decay.Every)}"
        : criterion.Points == -1 ? "this point does not fade" : "these points do not fade";

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
            : condition.Items.Count == 0 && whose.Items.Count == 0 ? new PageItem("", $"{condition.Text}, and {happened}")
            : new PageItem("", _p.AllOfThese, [condition, new PageItem("", happened, whose.Items)]);
    }

    protected override string Unless(string clause) => clause.StartsWith("in the last ", StringComparison.Ordinal) ? $"unless, {clause}" : $"unless {clause}";

    private static string Zone(BusinessHours hours) => hours.Zone.Id == "UTC" ? "UTC" : $"{hours.Zone.Id} time";

    private static string What(string section) => section switch
    {
        "profile" => "who they are",
        "behaviour" => "what they do",
        _ => "what they say they want",
    };

    private string Leads(double count) => $"{_p.Number(count)} {(count == 1 ? "lead" : "leads")}";

    private string Day(Instant at) => _p.Day(NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(_d.Sales.BusinessHours.Zone).Date);

    private string Marks(string what, Func<int, string> by, IReadOnlyList<(string Mark, int? From)> marks, string last)
    {
        var given = marks.Where(mark => mark.From is not null).ToList();
        return given.Count == 0
            ? $"{what}; it is always {last}."
            : $"{what}: {string.Join(", ", given.Select((mark, index) => $"{mark.Mark} from {_p.Number(mark.From!.Value)}{(index == 0 ? $" {by(mark.From!.Value)}" : "")}"))}, {last} below.";
    }
}
