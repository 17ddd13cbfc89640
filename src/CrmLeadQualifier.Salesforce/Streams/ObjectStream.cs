using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// A stream of one object type. The first read walks everything by id; a window is asked for by modification time, deleted and merged rows included,
/// and rows bring their content. Stamps are of whole seconds, so that an equal stamp does not prove an equal row: what is new is told by comparing
/// contents.
/// </summary>
/// <param name="isEssential">The connection is nothing without it.</param>
/// <param name="bulkAbove">A reading of more rows is left to Salesforce as a job.</param>
internal sealed class ObjectStream(
    StreamDescription description, IRowReader reader, bool isEssential, QueryReading queries, QueryJobs jobs, ObjectDescriptions descriptions,
        WindowLookAhead lookAhead, int bulkAbove) : ISalesforceStream, IDisposable
{
    /// <summary>Where another stream is read again, followed by the position in that one.</summary>
    private const string Again = "again:";

    private static readonly string[] Always = ["Id", "IsDeleted", RowTimes.StampField];

    private readonly string? _stream = isEssential ? null : description.Name;
    private readonly JobReading _job = new(description.Name, jobs);

    public StreamDescription Description => description;

    /// <summary>What is read of, and which fields of it.</summary>
    public IRowReader Reader => reader;

    public CallContext Call { get; } = new(description.Name, isEssential ? null : description.Name);

    public async Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation)
    {
        if (reader.ReadAgain is { } other && request.Position?.StartsWith(Again, StringComparison.Ordinal) == true)
        {
            var rest = request.Position[Again.Length..];
            var page = await other.ReadPageAsync(new PageRequest(other.Description.Name, null, rest.Length > 0 ? rest : null) { IsFresh = true }, cancellation).ConfigureAwait(false);
            return page.Next is null ? page : page with { Next = Again + page.Next };
        }

        if (request.Position is { } position && JobPosition.Parse(position) is { } ofJob)
        {
            try
            {
                var page = await _job.ReadAsync(ofJob, cancellation).ConfigureAwait(false);
                return await PageAsync(request, page.Date, page.Rows, page.Next?.ToString(), cancellation).ConfigureAwait(false);
            }
            catch (QueryJobLostException)
            {
                // From the first row on, page by page: what was read already is read again, and changes nothing.
                return await ReadByPagesAsync(request with { Position = null, IsFresh = true }, cancellation).ConfigureAwait(false);
            }
        }

        return await ReadByPagesAsync(request, cancellation).ConfigureAwait(false);
    }

    public void Dispose() => _job.Dispose();

    public async Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var fields = await FieldsAsync(cancellation).ConfigureAwait(false);
        if (reader is PersonReader person)
        {
            return new StreamRows { Records = await person.ReadByIdsAsync(ids, fields, cancellation).ConfigureAwait(false) };
        }

        var rows = await queries.ReadByIdsAsync(Call, reader.SObject, fields, "Id", ids, reader.IsArchived, "IsDeleted = false", cancellation)
            .ConfigureAwait(false);
        return await CollectAsync(rows, isFirstRead: false, cancellation).ConfigureAwait(false);
    }

    /// <summary>The query for what changed in a window; null: the org has no such rows.</summary>
    public async Task<string?> WindowSoqlAsync(ChangeWindow window, CancellationToken cancellation) => await IsOffAsync(cancellation).ConfigureAwait(false)
        ? null
        : Soql.Changed(reader.SObject, await FieldsAsync(cancellation).ConfigureAwait(false), window, reader.ChangesWith, after: null);

    public async ValueTask<bool> IsOffAsync(CancellationToken cancellation)
    {
        if (reader.OnlyWith is not var (sobject, field))
        {
            return false;
        }

        try
        {
            return !(await descriptions.GetAsync(sobject, _stream, cancellation).ConfigureAwait(false)).ContainsKey(field);
        }
        catch (StreamRefusedException)
        {
            // The stream of that object says so.
            return true;
        }
    }

    /// <summary>Asked again once where the description that the query was made by is out of date.</summary>
    public async Task<T> DescribedAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (StaleDescriptionException)
        {
            descriptions.Forget();
        }

        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (StaleDescriptionException again)
        {
            throw again.Lasting;
        }
    }

    private async Task<StreamPage> ReadByPagesAsync(PageRequest request, CancellationToken cancellation)
    {
        if (await IsOffAsync(cancellation).ConfigureAwait(false))
        {
            return new StreamPage(request.Window?.To ?? await NowAsync(cancellation).ConfigureAwait(false), null);
        }

        var at = request.Position is null ? null : PagePosition.Parse(request.Position);
        var maySettleForJob = at is null && !request.IsFresh;
        Answer<QueryPage> answer;
        try
        {
            answer = await (at is null ? FirstAsync(request.Window, null, cancellation) : MoreAsync(request.Window, at, cancellation)).ConfigureAwait(false);
        }
        catch (QueryTimeoutException) when (maySettleForJob)
        {
            if (await TryJobAsync(request.Window, null, cancellation).ConfigureAwait(false) is { } started)
            {
                return started;
            }

            throw;
        }

        if (maySettleForJob && answer.Body.TotalSize > bulkAbove && await TryJobAsync(request.Window, answer.Date, cancellation).ConfigureAwait(false) is { } job)
        {
            return job;
        }

        var rows = answer.Body.Records ?? [];
        string? next = null;
        if (QueryReading.Next(answer.Body) is { } locator)
        {
            if (locator == at?.Next)
            {
                throw new RetriableCrmException($"Salesforce's pages of {description.Name} run in a circle: the same locator came twice.",
                    TimeSpan.FromMinutes(1));
            }

            var last = rows.FindLast(row => row?.Id is not null);
            next = (last is null ? new PagePosition(locator, at?.Stamp, at?.LastId) : new PagePosition(locator, last.Stamp(), last.Id)).ToString();
        }

        var page = await PageAsync(request, answer.Date, rows, next, cancellation).ConfigureAwait(false);
        return next is null && request is { IsFresh: true, Window: { } window } && reader.MayVanish ? await WithVanishedAsync(page, window, cancellation).ConfigureAwait(false) : page;
    }

    /// <summary>
    /// Rows that were deleted and that no query shows: their activities are nobody's any more, the ties that they were have ended, and where a row says no more than its id, what it may have changed
    /// is read again.
    /// </summary>
    private async Task<StreamPage> WithVanishedAsync(StreamPage page, ChangeWindow window, CancellationToken cancellation)
    {
        var ids = await queries.ListDeletedAsync(Call, reader.SObject, window, cancellation).ConfigureAwait(false);
        if (reader.TiesPeople)
        {
            return page with { Content = page.Content with { EndedRelations = ids } };
        }

        if (reader.ReadAgain is null)
        {
            var withdrawn = ids.SelectMany(reader.ActivitiesOf).Select(id => new CrmActivity(id, description.Kinds[0], window.From, new Dictionary<string, string>()) { IsWithdrawn = true });
            return page with { Content = page.Content with { Activities = [.. page.Content.Activities, .. withdrawn] } };
        }

        if (ids.Count == 0)
        {
            return page;
        }

        // Most are in the recycle bin, and came with their windows.
        var shown = await queries.ReadByIdsAsync(Call, reader.SObject, ["Id"], "Id", ids, withDeleted: true, null, cancellation).ConfigureAwait(false);
        return ids.Except(shown.Select(row => row.Id)).Any() ? page with { Next = Again } : page;
    }

    /// <summary>Salesforce's clock.</summary>
    private async Task<Instant> NowAsync(CancellationToken cancellation) =>
        (await queries.FirstAsync(Call, "SELECT Id FROM Organization", withDeleted: false, cancellation).ConfigureAwait(false)).Date;

    /// <summary>
    /// An empty page behind which a job's rows come: its id is on disk before anybody waits for it. Null: Salesforce does not carry this query out as a job.
    /// </summary>
    /// <param name="before">Salesforce's clock before the job was made, which may show what was there then; null: it was not told.</param>
    private async Task<StreamPage?> TryJobAsync(ChangeWindow? window, Instant? before, CancellationToken cancellation)
    {
        var fields = await FieldsAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (soql, withDeleted) = (Soql.Unordered(reader.SObject, fields, window, reader.ChangesWith, window is null ? FirstCondition : null), window is not null || reader.IsArchived);
            var started = await _job.StartAsync(soql, withDeleted, cancellation).ConfigureAwait(false);
            return new StreamPage(before ?? started.Date, started.Position.ToString());
        }
        catch (QueryJobLostException)
        {
            return null;
        }
    }

    private async Task<StreamPage> PageAsync(PageRequest request, Instant date, IReadOnlyList<SalesforceRow?> rows, string? next, CancellationToken cancellation) => new(date, next)
    {
        Content = await CollectAsync(rows, isFirstRead: request.Window is null, cancellation).ConfigureAwait(false),
        RowsRead = rows.Count,
    };

    /// <summary>Deleted rows are no news to who reads for the first time, even where only a query that shows them brings the archived ones.</summary>
    private string? FirstCondition =>
        string.Join(" AND ", new[] { reader.IsArchived ? "IsDeleted = false" : null, reader.FirstReadCondition }.OfType<string>()) is { Length: > 0 } condition ? condition : null;

    private Task<Answer<QueryPage>> FirstAsync(ChangeWindow? window, PagePosition? after, CancellationToken cancellation) =>
        window is { } asked && after?.LastId is null
            ? lookAhead.ReadAsync(this, asked, cancellation)
            : DescribedAsync(async () =>
            {
                var fields = await FieldsAsync(cancellation).ConfigureAwait(false);
                if (window is { } changed && after is { Stamp: { } stamp, LastId: { } id })
                {
                    return await queries.FirstAsync(Call, Soql.Changed(reader.SObject, fields, changed, reader.ChangesWith, (stamp, id)), withDeleted: true, cancellation)
                        .ConfigureAwait(false);
                }

                return await queries.FirstAsync(Call, Soql.All(reader.SObject, fields, FirstCondition, after?.LastId), withDeleted: reader.IsArchived, cancellation)
                    .ConfigureAwait(false);
            });

    private async Task<Answer<QueryPage>> MoreAsync(ChangeWindow? window, PagePosition at, CancellationToken cancellation)
    {
        try
        {
            return await queries.MoreAsync(Call, at.Next, cancellation).ConfigureAwait(false);
        }
        catch (ExpiredLocatorException)
        {
            return await FirstAsync(window, at, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<IReadOnlyList<string>> FieldsAsync(CancellationToken cancellation) =>
        await descriptions.ExistingAsync(reader.SObject, Always.Concat(reader.Fields).Distinct(), _stream, cancellation).ConfigureAwait(false);

    private async Task<StreamRows> CollectAsync(IReadOnlyList<SalesforceRow?> rows, bool isFirstRead, CancellationToken cancellation)
    {
        var collector = new RowCollector(isFirstRead);
        var readable = new List<SalesforceRow>(rows.Count);
        foreach (var (place, row) in rows.Index())
        {
            if (row?.Id is not { } id)
            {
                collector.Unreadable($"row {place + 1} of the page", "no id");
            }
            else if (row.Stamp() is null)
            {
                collector.Unreadable(id, "no readable SystemModstamp");
            }
            else
            {
                readable.Add(row);
            }
        }

        // Who reads none needs to know neither users nor days.
        if (readable.Count > 0)
        {
            await reader.ReadAsync(readable, collector, cancellation).ConfigureAwait(false);
        }

        return collector.ToRows();
    }
}
