using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>The portal's forms, and the submissions of one of them, newest first: HubSpot gives them form by form and cannot be asked for a time.</summary>
internal sealed class FormReading(HubSpotMapping mapping, HubSpotTransport transport)
{
    private const int FormsPage = 100;
    private const int Page = 50;

    /// <summary>In the order of their ids.</summary>
    public async Task<(IReadOnlyList<Form> Forms, Instant Date)> FormsAsync(CallContext call, CancellationToken cancellation)
    {
        var forms = new List<Form>();
        var guard = new LoopGuard("forms");
        Instant? first = null;
        string? after = null;
        do
        {
            var answer = await transport.CallAsync(call, t => transport.Signals.ListFormsAsync(transport.Paths.Forms, FormsPage, after, t), cancellation).ConfigureAwait(false);
            first ??= answer.Date;
            forms.AddRange((answer.Body.Results ?? []).Where(form => form?.Id is { Length: > 0 }).Select(form => form!));
            var next = Cursor.Next(answer.Body.Paging);
            guard.Follow(after, next);
            after = next;
        }
        while (after is not null);
        return ([.. forms.DistinctBy(form => form.Id).OrderBy(form => form.Id, StringComparer.Ordinal)], first!.Value);
    }

    public async Task<SubmissionRows> PageAsync(Form form, string? after, CallContext call, CancellationToken cancellation)
    {
        var path = transport.Paths.FormSubmissions(form.Id!);
        var answer = await transport.CallAsync(call, t => transport.Signals.ListSubmissionsAsync(path, Page, after, t), cancellation).ConfigureAwait(false);
        var page = new SubmissionRows(answer.Date, Cursor.Next(answer.Body.Paging)) { Count = answer.Body.Results?.Count ?? 0 };
        foreach (var (place, submission) in (answer.Body.Results ?? []).Index())
        {
            Read(form, submission, place, page);
        }

        return page;
    }

    /// <summary>From its top until older ones come.</summary>
    public async Task<SubmissionRows> SinceAsync(Form form, Instant since, CallContext call, CancellationToken cancellation)
    {
        var guard = new LoopGuard("form submissions");
        var read = new SubmissionRows(default, null);
        string? after = null;
        do
        {
            var page = await PageAsync(form, after, call, cancellation).ConfigureAwait(false);
            guard.Follow(after, page.Next);
            read.Add(page);
            after = page.Oldest < since ? null : page.Next;
        }
        while (after is not null);
        read.Activities.RemoveAll(activity => activity.At < since);
        return read;
    }

    private void Read(Form form, Submission? submission, int place, SubmissionRows page)
    {
        if (submission?.ConversionId is not { Length: > 0 } id || submission.SubmittedAt is null || !FieldValue.TryInstant(submission.SubmittedAt, out var at))
        {
            page.Unreadable.Add(new UnreadableRow(submission?.ConversionId ?? $"row {place + 1} of the page", "no id or no readable submittedAt"));
            return;
        }

        page.Oldest = Instant.Earliest(page.Oldest, at);
        var email = (submission.Values ?? []).FirstOrDefault(value => string.Equals(value?.Name, "email", StringComparison.OrdinalIgnoreCase))?.Value;
        if (string.IsNullOrWhiteSpace(email))
        {
            return;
        }

        var name = form.Name ?? form.Id!;
        var (kind, attributes) = Names(mapping.DownloadForms, form) ? ("content_download", ActivityReader.Known([new("title", name), new("url", submission.PageUrl)]))
            : Names(mapping.EventForms, form) ? ("event_registration", ActivityReader.Known([new("event", name)]))
            : ("form_submission", ActivityReader.Known([new("form", name), new("url", submission.PageUrl)]));
        page.Activities.Add(new CrmActivity("submission:" + id, kind, at, attributes) { Email = email.Trim() });
    }

    private static bool Names(IReadOnlyList<string> forms, Form form) =>
        forms.Any(named => string.Equals(named.Trim(), form.Id, StringComparison.OrdinalIgnoreCase)
            || string.Equals(named.Trim(), form.Name?.Trim(), StringComparison.OrdinalIgnoreCase));
}

/// <param name="Next">Null: the form ends here.</param>
internal sealed record SubmissionRows(Instant Date, string? Next)
{
    public List<CrmActivity> Activities { get; } = [];

    public List<UnreadableRow> Unreadable { get; } = [];

    public int Count { get; set; }

    /// <summary>Of all submissions, those that belong to nobody among them.</summary>
    public Instant Oldest { get; set; } = Instant.MaxValue;

    public void Add(SubmissionRows page)
    {
        Activities.AddRange(page.Activities);
        Unreadable.AddRange(page.Unreadable);
        Count += page.Count;
        Oldest = Instant.Earliest(Oldest, page.Oldest);
    }

    public static StreamPage Together(Instant date, string? next, IReadOnlyCollection<SubmissionRows> pages) => new(date, next)
    {
        Content = new StreamRows { Activities = [.. pages.SelectMany(page => page.Activities)], Unreadable = [.. pages.SelectMany(page => page.Unreadable)] },
        RowsRead = pages.Sum(page => page.Count),
    };
}
