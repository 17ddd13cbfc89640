using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>What a run did; the JSON form is the command line page's.</summary>
public sealed record RunReport(string Run, IReadOnlyList<ConnectionReport> Connections, LeadCounts Leads, int Scored, double Seconds)
{
    /// <summary>What went wrong, a sentence each; empty: all went well.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Sentences that a person should read and that are no failures: a stream switched off, fields to provision again, held leads.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>With a dry run: what it would have written.</summary>
    public WritePlan? Plan { get; init; }

    /// <summary>A connection refused us: exit code 3.</summary>
    public bool IsRefused { get; init; }
}

/// <param name="Crm"><c>hubspot</c> or <c>salesforce</c>.</param>
public sealed record ConnectionReport(string Name, string Crm)
{
    public int RecordsRead { get; set; }

    public int ActivitiesRead { get; set; }

    public int RecordsWritten { get; set; }

    public int FieldsWritten { get; set; }

    public long Calls { get; set; }

    public long Refused { get; set; }

    /// <inheritdoc cref="Crm.CallCounts.Busy"/>
    public double BusySeconds { get; set; }

    /// <inheritdoc cref="Crm.CallCounts.SentWhileBusy"/>
    public long BusyCalls { get; set; }

    public int Quarantined { get; set; }

    /// <summary>The account's calls of the day, as far as the CRM told.</summary>
    public CallQuota? Quota { get; set; }

    public double Seconds { get; set; }
}

/// <summary>Field by field what would be written, and what it costs.</summary>
/// <param name="Calls">API calls that carrying it out takes.</param>
public sealed record WritePlan(string Run, string At, string ExpiresAt, IReadOnlyList<PlannedWrite> Writes, int Calls);

/// <param name="Record">The CRM's id.</param>
/// <param name="Field">A field's name, or <c>lifecycle</c>.</param>
public sealed record PlannedWrite(string Connection, string Object, string Record, string Field, string From, string To);
