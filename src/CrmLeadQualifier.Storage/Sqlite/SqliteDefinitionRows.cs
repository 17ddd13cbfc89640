using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.Data.Sqlite;

namespace CrmLeadQualifier.Storage.Sqlite;

internal sealed class SqliteDefinitionRows(SqliteSession session) : IDefinitionRows
{
    private const string Columns = "version, agreement_fingerprint, scoring_fingerprint, yaml, proposed_at, proposed_by, note";
    private const string Select = $"SELECT {Columns} FROM definition";

    private static readonly string Insert = Sql.Insert("definition", Columns);

    public Task<IReadOnlyList<DefinitionRow>> ListAsync() => Task.FromResult<IReadOnlyList<DefinitionRow>>(session.Query($"{Select} ORDER BY version", Read));

    public Task<DefinitionRow?> FindAsync(int version) => Task.FromResult(session.First($"{Select} WHERE version = ?1", Read, version));

    public Task<int> AddAsync(string agreementFingerprint, string scoringFingerprint, string yaml, Instant at, string? by, string? note)
    {
        var newest = session.First($"{Select} ORDER BY version DESC LIMIT 1", Read);
        // The agreement fingerprint is the content's, whatever its comments and layout.
        if (newest?.AgreementFingerprint == agreementFingerprint)
        {
            return Task.FromResult(newest.Version);
        }

        var version = (newest?.Version ?? 0) + 1;
        session.Execute(Insert, version, agreementFingerprint, scoringFingerprint, yaml, at, by, note);
        return Task.FromResult(version);
    }

    public Task<IReadOnlyList<SignatureRow>> SignaturesAsync() => Task.FromResult<IReadOnlyList<SignatureRow>>(session.Query(
        "SELECT version, role, signed_by, signed_at, fingerprint, id, note, withdrawn_at, withdrawn_by FROM signature ORDER BY id",
        row => new SignatureRow(row.GetInt32(0), row.GetString(1), row.GetString(2), row.Instant(3), row.GetString(4))
        {
            Id = row.GetInt64(5),
            Note = row.Text(6),
            WithdrawnAt = row.InstantOrNull(7),
            WithdrawnBy = row.Text(8),
        }));

    public Task SignAsync(SignatureRow row)
    {
        session.Execute(
            "INSERT INTO signature (version, role, signed_by, signed_at, fingerprint, note) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            row.Version, row.Role, row.By, row.At, row.Fingerprint, row.Note);
        return Task.CompletedTask;
    }

    public Task WithdrawAsync(long signatureId, Instant at, string by)
    {
        session.Execute("UPDATE signature SET withdrawn_at = ?2, withdrawn_by = ?3 WHERE id = ?1 AND withdrawn_at IS NULL", signatureId, at, by);
        return Task.CompletedTask;
    }

    private static DefinitionRow Read(SqliteDataReader row) => new(row.GetInt32(0), row.GetString(1), row.GetString(2), row.GetString(3), row.Instant(4))
    {
        ProposedBy = row.Text(5),
        Note = row.Text(6),
    };
}
