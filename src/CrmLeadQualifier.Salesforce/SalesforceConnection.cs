using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Salesforce.Authorization;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce;

/// <summary>What one Salesforce org is reached and read by: an External Client App, used as an integration user of its own.</summary>
/// <param name="LoginUrl">
/// The org's My Domain (<c>https://NAME.my.salesforce.com</c>), which alone takes a secret without a user; with a key or an authorization <c>https://login.salesforce.com</c> and, for sandbox orgs,
/// <c>https://test.salesforce.com</c> do as well.
/// </param>
/// <param name="App">Its secrets are sent to <paramref name="LoginUrl"/> only and never shown.</param>
public sealed record SalesforceConnection(string LoginUrl, SalesforceApp App)
{
    public SalesforceConnection(string loginUrl, string clientId, string clientSecret)
        : this(loginUrl, new SalesforceApp(clientId, clientSecret))
    {
    }

    /// <summary>Where access tokens come from that others share; null: they are asked for by <see cref="App"/>, and this client's alone.</summary>
    public GiveGrant? Grants { get; init; }

    /// <summary>Spring '26. Nothing that is used here is younger than 60.0; an org answers versions for at least three years.</summary>
    public const string DefaultApiVersion = "66.0";

    public string ApiVersion { get; init; } = DefaultApiVersion;

    public SalesforceMapping Mapping { get; init; } = new();

    /// <summary>The attributes that the agreements in force know: the standard ones and their own.</summary>
    public IReadOnlyList<LeadAttribute> Attributes { get; init; } = AttributeSchema.StandardAttributes;

    /// <summary>
    /// A reading of more rows than this is left to Salesforce as a job (Bulk API 2.0): five pages of 2,000 rows cost what a job costs, and a job's rows are fetched by the ten
    /// thousands.
    /// </summary>
    public int BulkAbove { get; init; } = 10_000;

    /// <summary>Rows that one call fetches of a job.</summary>
    public int RowsPerResult { get; init; } = 50_000;

    /// <summary>Requests in flight at a time. Salesforce counts only those longer than 20 seconds: 25 in production, 5 in developer orgs.</summary>
    public int MaxRequestsInFlight { get; init; } = 4;

    /// <summary>The calls that all processes at work on the org share; null: nobody else is.</summary>
    public ICallBudget? Budget { get; init; }

    /// <summary>The part of the org's daily calls that this program takes.</summary>
    public double ShareOfDay { get; init; } = 0.5;

    /// <summary>Of one request, its answer included; Salesforce itself gives up after 10 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Never the secret: a connection may end up in a log.</summary>
    public override string ToString() => $"Salesforce at {LoginUrl}";
}
