using System.Collections.Concurrent;
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

    private readonly CallContext _call = new("form submissions", description.Name);
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
        var (rows, next, at, count) = await ReadFormAsync(form, within, cancellation).ConfigureAwait(false);
        var goesOn = next is not null ? $"{form.Id}|{next}"
            : forms.FirstOrDefault(other => string.CompareOrdinal(other.Id, form.Id) > 0) is { } following ? following.Id + "|"
            : null;
        _guard.Follow(position, goesOn);
        return new StreamPage(at, goesOn) { Content = new StreamRows { Activities = rows.Activities, Unreadable = rows.ToRows().Unreadable }, RowsRead = count };
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw new NotSupportedException("Submissions come with their content.");

    private async Task<StreamPage> ReadWindowAsync(IReadOnlyList<Form> forms, ChangeWindow window, Instant date, CancellationToken cancellation)
    {
        var pages = new ConcurrentBag<(int Place, List<CrmActivity> Activities, IReadOnlyList<UnreadableRow> Unreadable, int Count)>();
        await Parallel.ForEachAsync(forms.Index(), ObjectReading.Side(cancellation), async (form, token) =>
        {
            var guard = new LoopGuard(description.Name);
            string? after = null;
            do
            {
                var (rows, next, _, count) = await ReadFormAsync(form.Item, after, token).ConfigureAwait(false);
                guard.Follow(after, next);
                var older = rows.Activities.Count > 0 && rows.Activities.Min(activity => activity.At) < window.From;
                pages.Add((form.Index, rows.Activities.FindAll(activity => activity.At >= window.From), rows.ToRows().Unreadable, count));
                after = older ? null : next;
            }
            while (after is not null);
        }).ConfigureAwait(false);
        return new StreamPage(date, null)
        {
            Content = new StreamRows
            {
                Activities = [.. pages.OrderBy(page => page.Place).SelectMany(page => page.Activities)],
                Unreadable = [.. pages.SelectMany(page => page.Unreadable)],
            },
            RowsRead = pages.Sum(page => page.Count),
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
            var answer = await transport.CallAsync(_call, t => transport.Signals.ListFormsAsync(transport.Paths.Forms, FormsPage, after, t), cancellation).ConfigureAwait(false);
            first ??= answer.Date;
            forms.AddRange((answer.Body.Results ?? []).Where(form => form?.Id is { Length: > 0 }).Select(form => form!));
            var next = Cursor.Next(answer.Body.Paging);
            guard.Follow(after, next);
            after = next;
        }
        while (after is not null);
        return ([.. forms.DistinctBy(form => form.Id).OrderBy(form => form.Id, StringComparer.Ordinal)], first!.Value);
    }

    private async Task<(RowCollector Rows, string? Next, Instant Date, int Count)> ReadFormAsync(Form form, string? after, CancellationToken cancellation)
    {
        var path = transport.Paths.FormSubmissions(form.Id!);
        var answer = await transport.CallAsync(_call, t => transport.Signals.ListSubmissionsAsync(path, Page, after, t), cancellation).ConfigureAwait(false);
        var rows = new RowCollector();
        foreach (var (place, submission) in (answer.Body.Results ?? []).Index())
        {
            Read(form, submission, place, rows);
        }

        return (rows, Cursor.Next(answer.Body.Paging), answer.Date, answer.Body.Results?.Count ?? 0);
    }

    private void Read(Form form, Submission? submission, int place, RowCollector rows)
    {
        if (submission?.ConversionId is not { Length: > 0 } id || submission.SubmittedAt is null || !FieldValue.TryInstant(submission.SubmittedAt, out var at))
        {
            rows.Unreadable(submission?.ConversionId, place, "no id or no readable submittedAt");
            return;
        }

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
        forms.Any(named => string.Equals(named, form.Id, StringComparison.OrdinalIgnoreCase) || string.Equals(named.Trim(), form.Name?.Trim(), StringComparison.OrdinalIgnoreCase));
}
