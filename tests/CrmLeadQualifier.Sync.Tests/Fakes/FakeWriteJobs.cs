using System.Runtime.CompilerServices;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;

namespace CrmLeadQualifier.Sync.Tests.Fakes;

/// <summary>Jobs of a <see cref="FakeCrm"/>: they do nothing before they were begun, and go on whoever dies then.</summary>
public sealed class FakeWriteJobs(FakeCrm crm) : IWriteJobs
{
    private readonly Dictionary<string, Job> _jobs = [];

    public int WorthFrom { get; set; } = 5;

    public Func<WriteJobPace?, int> Most { get; set; } = _ => 1000;

    public TimeSpan TakesPerRecord { get; set; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Records that a job does not write, and nobody is to blame.</summary>
    public HashSet<string> Busy { get; } = [];

    /// <summary>After so many records a job is broken off.</summary>
    public int BreaksOffAfter { get; set; } = int.MaxValue;

    public bool Forgets { get; set; }

    /// <summary>Results leave out this many records at the end.</summary>
    public int LosesResults { get; set; }

    /// <summary>How many records each job that was begun had.</summary>
    public List<int> Sizes { get; } = [];

    public int MostRecords(string personObject, WriteJobPace? last) => Most(last);

    public Task<string> CreateAsync(string personObject, CancellationToken cancellation) => crm.Call(
        "create job",
        () =>
        {
            var id = $"job{_jobs.Count + 1}";
            _jobs.Add(id, new Job());
            return id;
        },
        cancellation);

    public async Task<bool> SendAsync(string personObject, string job, IAsyncEnumerable<IReadOnlyList<RecordWrite>> parts, CancellationToken cancellation)
    {
        await foreach (var part in parts.WithCancellation(cancellation))
        {
            Assert.All(part, write => Assert.Equal(crm[write.RecordId].Object, personObject));
            Assert.All(part, write => Assert.Null(write.Lifecycle));
            _jobs[job].Rows.AddRange(part);
            await crm.Call("job part", () => true, cancellation);
        }

        return await crm.Call(
            "begin job",
            () =>
            {
                _jobs[job].IsBegun = true;
                Sizes.Add(_jobs[job].Rows.Count);
                return true;
            },
            cancellation);
    }

    public Task<WriteJobStatus> WaitAsync(string job, TimeSpan atMost, CancellationToken cancellation) => crm.Call(
        "wait for job",
        () =>
        {
            var present = _jobs[job];
            if (!present.IsBegun)
            {
                return new WriteJobStatus(WriteJobPhase.NeverBegun);
            }

            if (present.Results is null)
            {
                present.Results = [.. present.Rows.Take(BreaksOffAfter).Select(write =>
                    Busy.Contains(write.RecordId) ? new WriteResult(write.RecordId, WriteOutcome.Again) { Reason = "somebody else holds it" } : crm.Write(write) with { Stamp = null })];
            }

            var pace = new WriteJobPace(present.Results.Count, TakesPerRecord * present.Results.Count);
            return Forgets ? new WriteJobStatus(WriteJobPhase.Forgotten)
                : new WriteJobStatus(WriteJobPhase.Over, pace, present.Results.Count < present.Rows.Count ? "it took too long" : null);
        },
        cancellation);

    public async IAsyncEnumerable<IReadOnlyList<WriteResult>> ReadResultsAsync(string personObject, string job, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var part in _jobs[job].Results!.SkipLast(LosesResults).Reverse().Chunk(3))
        {
            await crm.Call("results", () => true, cancellation);
            yield return part;
        }
    }

    private sealed class Job
    {
        public List<RecordWrite> Rows { get; } = [];

        public bool IsBegun { get; set; }

        public List<WriteResult>? Results { get; set; }
    }
}
