namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>The jobs of Bulk API 2.0, and how long their work takes. Jobs that are older than seven days are gone.</summary>
internal sealed class BulkJobs
{
    private const long Week = 7 * 86_400_000L;
    private const long Day = 86_400_000L;

    private readonly Dictionary<string, BulkJob> _jobs = new(StringComparer.Ordinal);
    private readonly List<BulkJob> _open = [];
    private long _made;

    public IEnumerable<BulkJob> All => _jobs.Values;

    public string NextId() => Records.SalesforceId.Make("750", ++_made);

    public void Add(BulkJob job)
    {
        _jobs.Add(job.Id, job);
        _open.Add(job);
    }

    public T? Find<T>(string id)
        where T : BulkJob => Records.SalesforceId.Read(id) is { } whole && _jobs.GetValueOrDefault(whole) is T job ? job : null;

    public void Remove(BulkJob job)
    {
        _jobs.Remove(job.Id);
        _open.Remove(job);
    }

    public void Work(long now)
    {
        foreach (var old in _jobs.Values.Where(job => now - job.CreatedAt > Week).ToList())
            Remove(old);
        foreach (var job in _open.ToList())
        {
            job.Work(now);
            if (job.Ended)
                _open.Remove(job);
        }
    }

    public long QueriesOfTheDay(long now) => _jobs.Values.Count(job => job is QueryJob && now - job.CreatedAt < Day);

    public long BatchesOfTheDay(long now) => _jobs.Values.OfType<IngestJob>().Where(job => now - job.CreatedAt < Day).Sum(job => (long)job.Batches);
}
