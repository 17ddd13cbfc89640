using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Records;

/// <summary>The ids of what changed in thirty days, and of what was deleted in fifteen.</summary>
internal sealed class ChangeRoutes(Org org)
{
    private const long Day = 86_400_000;
    private const int UpdatedDays = 30;
    private const int DeletedDays = 15;

    public Answer Updated(SalesforceCall call)
    {
        var (type, start, end) = Span(call, UpdatedDays);
        var stamp = type.Field("SystemModstamp");
        var ids = org.Store(type).Ordered.Where(record => !record.IsDeleted && record[stamp] is long at && at >= start && at < end)
            .Select(record => record.Id).ToList();
        return SalesforceJson.Object(200, json =>
        {
            json.WriteStartArray("ids");
            foreach (var id in ids)
                json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteString("latestDateCovered", SalesforceTime.Write(end));
        }) with { RowsRead = ids.Count };
    }

    public Answer Deleted(SalesforceCall call)
    {
        var (type, start, end) = Span(call, DeletedDays);
        var gone = org.Store(type).Ordered.Where(record => record.IsDeleted).Select(record => (record.Id, At: record.Moment("SystemModstamp") ?? 0))
            .Concat(org.Store(type).Vanished).Where(deleted => deleted.At >= start && deleted.At < end).ToList();
        return SalesforceJson.Object(200, json =>
        {
            json.WriteStartArray("deletedRecords");
            foreach (var (id, at) in gone)
            {
                json.WriteStartObject();
                json.WriteString("id", id);
                json.WriteString("deletedDate", SalesforceTime.Write(at));
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("earliestDateAvailable", SalesforceTime.Write(SalesforceTime.Second(call.Now - (DeletedDays * Day))));
            json.WriteString("latestDateCovered", SalesforceTime.Write(end));
        }) with { RowsRead = gone.Count };
    }

    private (SObjectType Type, long Start, long End) Span(SalesforceCall call, int days)
    {
        var type = org.FindType(call.Route("type")) ?? throw SalesforceRefusal.NotFound();
        if (!type.TryField("SystemModstamp", out _))
            throw SalesforceRefusal.With(400, "INVALID_TYPE_FOR_OPERATION", $"object type '{type.Name}' is not replicateable");
        if (!SalesforceTime.TryRead(call.Query.GetValueOrDefault("start") ?? "", out var start)
            || !SalesforceTime.TryRead(call.Query.GetValueOrDefault("end") ?? "", out var end))
            throw SalesforceRefusal.With(400, "INVALID_REPLICATION_DATE",
                "start and end must be instants such as 2026-11-23T00:00:00+00:00, with the plus as %2B");
        if (start < call.Now - (days * Day) || end <= start + 59_999)
            throw SalesforceRefusal.With(400, "INVALID_REPLICATION_DATE",
                $"startDate must not be more than {days} days ago, and endDate at least a minute after it");
        return (type, start, Math.Min(end, SalesforceTime.Second(call.Now)));
    }
}
