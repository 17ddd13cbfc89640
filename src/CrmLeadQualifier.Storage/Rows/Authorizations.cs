using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>An authorization that an admin asked for and has not given yet: the CRM's page is open in a browser, or about to be.</summary>
/// <param name="Ticket">The digest of what only the admin and the browser know.</param>
/// <param name="Name">What the connection is to be called.</param>
/// <param name="BaseUrl">Another address than the CRM's own; null: that one.</param>
/// <param name="Secrets">The app's id and secret, encrypted.</param>
/// <param name="IsReplacing">A connection of that name is given another authorization.</param>
/// <param name="ExpiresAt">Afterwards it is worth nothing.</param>
public sealed record AuthorizationRow(string Ticket, string Name, string Crm, string? BaseUrl, byte[] Secrets, bool IsReplacing, Instant ExpiresAt);

public interface IAuthorizationRows
{
    /// <summary>Adds one, and forgets those that expired before <paramref name="now"/>.</summary>
    Task AddAsync(AuthorizationRow row, Instant now);

    /// <summary>Null: there is none, or it has expired.</summary>
    Task<AuthorizationRow?> FindAsync(string ticket, Instant now);

    /// <summary>Whether it was there: of two that use one ticket, one does.</summary>
    Task<bool> DeleteAsync(string ticket);
}
