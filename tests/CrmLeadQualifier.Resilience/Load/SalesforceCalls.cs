namespace CrmLeadQualifier.Resilience.Load;

/// <summary>The calls of a run by what they were for, as the org counted them.</summary>
public sealed class SalesforceCalls(LoadedRun run)
{
    private const string Data = "/services/data/v{version}/";

    private readonly Dictionary<string, long> _routes = run.Stats["calls"]!["by_route"]!.AsObject()
        .ToDictionary(route => route.Key.Replace(Data, "", StringComparison.Ordinal), route => route.Value!.GetValue<long>());

    public long Total => run.Calls;

    /// <summary>How a job stands: as many as it takes time.</summary>
    public long Polls => Of("GET jobs/query/{id}") + Of("GET jobs/ingest/{id}");

    public long Writes => Batches + Of("POST jobs/ingest") + Of("PUT jobs/ingest/{id}/batches") + Of("PATCH jobs/ingest/{id}")
        + Of("GET jobs/ingest/{id}/successfulResults") + Of("GET jobs/ingest/{id}/failedResults");

    public long Reads => Total - Polls - Writes;

    /// <summary>Up to two hundred records in one call.</summary>
    public long Batches => Of("PATCH composite/sobjects");

    public long IngestJobs => Of("POST jobs/ingest");

    public long QueryJobs => Of("POST jobs/query");

    /// <summary>Up to five streams in one call.</summary>
    public long Windows => Of("POST composite");

    /// <summary>Pages behind the first one.</summary>
    public long FurtherPages => Of("GET query/{locator}");

    public override string ToString() => string.Join(", ", _routes.Select(route => $"{route.Value} {route.Key}"));

    private long Of(string route) => _routes.GetValueOrDefault(route);
}
