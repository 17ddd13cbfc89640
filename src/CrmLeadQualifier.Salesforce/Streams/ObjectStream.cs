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
    private static readonly string[] Always = ["Id", "IsDeleted", RowTimes.StampField];

    private readonly string? _stream = isEssential ? null : description.Name;
    private readonly JobReading _job = new(description.Name, jobs);

    public StreamDescription Description => description;

    public CallContext Call { get; } = new(description.Name, isEssential ? null : description.Name);

    public async Task<StreamPage> ReadPageAsync(PageRequest request, CancellationToken cancellation)
    {
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

    /// <summary>The query for what changed in a window.</summary>
    public async Task<string> WindowSoqlAsync(ChangeWindow window, CancellationToken cancellation) =>
        Soql.Changed(reader.SObject, await FieldsAsync(cancellation).ConfigureAwait(false), window, after: null);

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
        return next is null && request is { IsFresh: true, Window: { } window } && reader.MayVanish
            ? page with { Content = page.Content with { Activities = [.. page.Content.Activities, .. await VanishedAsync(window, cancellation).ConfigureAwait(false)] } }
            : page;
    }

    /// <summary>The activities of rows that were deleted and that no query shows: nobody's any more.</summary>
    private async Task<IEnumerable<CrmActivity>> VanishedAsync(ChangeWindow window, CancellationToken cancellation)
    {
        var ids = await queries.ListDeletedAsync(Call, reader.SObject, window, cancellation).ConfigureAwait(false);
        return ids.SelectMany(reader.ActivitiesOf).Select(id => new CrmActivity(id, description.Kinds[0], window.From, new Dictionary<string, string>()) { IsWithdrawn = true });
    }

    /// <summary>
    /// An empty page behind which a job's rows come: its id is on disk before anybody waits for it. Null: Salesforce does not carry this query out as a job.
    /// </summary>
    /// <param name="before">Salesforce's clock before the job was made, which may show what was there then; null: it was not told.</param>
    private async Task<StreamPage?> TryJobAsync(ChangeWindow? window, Instant? before, CancellationToken cancellation)
    {
        var fields = await FieldsAsync(cancellation).ConfigureAwait(false);
        try
        {
            var (soql, withDeleted) = (Soql.Unordered(reader.SObject, fields, window, window is null ? FirstCondition : null), window is not null || reader.IsArchived);
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
                    return await queries.FirstAsync(Call, Soql.Changed(reader.SObject, fields, changed, (stamp, id)), withDeleted: true, cancellation)
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
