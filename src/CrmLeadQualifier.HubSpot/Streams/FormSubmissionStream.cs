using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>
/// Submissions of every form. HubSpot gives them form by form, newest first, and cannot be asked for a time: the first read goes through each form to its end,
/// a page at a time; a window takes each form from its top until older ones come, all in one page.
/// </summary>
internal sealed class FormSubmissionStream(StreamDescription description, HubSpotMapping mapping, HubSpotTransport transport) : IHubSpotStream
{
    private const int FormsPage = 100;
    private const int Page = 50;

    private readonly CallContext _call = new("form submissions", description.Name) { Importance = ObjectStream.Importance(description) };
    private readonly LoopGuard _guard = new(description.Name);
    private List<Form>? _forms;

    public StreamDescription Description => description;

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        var (forms, date) = position is null || _forms is null ? await FormsAsync(cancellation).ConfigureAwait(false) : (_forms, default);
        _forms = forms;
        if (window is { } asked)
        {
            return await ReadWindowAsync(forms, asked, date, cancellation).ConfigureAwait(false);
        }

        // The position is a form's id and the cursor within it; a form that is gone since is followed by the next one.
        var parts = position?.Split('|', 2);
        var form = forms.FirstOrDefault(form => parts is null || string.CompareOrdinal(form.Id, parts[0]) >= 0);
        if (form is null)
        {
            return new StreamPage(date, null);
        }

        var within = parts is not null && form.Id == parts[0] && parts[1].Length > 0 ? parts[1] : null;
        var page = await ReadFormAsync(form, within, cancellation).ConfigureAwait(false);
        var goesOn = page.Next is not null ? $"{form.Id}|{page.Next}"
            : forms.FirstOrDefault(other => string.CompareOrdinal(other.Id, form.Id) > 0) is { } following ? following.Id + "|"
            : null;
        _guard.Follow(position, goesOn);
        return new StreamPage(page.Date, goesOn)
        {
            Content = new StreamRows { Activities = page.Rows.Activities, Unreadable = page.Rows.Unreadable },
            RowsRead = page.Rows.Count,
        };
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        throw new NotSupportedException("Submissions come with their content.");

    private async Task<StreamPage> ReadWindowAsync(IReadOnlyList<Form> forms, ChangeWindow window, Instant date, CancellationToken cancellation)
    {
        var read = new SubmissionRows[forms.Count];
        await Parallel.ForEachAsync(forms.Index(), ObjectReading.Side(cancellation), async (form, token) =>
        {
            var guard = new LoopGuard(description.Name);
            var rows = read[form.Index] = new SubmissionRows();
            string? after = null;
            do
            {
                var page = await ReadFormAsync(form.Item, after, token).ConfigureAwait(false);
                guard.Follow(after, page.Next);
                rows.Add(page.Rows);
                after = page.Rows.Oldest < window.From ? null : page.Next;
            }
            while (after is not null);
        }).ConfigureAwait(false);
        return new StreamPage(date, null)
        {
            Content = new StreamRows
            {
                Activities = [.. read.SelectMany(rows => rows.Activities).Where(activity => activity.At >= window.From)],
                Unreadable = [.. read.SelectMany(rows => rows.Unreadable)],
            },
            RowsRead = read.Sum(rows => rows.Count),
        };
    }

    private async Task<(List<Form> Forms, Instant Date)> FormsAsync(CancellationToken cancellation)
    {
        var forms = new List<Form>();
        var guard = new LoopGuard("forms");
        Instant? first = null;
        string? after = null;
        do
        {
            var answer = await transport.CallAsync(
                _call, t => transport.Signals.ListFormsAsync(transport.Paths.Forms, FormsPage, after, t), cancellation).ConfigureAwait(false);
            first ??= answer.Date;
            forms.AddRange((answer.Body.Results ?? []).Where(form => form?.Id is { Length: > 0 }).Select(form => form!));
            var next = Cursor.Next(answer.Body.Paging);
            guard.Follow(after, next);
            after = next;
        }
        while (after is not null);
        return ([.. forms.DistinctBy(form => form.Id).OrderBy(form => form.Id, StringComparer.Ordinal)], first!.Value);
    }

    private async Task<SubmissionsRead> ReadFormAsync(Form form, string? after, CancellationToken cancellation)
    {
        var path = transport.Paths.FormSubmissions(form.Id!);
        var answer = await transport.CallAsync(_call, t => transport.Signals.ListSubmissionsAsync(path, Page, after, t), cancellation).ConfigureAwait(false);
        var rows = new SubmissionRows { Count = answer.Body.Results?.Count ?? 0 };
        foreach (var (place, submission) in (answer.Body.Results ?? []).Index())
        {
            Read(form, submission, place, rows);
        }

        return new SubmissionsRead(rows, Cursor.Next(answer.Body.Paging), answer.Date);
    }

    private void Read(Form form, Submission? submission, int place, SubmissionRows rows)
    {
        if (submission?.ConversionId is not { Length: > 0 } id || submission.SubmittedAt is null || !FieldValue.TryInstant(submission.SubmittedAt, out var at))
        {
            rows.Unreadable.Add(new UnreadableRow(submission?.ConversionId ?? $"row {place + 1} of the page", "no id or no readable submittedAt"));
            return;
        }

        rows.Oldest = Instant.Earliest(rows.Oldest, at);
        var email = (submission.Values ?? []).FirstOrDefault(value => string.Equals(value?.Name, "email", StringComparison.OrdinalIgnoreCase))?.Value;
        if (string.IsNullOrWhiteSpace(email))
        {
            return;
        }

        var name = form.Name ?? form.Id!;
        var (kind, attributes) = Names(mapping.DownloadForms, form) ? ("content_download", ActivityReader.Known([new("title", name), new("url", submission.PageUrl)]))
            : Names(mapping.EventForms, form) ? ("event_registration", ActivityReader.Known([new("event", name)]))
            : ("form_submission", ActivityReader.Known([new("form", name), new("url", submission.PageUrl)]));
        rows.Activities.Add(new CrmActivity("submission:" + id, kind, at, attributes) { Email = email.Trim() });
    }

    private static bool Names(IReadOnlyList<string> forms, Form form) =>
        forms.Any(named => string.Equals(named.Trim(), form.Id, StringComparison.OrdinalIgnoreCase)
            || string.Equals(named.Trim(), form.Name?.Trim(), StringComparison.OrdinalIgnoreCase));

    private sealed record SubmissionsRead(SubmissionRows Rows, string? Next, Instant Date);

    private sealed class SubmissionRows
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
    }
}
