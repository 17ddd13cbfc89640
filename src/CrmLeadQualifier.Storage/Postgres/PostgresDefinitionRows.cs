using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Npgsql;

namespace CrmLeadQualifier.Storage.Postgres;

internal sealed class PostgresDefinitionRows(PostgresSession session) : IDefinitionRows
{
    private const string Columns = "version, agreement_fingerprint, scoring_fingerprint, yaml, proposed_at, proposed_by, note";
    private const string Select = $"SELECT {Columns} FROM definition";

    public async Task<IReadOnlyList<DefinitionRow>> ListAsync() => await session.QueryAsync($"{Select} ORDER BY version", Read).ConfigureAwait(false);

    public Task<DefinitionRow?> FindAsync(int version) => session.FirstAsync($"{Select} WHERE version = $1", Read, version);

    public async Task<int> AddAsync(string agreementFingerprint, string scoringFingerprint, string yaml, Instant at, string? by, string? note)
    {
        var newest = await session.FirstAsync($"{Select} ORDER BY version DESC LIMIT 1", Read).ConfigureAwait(false);
        // The agreement fingerprint is the content's, whatever its comments and layout.
        if (newest?.AgreementFingerprint == agreementFingerprint)
        {
            return newest.Version;
        }

        var version = (newest?.Version ?? 0) + 1;
        await session.ExecuteAsync(
            $"INSERT INTO definition ({Columns}) VALUES ($1, $2, $3, $4, $5, $6::text, $7::text)",
            version, agreementFingerprint, scoringFingerprint, yaml, at, by, note).ConfigureAwait(false);
        return version;
    }

    public async Task<IReadOnlyList<SignatureRow>> SignaturesAsync() => await session.QueryAsync(
        "SELECT version, role, signed_by, signed_at, fingerprint, id, note, withdrawn_at, withdrawn_by FROM signature ORDER BY id",
        row => new SignatureRow(row.GetInt32(0), row.Text(1), row.Text(2), row.Instant(3), row.Text(4))
        {
            Id = row.GetInt64(5),
            Note = row.TextOrNull(6),
            WithdrawnAt = row.InstantOrNull(7),
            WithdrawnBy = row.TextOrNull(8),
        }).ConfigureAwait(false);

    public Task SignAsync(SignatureRow row) => session.ExecuteAsync(
        "INSERT INTO signature (version, role, signed_by, signed_at, fingerprint, note) VALUES ($1, $2, $3, $4, $5, $6::text)",
        row.Version, row.Role, row.By, row.At, row.Fingerprint, row.Note);

    public Task WithdrawAsync(long signatureId, Instant at, string by) =>
        session.ExecuteAsync("UPDATE signature SET withdrawn_at = $2, withdrawn_by = $3 WHERE id = $1 AND withdrawn_at IS NULL", signatureId, at, by);

    private static DefinitionRow Read(NpgsqlDataReader row) => new(row.GetInt32(0), row.Text(1), row.Text(2), row.Text(3), row.Instant(4))
    {
        ProposedBy = row.TextOrNull(5),
        Note = row.TextOrNull(6),
    };
}
