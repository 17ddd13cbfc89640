using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Where the reading of a job's rows goes on; kept in cursors.</summary>
/// <param name="Locator">Of the part that is being read; null: the first one.</param>
/// <param name="Read">Rows of that part that were read.</param>
internal sealed record JobPosition(string Job, string? Locator, long Read)
{
    private const string Prefix = "job|";

    /// <summary>Null: it is the position of a reading without a job.</summary>
    public static JobPosition? Parse(string text) =>
        !text.StartsWith(Prefix, StringComparison.Ordinal) ? null
        : text.Split('|') is [_, { Length: > 0 } job, var read, var locator] && long.TryParse(read, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? new JobPosition(job, locator.Length > 0 ? locator : null, rows)
            : throw new ArgumentException("Not a position of a job.", nameof(text));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Job}|{Read}|{Locator}");
}

/// <summary>
/// A job's rows in pages, of which no more than one is held: the answer stays open between two pages. Where it broke, or another process goes on, the part is asked for again
/// (its locator stays good as long as the job does) and what was read of it is passed over.
/// </summary>
internal sealed class JobReading(string subject, QueryJobs jobs) : IDisposable
{
    /// <summary>As many as a page of a query has.</summary>
    private const int RowsPerPage = 2_000;

    private const int Attempts = 4;
    private const string NoMore = "null";

    private (JobPosition Position, QueryResult Result)? _open;

    /// <param name="Next">Null: these were the last ones.</param>
    /// <param name="Date">Salesforce's clock when it answered.</param>
    public sealed record Page(IReadOnlyList<SalesforceRow> Rows, JobPosition? Next, Instant Date);

    /// <inheritdoc cref="QueryJobs.StartAsync"/>
    public async Task<(JobPosition Position, Instant Date)> StartAsync(string soql, bool withDeleted, CancellationToken cancellation)
    {
        var (job, date) = await jobs.StartAsync(subject, soql, withDeleted, cancellation).ConfigureAwait(false);
        return (new JobPosition(job, null, 0), date);
    }

    public async Task<Page> ReadAsync(JobPosition at, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(at, cancellation).ConfigureAwait(false);
            }
            catch (IOException broken) when (attempt == Attempts)
            {
                throw new RetriableCrmException($"Salesforce's rows of {subject} broke off again and again ({broken.Message}).", TimeSpan.FromMinutes(1));
            }
            catch (IOException)
            {
                // Asked for again.
            }
        }
    }

    public void Dispose() => Close();

    private async Task<Page> TryAsync(JobPosition at, CancellationToken cancellation)
    {
        try
        {
            return await ReadOnAsync(at, cancellation).ConfigureAwait(false);
        }
        catch
        {
            // It is not where its position says any more.
            Close();
            throw;
        }
    }

    private async Task<Page> ReadOnAsync(JobPosition at, CancellationToken cancellation)
    {
        var result = await OpenAsync(at, cancellation).ConfigureAwait(false);
        var rows = new List<SalesforceRow>(RowsPerPage);
        while (rows.Count < RowsPerPage)
        {
            if (await result.Rows.ReadAsync(cancellation).ConfigureAwait(false) is { } row)
            {
                rows.Add(row);
                continue;
            }

            var next = NextPart(at, at.Read + rows.Count, result);
            Close();
            if (next is null)
            {
                await jobs.DeleteAsync(subject, at.Job, cancellation).ConfigureAwait(false);
            }

            return new Page(rows, next, result.Date);
        }

        var goesOn = at with { Read = at.Read + rows.Count };
        _open = (goesOn, result);
        return new Page(rows, goesOn, result.Date);
    }

    private async Task<QueryResult> OpenAsync(JobPosition at, CancellationToken cancellation)
    {
        if (_open is { } open && open.Position == at)
        {
            return open.Result;
        }

        Close();
        if (at is { Locator: null, Read: 0 })
        {
            await jobs.WaitAsync(subject, at.Job, cancellation).ConfigureAwait(false);
        }

        var result = await jobs.OpenAsync(subject, at.Job, at.Locator, cancellation).ConfigureAwait(false);
        _open = (at, result);
        for (long passed = 0; passed < at.Read; passed++)
        {
            if (await result.Rows.ReadAsync(cancellation).ConfigureAwait(false) is null)
            {
                throw new BrokenCsvException("fewer rows than before");
            }
        }

        return result;
    }

    private static JobPosition? NextPart(JobPosition at, long read, QueryResult result)
    {
        if (result.Count is { } count && count != read)
        {
            throw new BrokenCsvException("cut off between two rows");
        }

        return result.Locator switch
        {
            NoMore => null,
            null or "" => throw new BrokenCsvException("no locator"),
            var locator when locator == at.Locator => throw new BrokenCsvException("the same locator came twice"),
            var locator => new JobPosition(at.Job, locator, 0),
        };
    }

    private void Close()
    {
        _open?.Result.Dispose();
        _open = null;
    }
}
