using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Crm.Streams;

/// <summary>A record that stands for a person, as the CRM has it.</summary>
/// <param name="Object">One of <see cref="ICrm.PersonObjects"/>.</param>
/// <param name="Stamp">Its modification time.</param>
public sealed record CrmRecord(string Object, string Id, Instant Stamp)
{
    /// <summary>Mapped attributes by their name in definitions, as the CRM writes them (lists split by ';'); an empty one is left out.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = Empty;

    /// <summary>Attributes that the CRM does not show at present (field security, a deleted field): what was known of them stays known. Empty where the CRM does not tell.</summary>
    public IReadOnlyCollection<string> Unread { get; init; } = [];

    /// <summary>Our fields by their name in <see cref="Fields.LeadField"/>, in normal form; an empty one is left out.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = Empty;

    /// <summary>The CRM's own lifecycle stage, by its id.</summary>
    public string? Lifecycle { get; init; }

    public string? OwnerId { get; init; }

    public string? CompanyId { get; init; }

    /// <summary>Primary address first, then the additional ones, as the CRM writes them.</summary>
    public IReadOnlyList<string> Emails { get; init; } = [];

    /// <summary>Ids that this record had before merges, and the ids that other CRMs' links give it (<c>salesforce:00Q…</c>).</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>
    /// Other records of this connection that are the same person while this one stays a record: the survivor of its merge, the Contact that a Lead
    /// was converted to.
    /// </summary>
    public IReadOnlyList<string> SameAs { get; init; } = [];

    /// <summary>What the CRM counts on it, for when it refuses the stream of what is counted.</summary>
    public IReadOnlyList<CrmCounter> Counters { get; init; } = [];

    /// <summary>The CRM counts activities of <see cref="ICrm.LateStream"/> on it.</summary>
    public bool HasLateActivities { get; init; }

    /// <summary>It was deleted or merged away, as far as a stream of changes tells; its keys still lead to its person.</summary>
    public bool IsGone { get; init; }

    /// <summary>A Lead that was converted: it is read-only from then on; null: open, or no Lead.</summary>
    public CrmConversion? Conversion { get; init; }

    private static readonly IReadOnlyDictionary<string, string> Empty = new Dictionary<string, string>();
}

/// <summary>The conversion of a Lead.</summary>
/// <param name="IsPerson">A person converted it, not an integration or automation.</param>
/// <param name="UserId">Who, where the CRM tells.</param>
public sealed record CrmConversion(Instant At, bool IsPerson, string? UserId);

/// <summary>A company or Account: its mapped attributes come before the person's own.</summary>
public sealed record CrmCompany(string Id, Instant Stamp, IReadOnlyDictionary<string, string> Attributes);

/// <summary>Someone who can own a record. A queue counts as an owner.</summary>
/// <param name="UserId">As histories name the user; not the owner's id in every CRM.</param>
public sealed record CrmOwner(string Id, string? UserId, string? Email, string? Name, bool IsActive);
