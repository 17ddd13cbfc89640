namespace CrmLeadQualifier.Sync.Runs;

/// <summary>What an admin decides about a connection outside the ledger (<c>Connections:NAME</c> in appsettings.json); what is null stays as the ledger has it, or at its default.</summary>
public sealed record ConnectionOptions
{
    public static readonly ConnectionOptions None = new();

    /// <inheritdoc cref="ConnectionSettings.AllowBackward"/>
    public bool? AllowBackward { get; init; }

    /// <inheritdoc cref="ConnectionSettings.LifecycleStages"/>
    public IReadOnlyDictionary<string, string>? LifecycleStages { get; init; }

    /// <inheritdoc cref="ConnectionSettings.MaxHandOversPerDay"/>
    public int? MaxHandOversPerDay { get; init; }

    /// <inheritdoc cref="ConnectionSettings.Scope"/>
    public string? Scope { get; init; }

    /// <inheritdoc cref="ConnectionSettings.ConversionQualifies"/>
    public bool? ConversionQualifies { get; init; }

    /// <inheritdoc cref="ConnectionSettings.Verdicts"/>
    public IReadOnlyDictionary<string, string>? Verdicts { get; init; }

    public ConnectionSettings Over(ConnectionSettings settings) => settings with
    {
        AllowBackward = AllowBackward ?? settings.AllowBackward,
        LifecycleStages = LifecycleStages ?? settings.LifecycleStages,
        MaxHandOversPerDay = MaxHandOversPerDay ?? settings.MaxHandOversPerDay,
        Scope = Scope ?? settings.Scope,
        ConversionQualifies = ConversionQualifies ?? settings.ConversionQualifies,
        Verdicts = Verdicts ?? settings.Verdicts,
    };
}
