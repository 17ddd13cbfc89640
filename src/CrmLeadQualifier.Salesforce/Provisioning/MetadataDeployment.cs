using System.Net.Http.Headers;
using System.Text.Json;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Provisioning;

/// <summary>Deploys a package as one transaction and waits for it.</summary>
internal sealed class MetadataDeployment(SalesforceTransport transport, TimeProvider clock)
{
    private const string NeedsPermission =
        "Give the integration user the permissions Modify Metadata Through Metadata API Functions and Customize Application, then run provision again.";

    private static readonly TimeSpan FirstPoll = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly CallContext _start = new("the deployment of our fields", IsWrite: true);
    private readonly CallContext _poll = new("the state of the deployment");

    /// <summary>What failed in the package; empty: it is deployed.</summary>
    /// <param name="checkOnly">Only what would fail: nothing is deployed.</param>
    /// <exception cref="FatalCrmException">The deployment was refused as a whole, or failed without naming a component.</exception>
    public async Task<IReadOnlyList<ComponentFailure>> DeployAsync(byte[] zip, bool checkOnly, CancellationToken cancellation)
    {
        var id = await StartAsync(zip, checkOnly, cancellation).ConfigureAwait(false);
        var started = clock.GetTimestamp();
        var wait = FirstPoll;
        while (true)
        {
            var answer = await transport.CallAsync<DeployAnswer>(
                _poll, (api, token, t) => api.GetDeploymentAsync(transport.Paths.Deployment(id), "true", token, t), cancellation).ConfigureAwait(false);
            if (answer.Body.DeployResult is { } result && (result.Done == true || result.Status is "Succeeded" or "SucceededPartial" or "Failed" or "Canceled"))
            {
                return Failures(result);
            }

            if (clock.GetElapsedTime(started) > Patience)
            {
                throw new RetriableCrmException("Salesforce has not finished the deployment of our fields; run provision again later.",
                    TimeSpan.FromMinutes(10));
            }

            await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
            wait = wait * 2 < LongestPoll ? wait * 2 : LongestPoll;
        }
    }

    private async Task<string> StartAsync(byte[] zip, bool checkOnly, CancellationToken cancellation)
    {
        try
        {
            var answer = await transport.CallAsync<DeployAnswer>(
                _start, (api, token, t) => api.DeployAsync(transport.Paths.Deployments, Form(zip, checkOnly), token, t), cancellation).ConfigureAwait(false);
            return answer.Body.Id ?? throw new FatalCrmException("Salesforce's answer names no deployment.", "Run provision again.");
        }
        catch (BatchRefusedException refused)
        {
            throw new FatalCrmException(refused.Message, NeedsPermission, refused);
        }
        catch (FatalCrmException refused) when (refused.InnerException is null)
        {
            throw new FatalCrmException(refused.Message, NeedsPermission, refused);
        }
        catch (UnknownOutcomeException lost)
        {
            // Deploying the same package twice changes nothing.
            throw new RetriableCrmException(lost.Message + " Run provision again.", TimeSpan.Zero, lost);
        }
    }

    private static IReadOnlyList<ComponentFailure> Failures(DeployResult result)
    {
        if (result.Success == true || result.Status == "Succeeded")
        {
            return [];
        }

        var failures = (result.Details?.ComponentFailures ?? []).OfType<ComponentFailure>().ToList();
        return failures.Count > 0 ? failures
            : throw new FatalCrmException($"Salesforce did not deploy our fields ({result.Status}{(result.ErrorMessage is { } why ? $": {why}" : "")}).", NeedsPermission);
    }

    // A body is sent once: each attempt gets its own. The names of the parts are quoted, as every browser does and this framework does not.
    private static MultipartFormDataContent Form(byte[] zip, bool checkOnly)
    {
        var options = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(
            new DeployRequest(new DeployOptions(SinglePackage: true, RollbackOnError: true, IgnoreWarnings: true, CheckOnly: checkOnly)),
                SalesforceJson.Default.DeployRequest));
        options.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var package = new ByteArrayContent(zip);
        package.Headers.ContentType = new MediaTypeHeaderValue("application/zip");
        return new MultipartFormDataContent { { options, "\"json\"" }, { package, "\"file\"", "package.zip" } };
    }
}
