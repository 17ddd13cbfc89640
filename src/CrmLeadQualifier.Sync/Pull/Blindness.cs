using CrmLeadQualifier.Core.Lifecycle;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Pull;

/// <summary>
/// Notices what the agreement decides by and a CRM no longer lets us read: field security, a lost scope, a deleted field. Missing data must not hand an opted-out person to sales:
/// until it is back, the connection's leads become no MQL; their scores stay.
/// </summary>
internal sealed class Blindness(ConnectionSession session, AgreementInForce agreement, Instant at)
{
    /// <summary>The CRM is asked for its fields this often, and at each run while something is missing.</summary>
    private static readonly TimeSpan DescribeEvery = TimeSpan.FromHours(1);

    public async Task LookAsync(CancellationToken cancellation)
    {
        var settings = ConnectionSettings.Read(session.Connection.Settings);
        var isDue = settings.BlindOn.Count > 0 || !Instant.TryRead(settings.DescribedAt, out var describedAt) || at < describedAt || at - describedAt >= DescribeEvery;
        var readable = isDue ? await session.Crm.ReadableAttributesAsync(cancellation) : settings.ReadableAttributes.ToHashSet();
        var deciding = DecidingFacts.Of(agreement.Definition);
        var blindOn = settings.ReadableAttributes.Where(attribute => deciding.Attributes.Contains(attribute) && !readable.Contains(attribute))
            .Concat(await RefusedAsync(deciding, cancellation))
            .Order(StringComparer.Ordinal)
            .ToList();
        if (blindOn.Count > 0)
        {
            session.Notices.Add(
                $"{session.Connection.Name}: blind: {string.Join(", ", blindOn)} can no longer be read, and the agreement decides by it; no lead becomes MQL until it can, scores stay");
        }

        if (isDue || !blindOn.SequenceEqual(settings.BlindOn))
        {
            await SaveAsync(settings, readable, blindOn, cancellation);
        }
    }

    /// <summary>
    /// Streams that were read once, that the CRM refuses now, and whose activities decide. Where counters stand for a stream, that somebody did something is known still: only an agreement that
    /// asks what it was (which page, which form) is blind.
    /// </summary>
    private async Task<IReadOnlyList<string>> RefusedAsync(DecidingFacts deciding, CancellationToken cancellation)
    {
        await using var transaction = await session.BeginAsync(cancellation);
        var refused = (await transaction.Cursors.ListAsync(session.Connection.Id)).Where(cursor => cursor is { IsFirstReadDone: true, Refusal: not null }).Select(cursor => cursor.Stream).ToHashSet();
        return [.. session.Crm.Streams.Where(stream => refused.Contains(stream.Name) && stream.Kinds.Any(kind => IsMissed(stream, kind))).Select(stream => stream.Name)];

        bool IsMissed(StreamDescription stream, string kind) =>
            deciding.Kinds.Contains(kind) && (deciding.KindsByDetail.Contains(kind) || stream.Fallback?.Sure.Contains(kind) != true);
    }

    private async Task SaveAsync(ConnectionSettings before, IReadOnlySet<string> readable, IReadOnlyList<string> blindOn, CancellationToken cancellation)
    {
        await using (var transaction = await session.BeginAsync(cancellation))
        {
            if (before.BlindOn.Count > 0 && blindOn.Count == 0)
            {
                await transaction.Records.MarkDueByConnectionAsync(session.Connection.Id);
                await transaction.CommitAsync(cancellation);
            }
        }

        await session.ChangeAsync(
            connection => connection with
            {
                Settings = (ConnectionSettings.Read(connection.Settings) with
                {
                    DescribedAt = at.ToString(),
                    ReadableAttributes = [.. before.ReadableAttributes.Union(readable).Order(StringComparer.Ordinal)],
                    BlindOn = blindOn,
                }).Write(),
            },
            cancellation);
    }
}
