namespace CrmLeadQualifier.Benchmarks;

internal enum HandKind : byte
{
    PageView,
    FormSubmission,
    ContentDownload,
    EmailOpen,
    EmailClick,
    EmailReply,
    EmailBounce,
    Event,
    Meeting,
    Other,
}

/// <summary>First and second text in the order of the language page's kinds.</summary>
internal readonly record struct HandActivity(HandKind Kind, long At, string? First, string? Second);

internal sealed class HandLead
{
    public string? Email, Company, JobTitle, Industry, Country, EmailDomain, Department, Seniority, Phone, CompanyDomain, Source;
    public string[]? Interests;
    public double? Employees, AnnualRevenue, SeatsWanted;
    public bool? IsCustomer;

    /// <summary>Latest first; none after the instant scored as of.</summary>
    public required HandActivity[] Activities;
}

internal sealed class HandScore
{
    public string Status = "";
    public int Profile, Behaviour, Intent;
    public string? Grade;
    public List<(string Id, long Value)> Criteria = [];
    public List<(string Section, long Value)> Adjustments = [];
    public List<string> ExcludedBy = [];
    public List<string> Missing = [];
    public long? NextChangeAt;
}

/// <summary>
/// The benchmark's agreement as a programmer would write it by hand: one pass over the activities, constants in the code, no class of the scorer. It gives the same explanation.
/// </summary>
internal sealed class HandWrittenScorer
{
    private const long Day = 86_400_000;
    private const long Every = 30 * Day;
    private const long Unit = 1_000_000_000_000;

    private static readonly long[] Weights = MakeWeights();

    // When each criterion's activities happened, latest first; one set, used again for each lead.
    private readonly long[] _pricing = new long[64], _blog = new long[64], _documentation = new long[64], _stories = new long[64], _opened = new long[64];
    private readonly long[] _clicked = new long[64], _replied = new long[64], _downloaded = new long[64], _events = new long[64];
    private readonly string[] _blogUrls = new string[64];

    public HandScore Score(HandLead lead, long now, bool findNextChange)
    {
        var score = new HandScore();
        if (lead.Email is null || lead.Company is null)
        {
            score.Status = "unscorable";
            if (lead.Email is null)
            {
                score.Missing.Add("email");
            }

            if (lead.Company is null)
            {
                score.Missing.Add("company");
            }

            return score;
        }

        score.Profile = Section(score, "profile", ProfileSum(lead, score), 100);

        int pricing = 0, blog = 0, documentation = 0, stories = 0, opened = 0, clicked = 0, replied = 0, downloaded = 0, events = 0;
        int visits = 0, demos = 0, contacts = 0, meetings = 0;
        long fifthVisit = 0, latestDemo = 0, oldestDemo = 0, oldestContact = 0, latestBounce = 0, latestCareers = 0;
        foreach (ref readonly var activity in lead.Activities.AsSpan())
        {
            var age = now - activity.At;
            switch (activity.Kind)
            {
                case HandKind.PageView:
                    if (age < 14 * Day && ++visits == 5)
                    {
                        fifthVisit = activity.At;
                    }

                    if (activity.First is not { } url)
                    {
                        break;
                    }

                    if (url.Contains("/pricing", StringComparison.Ordinal) || url.Contains("/tarifs", StringComparison.Ordinal))
                    {
                        _pricing[pricing++] = activity.At;
                    }

                    if (url.Contains("/blog", StringComparison.Ordinal) && !_blogUrls.AsSpan(0, blog).Contains(url))
                    {
                        _blogUrls[blog] = url;
                        _blog[blog++] = activity.At;
                    }

                    if (url.Contains("/docs", StringComparison.Ordinal))
                    {
                        _documentation[documentation++] = activity.At;
                    }

                    if (url.Contains("/customers", StringComparison.Ordinal) || url.Contains("/clients", StringComparison.Ordinal))
                    {
                        _stories[stories++] = activity.At;
                    }

                    if (latestCareers == 0 && age < 30 * Day
                        && (url.Contains("/careers", StringComparison.Ordinal) || url.Contains("/recrutement", StringComparison.Ordinal)))
                    {
                        latestCareers = activity.At;
                    }

                    break;
                case HandKind.EmailOpen:
                    _opened[opened++] = activity.At;
                    break;
                case HandKind.EmailClick:
                    _clicked[clicked++] = activity.At;
                    break;
                case HandKind.EmailReply:
                    _replied[replied++] = activity.At;
                    break;
                case HandKind.ContentDownload:
                    if (activity.First is { } title
                        && (title.Contains("guide", StringComparison.Ordinal) || title.Contains("livre blanc", StringComparison.Ordinal)
                            || title.Contains("whitepaper", StringComparison.Ordinal)))
                    {
                        _downloaded[downloaded++] = activity.At;
                    }

                    break;
                case HandKind.Event:
                    _events[events++] = activity.At;
                    break;
                case HandKind.FormSubmission:
                    if (age >= 60 * Day || activity.First is not { } form)
                    {
                        break;
                    }

                    if (form.Contains("demo", StringComparison.Ordinal) || form.Contains("demonstration", StringComparison.Ordinal))
                    {
                        latestDemo = demos++ == 0 ? activity.At : latestDemo;
                        oldestDemo = activity.At;
                    }

                    if (age < 30 * Day && form.Contains("contact", StringComparison.Ordinal))
                    {
                        contacts++;
                        oldestContact = activity.At;
                    }

                    break;
                case HandKind.Meeting:
                    meetings += activity.Second == "completed" ? 1 : 0;
                    break;
                case HandKind.EmailBounce:
                    latestBounce = latestBounce == 0 && age < 90 * Day ? activity.At : latestBounce;
                    break;
            }
        }

        var pricingValue = Decayed(_pricing, pricing, now, 15, 30);
        var blogValue = Decayed(_blog, blog, now, 1, 5);
        var documentationValue = Decayed(_documentation, documentation, now, 2, 10);
        var storiesValue = Decayed(_stories, stories, now, 4, 12);
        var visitsValue = visits >= 5 ? 10 : 0;
        var openedValue = Decayed(_opened, opened, now, 1, 5);
        var clickedValue = Decayed(_clicked, clicked, now, 3, 12);
        var repliedValue = Decayed(_replied, replied, now, 10, 20);
        var downloadedValue = Decayed(_downloaded, downloaded, now, 8, 24);
        var eventsValue = Decayed(_events, events, now, 10, 20);
        var behaviour = Add(score, "pricing_page", pricingValue) + Add(score, "blog_reader", blogValue) + Add(score, "documentation", documentationValue)
            + Add(score, "customer_stories", storiesValue) + Add(score, "repeated_visits", visitsValue) + Add(score, "opened", openedValue)
            + Add(score, "clicked", clickedValue) + Add(score, "replied", repliedValue) + Add(score, "downloaded", downloadedValue) + Add(score, "events", eventsValue);
        score.Behaviour = Section(score, "behaviour", behaviour, 60);

        var demo = 60 * demos;
        score.Intent = Section(score, "intent",
            Add(score, "demo_request", demo) + Add(score, "contact_form", 30 * contacts) + Add(score, "meeting", Math.Min(40 * meetings, 80)), 100);

        var isStudent = HasWord(lead.JobTitle, "student") || HasWord(lead.JobTitle, "etudiant") || HasWord(lead.JobTitle, "etudiante")
            || HasWord(lead.JobTitle, "stagiaire") || HasWord(lead.JobTitle, "alternant")
            || (lead.EmailDomain is { } domain && (domain.EndsWith(".edu", StringComparison.Ordinal) || domain.EndsWith(".ac.uk", StringComparison.Ordinal)));
        if (isStudent && demos == 0)
        {
            score.ExcludedBy.Add("student");
        }

        if (lead.EmailDomain is "rival.com" or "concurrent.fr")
        {
            score.ExcludedBy.Add("competitor");
        }

        if (lead.IsCustomer == true)
        {
            score.ExcludedBy.Add("customer");
        }

        if (latestBounce != 0)
        {
            score.ExcludedBy.Add("bounced");
        }

        if (latestCareers != 0)
        {
            score.ExcludedBy.Add("job_seeker");
        }

        var engagement = score.Behaviour + score.Intent;
        score.Grade = Grade(score.Profile, engagement);
        var qualified = (score.Profile >= 40 && score.Profile + engagement >= 80) || (score.Profile >= 20 && demo >= 1);
        score.Status = score.ExcludedBy.Count > 0 ? "excluded" : qualified ? "qualified" : "not_yet";
        if (!findNextChange)
        {
            return score;
        }

        var next = long.MaxValue;
        NextDecay(_pricing, pricing, now, 15, 30, pricingValue, ref next);
        NextDecay(_blog, blog, now, 1, 5, blogValue, ref next);
        NextDecay(_documentation, documentation, now, 2, 10, documentationValue, ref next);
        NextDecay(_stories, stories, now, 4, 12, storiesValue, ref next);
        NextDecay(_opened, opened, now, 1, 5, openedValue, ref next);
        NextDecay(_clicked, clicked, now, 3, 12, clickedValue, ref next);
        NextDecay(_replied, replied, now, 10, 20, repliedValue, ref next);
        NextDecay(_downloaded, downloaded, now, 8, 24, downloadedValue, ref next);
        NextDecay(_events, events, now, 10, 20, eventsValue, ref next);
        // At five visits the bound is reached: the value stays 10 until the fifth latest leaves the window, long before any of them decays.
        next = visits >= 5 ? Math.Min(next, fifthVisit + 14 * Day) : next;
        next = demos > 0 ? Math.Min(next, oldestDemo + 60 * Day) : next;
        next = contacts > 0 ? Math.Min(next, oldestContact + 30 * Day) : next;
        next = isStudent && demos > 0 ? Math.Min(next, latestDemo + 60 * Day) : next;
        next = latestBounce != 0 ? Math.Min(next, latestBounce + 90 * Day) : next;
        next = latestCareers != 0 ? Math.Min(next, latestCareers + 30 * Day) : next;
        score.NextChangeAt = next == long.MaxValue ? null : next;
        return score;
    }

    private static long ProfileSum(HandLead lead, HandScore score)
    {
        var title = lead.JobTitle;
        var sum = 0L;
        if (HasWord(title, "ceo") || HasWord(title, "cto") || HasWord(title, "vp") || HasWord(title, "directeur") || HasWord(title, "directrice") || HasWord(title, "head of"))
        {
            sum += Add(score, "decision_maker", 30);
        }

        if (HasWord(title, "manager") || HasWord(title, "responsable") || HasWord(title, "lead"))
        {
            sum += Add(score, "manager", 10);
        }

        sum += Add(score, "company_size", lead.Employees is >= 50 and <= 500 ? 30 : lead.Employees >= 501 ? 20 : 0);
        sum += Add(score, "revenue", lead.AnnualRevenue >= 10_000_000 ? 10 : 0);
        sum += Add(score, "industry", lead.Industry is "manufacturing" or "software" or "logistics" or "construction" ? 15 : 0);
        sum += Add(score, "country", lead.Country is "fr" or "be" or "ch" or "lu" ? 10 : 0);
        sum += Add(score, "freemail", lead.EmailDomain is "gmail.com" or "hotmail.com" or "orange.fr" or "yahoo.fr" ? -15 : 0);
        sum += Add(score, "department", lead.Department is "sales" or "marketing" ? 5 : 0);
        sum += Add(score, "seniority", lead.Seniority is "c-level" or "director" ? 10 : 0);
        sum += Add(score, "reachable", lead.Phone is not null ? 3 : 0);
        sum += Add(score, "european_site", lead.CompanyDomain is { } site
            && (site.EndsWith(".fr", StringComparison.Ordinal) || site.EndsWith(".be", StringComparison.Ordinal) || site.EndsWith(".eu", StringComparison.Ordinal)) ? 5 : 0);
        sum += Add(score, "interested", IsInterested(lead.Interests) ? 8 : 0);
        sum += Add(score, "referred", lead.Source is { } source
            && (source.StartsWith("referral", StringComparison.Ordinal) || source.StartsWith("partner", StringComparison.Ordinal)) ? 7 : 0);
        sum += Add(score, "seats", lead.SeatsWanted >= 20 ? 10 : 0);
        return sum;
    }

    private static bool IsInterested(string[]? interests)
    {
        foreach (var interest in interests ?? [])
        {
            if (interest.Contains("crm", StringComparison.Ordinal) || interest.Contains("automation", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasWord(string? text, string word)
    {
        if (text is null)
        {
            return false;
        }

        for (var i = text.IndexOf(word, StringComparison.Ordinal); i >= 0; i = text.IndexOf(word, i + 1, StringComparison.Ordinal))
        {
            var end = i + word.Length;
            if ((i == 0 || !char.IsLetterOrDigit(text[i - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return true;
            }
        }

        return false;
    }

    private static long Add(HandScore score, string id, long value)
    {
        if (value != 0)
        {
            score.Criteria.Add((id, value));
        }

        return value;
    }

    private static int Section(HandScore score, string name, long sum, int cap)
    {
        var held = Math.Clamp(sum, 0, cap);
        if (held != sum)
        {
            score.Adjustments.Add((name, held - sum));
        }

        return (int)held;
    }

    private static string Grade(int profile, int engagement) => (profile, engagement) switch
    {
        ( >= 60, >= 60) => "A1", ( >= 60, >= 30) => "A2", ( >= 60, >= 10) => "A3", ( >= 60, _) => "A4",
        ( >= 40, >= 60) => "B1", ( >= 40, >= 30) => "B2", ( >= 40, >= 10) => "B3", ( >= 40, _) => "B4",
        ( >= 20, >= 60) => "C1", ( >= 20, >= 30) => "C2", ( >= 20, >= 10) => "C3", ( >= 20, _) => "C4",
        (_, >= 60) => "D1", (_, >= 30) => "D2", (_, >= 10) => "D3", _ => "D4",
    };

    private static long Decayed(long[] happened, int count, long now, long points, long atMost)
    {
        var sum = 0L;
        for (var i = 0; i < count; i++)
        {
            var step = (now - happened[i]) / Every;
            sum += step < Weights.Length ? Weights[step] : 0;
        }

        return (Math.Min(points * sum, atMost * Unit) + Unit / 2) / Unit;
    }

    /// <summary>Goes from step to step until the value is another or the best found so far is reached.</summary>
    private static void NextDecay(long[] happened, int count, long now, long points, long atMost, long value, ref long best)
    {
        if (value == 0)
        {
            return;
        }

        for (var at = now; ;)
        {
            var next = long.MaxValue;
            for (var i = 0; i < count; i++)
            {
                var step = (at - happened[i]) / Every;
                if (step < Weights.Length)
                {
                    next = Math.Min(next, happened[i] + (step + 1) * Every);
                }
            }

            if (next >= best)
            {
                return;
            }

            if (Decayed(happened, count, next, points, atMost) != value)
            {
                best = next;
                return;
            }

            at = next;
        }
    }

    private static long[] MakeWeights()
    {
        var weights = new List<long>();
        for (var weight = Unit; weight > 0; weight = weight * 50 / 100)
        {
            weights.Add(weight);
        }

        return [.. weights];
    }
}
