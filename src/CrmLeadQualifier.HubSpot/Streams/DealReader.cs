using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Deals and how they stand: by HubSpot's own closed flags where they come, else by their stage in the portal's pipelines.</summary>
internal sealed class DealReader(HubSpotConnection connection, HubSpotTransport transport) : IObjectReader
{
    public const string StampProperty = "hs_lastmodifieddate";

    /// <summary>The connector's: the Salesforce opportunity that the deal mirrors.</summary>
    private const string OpportunityProperty = "hs_salesforceopportunityid";

    private static readonly string[] Properties =
        ["dealstage", "pipeline", "closedate", "createdate", "amount", "amount_in_home_currency", "hs_is_closed", "hs_is_closed_won", OpportunityProperty, StampProperty];

    private Dictionary<string, DealState>? _stages;

    public ValueTask<IReadOnlyList<string>> PropertiesAsync(CancellationToken cancellation) => new(Properties);

    public async ValueTask ReadAsync(HubSpotObject row, IReadOnlyList<string> contacts, int place, RowCollector rows, CancellationToken cancellation)
    {
        var pipelines = connection.Mapping.DealPipelines;
        if (pipelines.Count > 0 && (row.Get("pipeline") is not { } pipeline || !pipelines.Contains(pipeline)))
        {
            return;
        }

        if (ObjectStamp.Of(row, StampProperty) is not { } stamp)
        {
            rows.Unreadable(row.Id, place, $"no readable {StampProperty}");
            return;
        }

        if ((Instant(row.Get("createdate")) ?? Instant(row.CreatedAt)) is not { } created)
        {
            rows.Unreadable(row.Id, place, "no readable createdate");
            return;
        }

        var state = await StateAsync(row, cancellation).ConfigureAwait(false);
        rows.Deals.Add(new CrmDeal(row.Id!, stamp, created, state, state == DealState.Open ? null : Instant(row.Get("closedate")) ?? stamp, Amount(row))
        {
            RecordIds = contacts,
            CopyOf = row.Get(OpportunityProperty) is { Length: > 0 } opportunity ? "salesforce:" + opportunity.Trim() : null,
        });
    }

    private static Instant? Instant(string? value) => value is not null && FieldValue.TryInstant(value, out var instant) ? instant : null;

    private static decimal? Amount(HubSpotObject row) =>
        decimal.TryParse(row.Get("amount_in_home_currency") ?? row.Get("amount"), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? amount : null;

    private async ValueTask<DealState> StateAsync(HubSpotObject row, CancellationToken cancellation)
    {
        if (row.Get("hs_is_closed") is { } closed && row.Get("hs_is_closed_won") is { } won)
        {
            return won == "true" ? DealState.Won : closed == "true" ? DealState.Lost : DealState.Open;
        }

        _stages ??= await StagesAsync(cancellation).ConfigureAwait(false);
        return row.Get("dealstage") is { } stage ? _stages.GetValueOrDefault(stage) : DealState.Open;
    }

    private async Task<Dictionary<string, DealState>> StagesAsync(CancellationToken cancellation)
    {
        var path = transport.Paths.Pipelines("deals");
        var answer = await transport.CallAsync(
            new CallContext("the deal pipelines", "deals"), t => transport.Account.ListPipelinesAsync(path, t), cancellation).ConfigureAwait(false);
        var stages = new Dictionary<string, DealState>();
        foreach (var stage in (answer.Body.Results ?? []).SelectMany(pipeline => pipeline?.Stages ?? []))
        {
            if (stage?.Id is { } id)
            {
                stages[id] = stage.Metadata?.GetValueOrDefault("isClosed") != "true" ? DealState.Open
                    : double.TryParse(stage.Metadata.GetValueOrDefault("probability"), NumberStyles.Float, CultureInfo.InvariantCulture, out var probability)
                        && probability >= 1 ? DealState.Won
                    : DealState.Lost;
            }
        }

        return stages;
    }
}
