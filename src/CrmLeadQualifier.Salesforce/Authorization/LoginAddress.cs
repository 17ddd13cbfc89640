using CrmLeadQualifier.Crm.Errors;

namespace CrmLeadQualifier.Salesforce.Authorization;

/// <summary>Where a connection signs in: an org's My Domain, or Salesforce's own addresses for production and sandbox orgs.</summary>
internal static class LoginAddress
{
    private const string Production = "https://login.salesforce.com";
    private const string Sandbox = "https://test.salesforce.com";

    private static readonly string[] SalesforceDomains = [".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn"];

    /// <summary>Scheme and host alone.</summary>
    /// <exception cref="FatalCrmException">It is no https address: a secret is not sent in clear.</exception>
    public static Uri Parse(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var login) && (login.Scheme == Uri.UriSchemeHttps || (login.Scheme == Uri.UriSchemeHttp && login.IsLoopback))
            ? new Uri(login.GetLeftPart(UriPartial.Authority))
            : throw new FatalCrmException("The login address is not an https address.", "Give the org's My Domain, like https://NAME.my.salesforce.com: connect salesforce.");

    /// <summary>Salesforce's own addresses, at which any org's users sign in; they give no client credentials.</summary>
    public static bool IsShared(Uri login) => login.Host is "login.salesforce.com" or "test.salesforce.com";

    /// <summary>Whom an assertion is for: of a My Domain the address of all production or of all sandbox orgs, which Salesforce asks for; of an emulated one itself.</summary>
    public static string Audience(Uri login) =>
        login.IsLoopback ? login.GetLeftPart(UriPartial.Authority)
        : login.Host == new Uri(Sandbox).Host || login.Host.EndsWith(".sandbox.my.salesforce.com", StringComparison.OrdinalIgnoreCase) ? Sandbox
        : SalesforceDomains.Any(domain => login.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)) ? Production
        : login.GetLeftPart(UriPartial.Authority);

    /// <summary>Where an org's calls go: the token's instance where it is Salesforce's, or the login address itself on this machine.</summary>
    /// <exception cref="FatalCrmException">The token would leave Salesforce.</exception>
    public static Uri InstanceOf(Uri login, string? instanceUrl)
    {
        if (login.IsLoopback)
        {
            return new Uri(login.GetLeftPart(UriPartial.Authority));
        }

        if (Uri.TryCreate(instanceUrl, UriKind.Absolute, out var instance) && instance.Scheme == Uri.UriSchemeHttps
            && (instance.Host == login.Host || SalesforceDomains.Any(domain => instance.Host.EndsWith(domain, StringComparison.OrdinalIgnoreCase))))
        {
            return new Uri(instance.GetLeftPart(UriPartial.Authority));
        }

        throw new FatalCrmException("Salesforce's token names an address that is not Salesforce's.",
            "Check the connection's login address: it is the org's My Domain.");
    }
}
