using System.Globalization;
using CrmLeadQualifier.Sandbox.Loading;

namespace CrmLeadQualifier.Sandbox.Generating;

/// <summary>What one person did over the months: visits in sessions, forms, opened e-mails, and what sales did with those who asked.</summary>
internal sealed class Journey(Random random, Words words, Lead lead, long createdAt, long end)
{
    private const string Site = "https://www.vendor.example";
    private const long Minute = 60_000;
    private const long Day = 1_440 * Minute;

    public void Walk(int interest, bool customer)
    {
        var reachable = lead["email"] is not null;
        // A visitor's pages from before the person was known are theirs too.
        var from = createdAt - (long)(random.NextDouble() * 20 * Day);
        for (var session = 0; session < interest * random.Next(1, 4); session++)
            Visit(Between(from, end), interest);
        if (reachable && interest >= 1 && Chance(0.6))
            Submit(createdAt, Pick(words.Forms));
        if (reachable && Chance(0.5))
            OpenMail(Between(createdAt, end));
        if (reachable && ((interest == 3 && Chance(0.75)) || (interest == 2 && Chance(0.12))))
            AskForDemo(Between(Math.Max(createdAt, end - (75 * Day)), end));
        if (!reachable || Chance(0.08))
            Add("call", Between(createdAt, end), ("outcome", Pick(["Connected", "No answer", "Left voicemail"])), ("direction", "OUTBOUND"),
                ("duration_seconds", Text(random.Next(0, 900))));
        if (customer)
            Buy();
        lead.Activities.Sort((a, b) => a.At.CompareTo(b.At));
    }

    /// <summary>Asks for a demo at an instant, after some visits.</summary>
    public void Ask(long at)
    {
        for (var session = random.Next(1, 4); session > 0; session--)
            Visit(Between(createdAt, at), interest: 3);
        Submit(at, words.Demo);
    }

    private void Visit(long at, int interest)
    {
        var pages = random.Next(1, 3 + (interest * 2));
        for (var page = 0; page < pages && at < end; page++, at += random.Next(20, 240) * 1_000L)
        {
            var (path, title) = interest >= 2 && Chance(0.22) ? words.Pricing : Pick(words.Pages);
            Add("page_view", at, ("url", Site + path), ("title", title));
        }
    }

    private void Submit(long at, (string Path, string Form) form) => Add("form_submission", at, ("form", form.Form), ("url", Site + form.Path));

    private void OpenMail(long at)
    {
        var campaign = Pick(words.Campaigns);
        // Some mail servers open everything before the person does.
        if (Chance(0.15))
            Add("email_open", at - Minute, ("campaign", campaign), ("subject", campaign), ("bot", "true"));
        Add("email_open", at, ("campaign", campaign), ("subject", campaign));
        if (Chance(0.3))
            Add("email_click", at + Minute, ("campaign", campaign), ("url", Site + Pick(words.Pages).Path));
    }

    private void AskForDemo(long at)
    {
        Submit(at, words.Demo);
        var french = words.Language == "fr";
        if (Chance(0.5))
            Add("email_sent", at + (random.Next(1, 30) * 60 * Minute), ("subject", french ? "Votre démonstration" : "Your demo"));
        if (Chance(0.35))
            Add("meeting", at + (random.Next(1, 9) * Day), ("title", french ? "Démonstration" : "Product demo"),
                ("outcome", Pick(["COMPLETED", "COMPLETED", "NO_SHOW"])));
        if (Chance(0.2))
            Add("email_reply", at + (random.Next(2, 6) * Day), ("subject", french ? "Re : Votre démonstration" : "Re: Your demo"));
        if (Chance(0.15))
            Add("task", at + (random.Next(1, 4) * Day), ("subject", french ? "Rappeler" : "Call back"), ("type", "CALL"), ("status", "COMPLETED"));
        if (Chance(0.15))
            Add("note", at + Day);
        if (Chance(0.12))
            lead.Deals.Add(new LeadDeal(lead.Id, Math.Min(at + (10 * Day), end), null, null, Text(random.Next(3, 60) * 500)));
    }

    private void Buy()
    {
        var createdDealAt = Between(createdAt, end);
        lead.Deals.Add(new LeadDeal(lead.Id, createdDealAt, Between(createdDealAt, end), true, Text(random.Next(4, 90) * 500)));
    }

    /// <summary>What would lie in the future has not happened.</summary>
    private void Add(string kind, long at, params (string Name, string Value)[] attributes)
    {
        if (at <= end)
            lead.Activities.Add(new LeadActivity(kind, at, attributes.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal)));
    }

    private long Between(long from, long to) => from >= to ? to : from + (long)(random.NextDouble() * (to - from));

    private T Pick<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private bool Chance(double share) => random.NextDouble() < share;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
