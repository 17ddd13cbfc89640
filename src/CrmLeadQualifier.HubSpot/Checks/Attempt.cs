using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.HubSpot.Checks;

/// <summary>A test whose refusal is a finding.</summary>
internal static class Attempt
{
    public static async Task<CheckFinding> AtAsync(string subject, Func<Task<CheckFinding>> test)
    {
        try
        {
            return await test().ConfigureAwait(false);
        }
        catch (StreamRefusedException refused)
        {
            return new CheckFinding(subject, CheckResult.Notice, refused.Message, refused.Advice);
        }
        catch (FatalCrmException fatal)
        {
            return new CheckFinding(subject, CheckResult.Failed, fatal.Message, fatal.Advice);
        }
        catch (CrmException other)
        {
            return new CheckFinding(subject, CheckResult.Failed, other.Message, "Try again in a minute.");
        }
    }
}
