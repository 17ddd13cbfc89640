using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Authorization;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// The access token of an authorized connection, refreshed ahead of its end. One refresh at a time per connection, whatever number of workers there is: a lock in the ledger; whoever
/// waits for it takes what the other got. Another refresh token is in the ledger before the access token that came with it is used.
/// </summary>
internal sealed class HubSpotTokens
{
    /// <summary>Before its end, so that no long call meets it.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    /// <summary>Longer than a refresh may take: a process that died in one is not waited for longer.</summary>
    private static readonly TimeSpan LockLife = TimeSpan.FromSeconds(45);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConnectionRow _connection;
    private readonly HubSpotAuthorization _authorization;
    private readonly ConnectionSecrets _secrets;
    private readonly ILedger _ledger;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private readonly string _owner = $"{Environment.MachineName}:{Environment.ProcessId}:{Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(4))}";
    private volatile HubSpotCredentials _present;

    public HubSpotTokens(
        ConnectionRow connection, HubSpotCredentials credentials, HubSpotAuthorization authorization, ConnectionSecrets secrets, ILedger ledger, TimeProvider clock)
    {
        _connection = connection;
        _present = credentials;
        _authorization = authorization;
        _secrets = secrets;
        _ledger = ledger;
        _clock = clock;
    }

    /// <inheritdoc cref="GiveAccessToken"/>
    /// <exception cref="FatalCrmException">HubSpot takes the authorization no more, or it is another portal's.</exception>
    public async Task<string> GiveAsync(string? refused, CancellationToken cancellation)
    {
        if (IsGood(_present, refused))
        {
            return _present.AccessToken;
        }

        await _one.WaitAsync(cancellation);
        try
        {
            if (!IsGood(_present, refused))
            {
                _present = await RenewAsync(refused, cancellation);
            }

            return _present.AccessToken;
        }
        catch (RetriableCrmException) when (refused is null && _present.ExpiresAt > Instant.Now(_clock))
        {
            // Asked ahead of time: what is there is good for a while yet.
            return _present.AccessToken;
        }
        finally
        {
            _one.Release();
        }
    }

    private bool IsGood(HubSpotCredentials credentials, string? refused) => credentials.AccessToken != refused && credentials.ExpiresAt - Instant.Now(_clock) > Ahead;

    private async Task<HubSpotCredentials> RenewAsync(string? refused, CancellationToken cancellation)
    {
        var since = _clock.GetTimestamp();
        while (true)
        {
            var (stored, isLocked) = await LookAsync(refused, cancellation);
            if (IsGood(stored, refused))
            {
                return stored;
            }

            if (isLocked)
            {
                return await RefreshAsync(stored);
            }

            if (_clock.GetElapsedTime(since) > LockLife + LockLife)
            {
                throw new RetriableCrmException("another process has been refreshing HubSpot's access token for too long", LockLife);
            }

            await Task.Delay(Pause, _clock, cancellation);
        }
    }

    /// <summary>What another process may have stored meanwhile; if that will not do, the lock is taken where it is free.</summary>
    private async Task<(HubSpotCredentials Stored, bool IsLocked)> LookAsync(string? refused, CancellationToken cancellation)
    {
        await using var transaction = await _ledger.BeginAsync(null, cancellation);
        var stored = Credentials(await FindAsync(transaction));
        var now = Instant.Now(_clock);
        var isLocked = !IsGood(stored, refused) && await transaction.Connections.TryLockTokenAsync(_connection.Id, _owner, now, now + LockLife);
        await transaction.CommitAsync(cancellation);
        return (stored, isLocked);
    }

    private async Task<HubSpotCredentials> RefreshAsync(HubSpotCredentials stored)
    {
        try
        {
            // Not given up half way: HubSpot may have changed the refresh token, and only the answer tells to what.
            var grant = await _authorization.RefreshAsync(ConnectionSettings.Read(_connection.Settings).BaseUrl, stored.App, stored.RefreshToken, CancellationToken.None);
            if (grant.PortalId is { } portal && portal != _connection.AccountId)
            {
                throw new FatalCrmException(
                    $"Connection {_connection.Name} is bound to the portal {_connection.AccountId}, but its authorization is portal {portal}'s.",
                    $"Authorize the app in portal {_connection.AccountId} again: connect hubspot --name {_connection.Name} --client-id … --replace.");
            }

            var renewed = HubSpotCredentials.Of(stored.App, grant, Instant.Now(_clock), stored.Scopes);
            // From here on HubSpot may take the former refresh token no more: told to stop or not, this is kept.
            await using var transaction = await _ledger.BeginAsync(null, CancellationToken.None);
            var row = await FindAsync(transaction);
            await transaction.Connections.SaveAsync(row with { Secrets = _secrets.Protect(renewed.Write()) });
            await transaction.Connections.UnlockTokenAsync(_connection.Id, _owner);
            await transaction.CommitAsync(CancellationToken.None);
            return renewed;
        }
        catch
        {
            await using var transaction = await _ledger.BeginAsync(null, CancellationToken.None);
            await transaction.Connections.UnlockTokenAsync(_connection.Id, _owner);
            await transaction.CommitAsync(CancellationToken.None);
            throw;
        }
    }

    private async Task<ConnectionRow> FindAsync(ILedgerTransaction transaction) =>
        (await transaction.Connections.ListAsync()).FirstOrDefault(row => row.Id == _connection.Id)
        ?? throw new FatalCrmException($"Connection {_connection.Name} is no more.", "Run connect hubspot to connect the portal again.");

    private HubSpotCredentials Credentials(ConnectionRow row) => HubSpotCredentials.Read(_secrets.Unprotect(row))
        ?? throw new FatalCrmException($"Connection {_connection.Name} was given a token instead of an authorization.", "Run the command again: it takes the token.");
}
