using System.Text.Json;
using System.Text.Json.Serialization;

namespace CrmLeadQualifier.Sync.Runs;

/// <summary>What an admin may set on a connection, and what the program noted about its account; kept as JSON in its row. What the JSON does not name keeps its default, which generated reading does for setters only.</summary>
public sealed record ConnectionSettings
{
    /// <summary>Where the CRM's API is; null: the CRM's own address.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>The list whose records mode <c>pilot</c> may write.</summary>
    public string? PilotList { get; set; }

    /// <summary>The list whose records alone may be written, in every mode; null: all.</summary>
    public string? Scope { get; set; }

    /// <summary>Whether the CRM's lifecycle may be moved back when a lead is recycled; off by default.</summary>
    public bool AllowBackward { get; set; }

    /// <summary>Whether a person who converts a Lead says by it that the lead is qualified; on by default.</summary>
    public bool ConversionQualifies { get; set; } = true;

    /// <summary>A status that sales uses (<c>hs_lead_status</c>, <c>Lead.Status</c>) -> the verdict that it is: <c>accepted</c>, <c>rejected: no_need</c>.</summary>
    public IReadOnlyDictionary<string, string> Verdicts { get; set; } = new Dictionary<string, string>();

    /// <summary>The account has only the fields of <c>provision --minimal</c>: no other is written there.</summary>
    public bool IsMinimal { get; set; }

    /// <summary>More hand-overs than this in one run stop it before its first write.</summary>
    public int MaxHandOversPerDay { get; set; } = 200;

    /// <summary>How many records of the account one night's reconcile compares with the ledger; a larger account takes several nights.</summary>
    public int ReconcileRecordsPerNight { get; set; } = 100_000;

    /// <summary>The part of the account's API calls of a day that this program takes at most; 0 to 1.</summary>
    public double ShareOfDay { get; set; } = 0.5;

    /// <summary>Our stage -> the account's lifecycle stage id, where it is not the CRM's standard one.</summary>
    public IReadOnlyDictionary<string, string> LifecycleStages { get; set; } = new Dictionary<string, string>();

    /// <summary>When the account's fields were last looked at; empty: never.</summary>
    public string DescribedAt { get; set; } = "";

    /// <summary>The agreement's attributes that could be read there at some time.</summary>
    public IReadOnlyList<string> ReadableAttributes { get; set; } = [];

    /// <summary>Attributes and streams that the agreement decides by and that became unreadable: no new MQL while there is one.</summary>
    public IReadOnlyList<string> BlindOn { get; set; } = [];

    public static ConnectionSettings Read(string json) => JsonSerializer.Deserialize(json, SettingsJson.Default.ConnectionSettings) ?? new ConnectionSettings();

    public string Write() => JsonSerializer.Serialize(this, SettingsJson.Default.ConnectionSettings);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConnectionSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
