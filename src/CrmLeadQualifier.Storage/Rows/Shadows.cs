using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>The version that scores beside the active one without writing.</summary>
public sealed record ShadowRow(int Version, Instant Since);

/// <summary>What a shadowed version would have done otherwise, as of an instant of a day.</summary>
/// <param name="Day">In the agreement's time zone: <c>2026-11-23</c>.</param>
/// <param name="Leads">All that were scored.</param>
/// <param name="Qualified">By the shadowed version.</param>
/// <param name="Gained">Qualified by the shadowed version only.</param>
public sealed record ShadowDayRow(int Version, string Day, Instant At, int ActiveVersion, int Leads, int Qualified, int ActiveQualified, int Gained, int Lost)
{
    /// <summary>Some of them, by their lead ids.</summary>
    public IReadOnlyList<long> GainedLeads { get; init; } = [];

    public IReadOnlyList<long> LostLeads { get; init; } = [];
}

public interface IShadowRows
{
    /// <summary>Null: no version is shadowed.</summary>
    Task<ShadowRow?> FindAsync();

    /// <summary>At most one version is shadowed: it replaces the one before; null ends it. The days stay.</summary>
    Task SetAsync(ShadowRow? row);

    /// <summary>Inserts, or replaces the one of that version and day.</summary>
    Task SaveDayAsync(ShadowDayRow row);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ShadowDayRow>> DaysAsync(int version, int limit);
}
