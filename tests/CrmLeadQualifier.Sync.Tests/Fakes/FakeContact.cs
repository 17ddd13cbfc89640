using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Sync.Tests.Fakes;

/// <summary>A contact in the <see cref="FakeCrm"/>, with what only the CRM knows: its history and since when search shows it.</summary>
public sealed class FakeContact(string id)
{
    public string Id { get; } = id;

    public string Object { get; set; } = "contact";

    public List<string> SameAs { get; } = [];

    public CrmConversion? Conversion { get; set; }

    public Instant Stamp { get; set; }

    /// <summary>Windows show its last change from this instant on.</summary>
    public Instant IndexedAt { get; set; }

    public bool IsGone { get; set; }

    /// <summary>Gone for good: not even the recycle bin shows it.</summary>
    public bool IsPurged { get; set; }

    /// <summary>How many visits the CRM counts, and when the newest was.</summary>
    public (long Count, Instant? LastAt)? Visits { get; set; }

    public Dictionary<string, string> Attributes { get; } = [];

    public Dictionary<string, string> Fields { get; } = [];

    public List<string> Emails { get; } = [];

    public List<string> Aliases { get; } = [];

    public string? Lifecycle { get; set; }

    public string? OwnerId { get; set; } = "alice";

    public string? CompanyId { get; set; }

    public List<FieldChange> History { get; } = [];

    public string this[string field] => Fields.GetValueOrDefault(field, "");
}

/// <summary>A field of a contact as our write changed it.</summary>
public readonly record struct Written(string Record, string Field, string Value);
