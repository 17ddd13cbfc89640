using System.Collections.Concurrent;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>
/// Submissions of forms. The first read goes through each form to its end, a few forms side by side. A window takes, from their top until older ones come, the forms that contacts read before
/// name as their recent conversion: a portal may have hundreds, and reading each every minute would take its calls.
/// </summary>
internal sealed class FormSubmissionStream(StreamDescription description, FormReading reading, RecentConversions conversions) : IHubSpotStream
{
    /// <summary>Read side by side in the first read.</summary>
    private const int AtOnce = 16;

    /// <summary>A contact's change may be found that much later than the submission that was the reason for it; what is later still, the nightly reading of all forms finds.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromHours(1);

    private readonly CallContext _call = new("form submissions", description.Name) { Importance = ObjectStream.Importance(description) };
    private readonly CallContext _first = new("form submissions", description.Name) { Importance = CallImportance.History };
    private readonly LoopGuard _guard = new(description.Name);
    private IReadOnlyList<Form>? _forms;

    public StreamDescription Description => description;

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        if (window is { } asked)
        {
            return await ReadNamedAsync(asked, cancellation).ConfigureAwait(false);
        }

        var date = default(Instant);
        if (position is null || _forms is null)
        {
            (_forms, date) = await reading.FormsAsync(_first, cancellation).ConfigureAwait(false);
        }

        var at = FormPosition.Parse(position);
        var begin = _forms.Where(form => string.CompareOrdinal(form.Id, at.LastBegun) > 0).Take(AtOnce - at.Open.Count).ToList();
        var lastBegun = begin.Count > 0 ? begin[^1].Id! : at.LastBegun;
        // A form that is gone since has no further pages.
        var open = at.Open.Select(form => (Form: _forms.FirstOrDefault(known => known.Id == form.Id), form.After)).Where(form => form.Form is not null)
            .Concat(begin.Select(form => (Form: (Form?)form, After: (string?)null))).ToList();
        var pages = await Task.WhenAll(open.Select(form => reading.PageAsync(form.Form!, form.After, _first, cancellation))).ConfigureAwait(false);
        var goOn = open.Zip(pages).Where(pair => pair.Second.Next is not null).Select(pair => pair.Second.Next == pair.First.After
            ? throw new RetriableCrmException($"HubSpot's pages of {description.Name} run in a circle: the same cursor came twice.", TimeSpan.FromMinutes(1))
            : new OpenForm(pair.First.Form!.Id!, pair.Second.Next)).ToList();
        var next = goOn.Count > 0 || _forms.Any(form => string.CompareOrdinal(form.Id, lastBegun) > 0) ? new FormPosition(lastBegun, goOn).ToString() : null;
        _guard.Follow(position, next);
        return SubmissionRows.Together(pages.Length > 0 ? pages[0].Date : date, next, pages);
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        throw new NotSupportedException("Submissions come with their content.");

    private async Task<StreamPage> ReadNamedAsync(ChangeWindow window, CancellationToken cancellation)
    {
        // Asked even if no form is named: that we may see forms at all, and which, is learnt by it.
        var (forms, date) = await reading.FormsAsync(_call, cancellation).ConfigureAwait(false);
        var named = forms.Select(form => (Form: form, Since: conversions.Of(form, window.To - Late))).Where(form => form.Since is not null).ToList();
        var read = new ConcurrentDictionary<int, SubmissionRows>();
        await Parallel.ForEachAsync(named.Index(), ObjectReading.Side(cancellation), async (form, token) =>
            read[form.Index] = await reading.SinceAsync(form.Item.Form, Instant.Earliest(window.From, form.Item.Since!.Value), _call, token).ConfigureAwait(false)).ConfigureAwait(false);
        return SubmissionRows.Together(date, null, [.. read.OrderBy(form => form.Key).Select(form => form.Value)]);
    }
}

/// <summary>
/// Every form, once a night, as far back as the night before: submissions whose contact did not name its form, or was found too late.
/// </summary>
internal sealed class AllFormsStream(StreamDescription description, FormReading reading, HubSpotTransport transport) : IHubSpotStream
{
    private readonly CallContext _call = new("form submissions", description.Name) { Importance = CallImportance.Reconcile };

    public StreamDescription Description => description;

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        if (window is not { } asked)
        {
            // The first read of all there is, is the other stream's. A run begins by asking for the account: its date is known.
            return new StreamPage(transport.Date ?? Instant.MinValue, null);
        }

        var (forms, date) = await reading.FormsAsync(_call, cancellation).ConfigureAwait(false);
        var read = new ConcurrentDictionary<int, SubmissionRows>();
        await Parallel.ForEachAsync(forms.Index(), ObjectReading.Side(cancellation), async (form, token) =>
            read[form.Index] = await reading.SinceAsync(form.Item, asked.From, _call, token).ConfigureAwait(false)).ConfigureAwait(false);
        return SubmissionRows.Together(date, null, [.. read.OrderBy(form => form.Key).Select(form => form.Value)]);
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) =>
        throw new NotSupportedException("Submissions come with their content.");
}
