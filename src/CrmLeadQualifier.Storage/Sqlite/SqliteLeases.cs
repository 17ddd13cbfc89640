using System.Globalization;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Sqlite;

/// <summary>Who works on a connection: a row with owner, process, epoch and expiry.</summary>
internal static class SqliteLeases
{
    private const string Columns = "connection_id, epoch, owner, machine, process_id, process_started, expires_at";

    public static Lease? Take(SqliteSession session, long connectionId, string owner, Instant now)
    {
        var holder = session.First(
            "SELECT machine, process_id, process_started, expires_at FROM lease WHERE connection_id = ?1",
            row => (Process: new ProcessIdentity(row.GetString(0), row.GetInt32(1), row.GetString(2)), Expiry: row.Instant(3)),
            connectionId);
        if (holder.Process is not null && holder.Expiry > now && !holder.Process.IsGone())
        {
            return null;
        }

        if (session.Number("UPDATE connection SET epoch = epoch + 1 WHERE id = ?1 RETURNING epoch", connectionId) is not { } epoch)
        {
            throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"There is no connection {connectionId}."), nameof(connectionId));
        }

        var mine = ProcessIdentity.Current;
        session.Execute(
            $"INSERT OR REPLACE INTO lease ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            connectionId, epoch, owner, mine.Machine, mine.Id, mine.Started, now + Lease.Life);
        return new Lease(connectionId, epoch, owner);
    }

    /// <summary>Answers the new expiry.</summary>
    public static Instant Renew(SqliteSession session, Lease lease, Instant now)
    {
        var expiry = now + Lease.Life;
        return session.Execute("UPDATE lease SET expires_at = ?3 WHERE connection_id = ?1 AND epoch = ?2", lease.ConnectionId, lease.Epoch, expiry) == 1
            ? expiry
            : throw new LeaseLostException(string.Create(CultureInfo.InvariantCulture, $"Another process took connection {lease.ConnectionId} from {lease.Owner}."));
    }

    /// <summary>Answers whether it was still held: a lost lease is another's, and stays.</summary>
    public static bool Release(SqliteSession session, Lease lease) =>
        session.Execute("DELETE FROM lease WHERE connection_id = ?1 AND epoch = ?2", lease.ConnectionId, lease.Epoch) == 1;
}
