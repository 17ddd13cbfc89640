namespace CrmLeadQualifier.Sandbox.Limits;

/// <summary>A HubSpot account's rate limits. <paramref name="PerTenSeconds"/> 0: none; <paramref name="PerDay"/> null: an OAuth app, which has no daily
/// limit.</summary>
internal sealed record LimitTier(int PerTenSeconds, long? PerDay)
{
    public static readonly LimitTier Off = new(0, 625_000);

    public const int SearchesPerSecond = 5;

    public bool Enforced => PerTenSeconds > 0;

    /// <summary>off, 100 (Free and Starter), 110 (OAuth app), 190 (Professional and Enterprise) or 250 (with the limit add-on).</summary>
    public static LimitTier? Read(string text) => text switch
    {
        "off" => Off,
        "100" => new LimitTier(100, 250_000),
        "110" => new LimitTier(110, null),
        "190" => new LimitTier(190, 625_000),
        "250" => new LimitTier(250, 1_000_000),
        _ => null,
    };
}
