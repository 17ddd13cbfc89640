using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;

namespace CrmLeadQualifier.Sync.Agreements;

/// <summary>The version that both roles signed last, read and compiled once.</summary>
/// <param name="Since">The second signature that brought it into force.</param>
public sealed record AgreementInForce(int Version, Definition Definition, ScoringPlan Plan, Instant Since)
{
    /// <inheritdoc cref="SignedVersions.Roles"/>
    public static IReadOnlyList<string> Roles => SignedVersions.Roles;

    /// <summary>The second signature under it that was given last: it came into force, or was renewed.</summary>
    public Instant AgreedAt { get; init; } = Since;

    /// <summary>Rejection reasons that earlier agreements had and this one has not, by id, as the last that had them called them.</summary>
    public IReadOnlyDictionary<string, LocalizedText> RetiredReasons { get; init; } = new Dictionary<string, LocalizedText>();

    /// <summary>From when its review is overdue.</summary>
    public Instant ReviewDueAt => AgreedAt + Definition.ReviewEvery;

    /// <summary>The agreement in force in the ledger, whatever the instant asked about; null: none was signed by both roles yet.</summary>
    public static Task<AgreementInForce?> ReadAsync(ILedgerTransaction ledger) => ReadAsync(ledger, Instant.MaxValue);

    /// <summary>The agreement that was in force at an instant; null: none was signed by both roles by then.</summary>
    public static async Task<AgreementInForce?> ReadAsync(ILedgerTransaction ledger, Instant asOf)
    {
        var signed = new SignedVersions([.. (await ledger.Definitions.SignaturesAsync()).Where(signature => signature.At <= asOf)]);
        if (signed.InForce is not { } inForce)
        {
            return null;
        }

        var reading = await ReadAsync(ledger, inForce.Version);
        var definition = reading.Definition
            ?? throw new LedgerSchemaException($"The agreement in force (version {inForce.Version}) can no longer be read: {reading.Problems[0]}");
        return new AgreementInForce(inForce.Version, definition, ScoringPlan.Compile(definition), signed.InForceSince!.Value)
        {
            AgreedAt = inForce.At,
            RetiredReasons = await RetiredAsync(ledger, signed.Versions, definition),
        };
    }

    private static async Task<DefinitionReading> ReadAsync(ILedgerTransaction ledger, int version)
    {
        var row = await ledger.Definitions.FindAsync(version) ?? throw new InvalidOperationException($"version {version} is signed but not in the ledger");
        return DefinitionReader.Read(Encoding.UTF8.GetBytes(row.Yaml), $"version {version}");
    }

    /// <summary>A version that can no longer be read has no reasons to name.</summary>
    private static async Task<IReadOnlyDictionary<string, LocalizedText>> RetiredAsync(ILedgerTransaction ledger, IReadOnlyList<int> versions, Definition inForce)
    {
        var retired = new Dictionary<string, LocalizedText>();
        foreach (var version in versions)
        {
            foreach (var reason in (await ReadAsync(ledger, version)).Definition?.Sales.RejectionReasons ?? [])
            {
                retired[reason.Id] = reason.Label;
            }
        }

        foreach (var reason in inForce.Sales.RejectionReasons)
        {
            retired.Remove(reason.Id);
        }

        return retired;
    }

    /// <summary>The same agreement with more days on which nobody works: what an admin keeps in the settings. Due times that were promised already stay.</summary>
    public AgreementInForce Closing(IReadOnlySet<NodaTime.LocalDate> holidays)
    {
        var hours = Definition.Sales.BusinessHours;
        return holidays.IsSubsetOf(hours.Holidays)
            ? this
            : this with { Definition = Definition with { Sales = Definition.Sales with { BusinessHours = hours with { Holidays = hours.Holidays.Union(holidays).ToHashSet() } } } };
    }

    /// <summary>That the review is overdue, and what to do about it; null: it is not.</summary>
    public string? ReviewOverdue(Instant at)
    {
        if (at < ReviewDueAt)
        {
            return null;
        }

        var days = (long)(at - ReviewDueAt).TotalDays;
        var late = string.Create(CultureInfo.InvariantCulture, $"{days} {(days == 1 ? "day" : "days")}");
        return $"the review of the agreement (version {Version}) is overdue since {ReviewDueAt.ToString()[..10]} ({late}): "
            + "propose another version, or have marketing and sales sign this one again";
    }
}
