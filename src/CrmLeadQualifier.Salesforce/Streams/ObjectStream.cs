using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>
/// A stream of one object type. The first read walks everything by id; a window is asked for by modification time, deleted and merged rows included, and rows bring their
/// content. Stamps are of whole seconds, so that an equal stamp does not prove an equal row: what is new is told by comparing contents.
/// </summary>
/// <param name="isEssential">The connection is nothing without it.</param>
internal sealed class ObjectStream(
    StreamDescription description, IRowReader reader, bool isEssential, QueryReading queries, ObjectDescriptions descriptions, WindowLookAhead lookAhead) : ISalesforceStream
{
    private static readonly string[] Always = ["Id", "IsDeleted", RowTimes.StampField];

    private readonly string? _stream = isEssential ? null : description.Name;

    public StreamDescription Description => description;

    public CallContext Call { get; } = new(description.Name, isEssential ? null : description.Name);

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        var at = position is null ? null : PagePosition.Parse(position);
        var answer = at is null ? await FirstAsync(window, null, cancellation).ConfigureAwait(false) : await MoreAsync(window, at, cancellation).ConfigureAwait(false);
        var rows = answer.Body.Records ?? [];
        string? next = null;
        if (QueryReading.Next(answer.Body) is { } locator)
        {
            if (locator == at?.Next)
            {
                throw new RetriableCrmException($"Salesforce's pages of {description.Name} run in a circle: the same locator came twice.", TimeSpan.FromMinutes(1));
            }

            var last = rows.FindLast(row => row?.Id is not null);
            next = (last is null ? new PagePosition(locator, at?.Stamp, at?.LastId) : new PagePosition(locator, last.Stamp(), last.Id)).ToString();
        }

        return new StreamPage(answer.Date, next) { Content = await CollectAsync(rows, cancellation).ConfigureAwait(false), RowsRead = rows.Count };
    }

    public async Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        if (reader is PersonReader person)
        {
            return new StreamRows { Records = await person.ReadByIdsAsync(ids, await FieldsAsync(cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false) };
        }

        var fields = await FieldsAsync(cancellation).ConfigureAwait(false);
        var rows = await queries.ReadByIdsAsync(Call, reader.SObject, fields, "Id", ids, reader.IsArchived, "IsDeleted = false", cancellation).ConfigureAwait(false);
        return await CollectAsync(rows, cancellation).ConfigureAwait(false);
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

    private Task<Answer<QueryPage>> FirstAsync(ChangeWindow? window, PagePosition? after, CancellationToken cancellation) =>
        window is { } asked && after?.LastId is null
            ? lookAhead.ReadAsync(this, asked, cancellation)
            : DescribedAsync(async () =>
            {
                var fields = await FieldsAsync(cancellation).ConfigureAwait(false);
                if (window is { } changed && after is { Stamp: { } stamp, LastId: { } id })
                {
                    return await queries.FirstAsync(Call, Soql.Changed(reader.SObject, fields, changed, (stamp, id)), withDeleted: true, cancellation).ConfigureAwait(false);
                }

                var condition = string.Join(" AND ", new[] { reader.IsArchived ? "IsDeleted = false" : null, reader.FirstReadCondition }.OfType<string>());
                var soql = Soql.All(reader.SObject, fields, condition.Length > 0 ? condition : null, after?.LastId);
                return await queries.FirstAsync(Call, soql, withDeleted: reader.IsArchived, cancellation).ConfigureAwait(false);
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

    private async Task<StreamRows> CollectAsync(IReadOnlyList<SalesforceRow?> rows, CancellationToken cancellation)
    {
        var collector = new RowCollector();
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

        await reader.ReadAsync(readable, collector, cancellation).ConfigureAwait(false);
        return collector.ToRows();
    }
}
