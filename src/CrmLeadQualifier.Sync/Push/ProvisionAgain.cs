using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Provision;
using CrmLeadQualifier.Sync.Runs;

namespace CrmLeadQualifier.Sync.Push;

/// <summary>A field of ours that somebody deleted in the CRM is created again, once in a run, and every record is shown in it anew: its values went with it.</summary>
internal sealed class ProvisionAgain(ConnectionSession session, AgreementInForce agreement)
{
    private bool _isDone;

    /// <summary>False: it was done already, and did not help.</summary>
    /// <exception cref="FatalCrmException">The CRM lets nobody create fields by this token.</exception>
    public async Task<bool> RunAsync(BatchRefusedException refused, CancellationToken cancellation)
    {
        if (_isDone)
        {
            return false;
        }

        _isDone = true;
        var fields = Provisioning.Fields(agreement.Definition, session.Settings.IsMinimal);
        var names = string.Join(", ", refused.UnknownFields);
        try
        {
            var steps = await session.Crm.PlanProvisioningAsync(fields, cancellation);
            await session.Crm.ProvisionAsync(fields, steps, cancellation);
        }
        catch (FatalCrmException fatal)
        {
            throw new FatalCrmException(
                $"the CRM does not have {names} any more, and it could not be created again: {fatal.Message}",
                $"{fatal.Advice} Then run `provision {session.Connection.Name}`; the next sync sends what is due.",
                fatal);
        }

        await using (var transaction = await session.BeginAsync(cancellation))
        {
            await transaction.Records.ForgetKnownAsync(session.Connection.Id, refused.UnknownFields);
            await transaction.CommitAsync(cancellation);
        }

        // All records are written again, and that is no mistake that the breaker should stop.
        await session.ChangeAsync(connection => connection with { PushedFingerprint = null }, cancellation);
        session.Notices.Add($"{session.Connection.Name}: {names} was missing in the CRM and was created again; every record gets its value again");
        return true;
    }
}
