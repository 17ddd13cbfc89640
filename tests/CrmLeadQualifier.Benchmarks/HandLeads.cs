using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>The same folded facts in the form that the function written by hand reads.</summary>
internal static class HandLeads
{
    public static HandLead Of(LeadFacts facts)
    {
        return new HandLead
        {
            Email = Text("email"),
            Company = Text("company"),
            JobTitle = Text("job_title"),
            Industry = Text("industry"),
            Country = Text("country"),
            EmailDomain = Text("email_domain"),
            Department = Text("department"),
            Seniority = Text("seniority"),
            Phone = Text("phone"),
            CompanyDomain = Text("company_domain"),
            Source = Text("source"),
            Interests = Value("interests") is { IsKnown: true } interests ? interests.Elements : null,
            Employees = Number("employees"),
            AnnualRevenue = Number("annual_revenue"),
            SeatsWanted = Number("seats_wanted"),
            IsCustomer = Value("is_customer") is { IsKnown: true } customer ? customer.Boolean : null,
            Activities = [.. facts.Activities.ToArray().Select(activity => new HandActivity(KindOf(activity.Kind.Name), activity.At.UnixMilliseconds, activity.Text0, activity.Text1))],
        };

        AttributeValue Value(string name) => facts.Values[facts.Schema.IndexOf(name)];
        string? Text(string name) => Value(name) is { IsKnown: true } value ? value.Text : null;
        double? Number(string name) => Value(name) is { IsKnown: true } value ? value.Number : null;
    }

    private static HandKind KindOf(string name) => name switch
    {
        "page_view" => HandKind.PageView,
        "form_submission" => HandKind.FormSubmission,
        "content_download" => HandKind.ContentDownload,
        "email_open" => HandKind.EmailOpen,
        "email_click" => HandKind.EmailClick,
        "email_reply" => HandKind.EmailReply,
        "email_bounce" => HandKind.EmailBounce,
        "event_registration" or "event_attendance" => HandKind.Event,
        "meeting" => HandKind.Meeting,
        _ => HandKind.Other,
    };
}
