using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Leads or Contacts in the recycle bin, deleted and merged ones, as ids with stamps.</summary>
internal sealed class DeletedRows(QueryReading queries, PersonReader reader)
{
    private static readonly string[] Fields = ["Id", RowTimes.StampField];

    private readonly CallContext _call = new($"the deleted {reader.Object}s", reader.Object + "s");

    public async Task<StreamPage> ReadPageAsync(string? position, CancellationToken cancellation)
    {
        var at = position is null ? null : PagePosition.Parse(position);
        var answer = await (at is null ? FirstAsync(null, cancellation) : MoreAsync(at, cancellation)).ConfigureAwait(false);
        var rows = (answer.Body.Records ?? []).Where(row => row?.Id is not null).ToList();
        var locator = QueryReading.Next(answer.Body);
        if (locator is not null && locator == at?.Next)
        {
            throw new RetriableCrmException($"Salesforce's pages of {_call.Subject} run in a circle: the same locator came twice.", TimeSpan.FromMinutes(1));
        }

        return new StreamPage(answer.Date, locator is null ? null : new PagePosition(locator, null, rows.LastOrDefault()?.Id ?? at?.LastId).ToString())
        {
            Changed = [.. rows.Select(row => new ChangedRow(row!.Id!, row.Stamp() ?? Instant.MinValue))],
            RowsRead = rows.Count,
        };
    }

    private async Task<Answer<Api.QueryPage>> MoreAsync(PagePosition at, CancellationToken cancellation)
    {
        try
        {
            return await queries.MoreAsync(_call, at.Next, cancellation).ConfigureAwait(false);
        }
        catch (ExpiredLocatorException)
        {
            return await FirstAsync(at.LastId, cancellation).ConfigureAwait(false);
        }
    }

    private Task<Answer<Api.QueryPage>> FirstAsync(string? afterId, CancellationToken cancellation) =>
        queries.FirstAsync(_call, Soql.All(reader.SObject, Fields, "IsDeleted = true", afterId), withDeleted: true, cancellation);
}
