using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>Under which address others reach this worker: browsers that come back from a CRM, and a CRM's webhooks (<c>Console:PublicUrl</c>).</summary>
internal static class PublicAddress
{
    /// <summary>Of a worker that serves this machine only. HubSpot lets an app come back to localhost without TLS.</summary>
    public const string Default = "http://localhost:5080";

    /// <summary>Without a slash at its end; null: not set.</summary>
    /// <exception cref="UsageException">It is no address.</exception>
    public static string? Of(IConfiguration configuration) => configuration["Console:PublicUrl"]?.TrimEnd('/') switch
    {
        null or "" => null,
        var url when Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" => url,
        var other => throw new UsageException($"Console:PublicUrl is '{other}': write it like https://leads.example.com."),
    };
}
