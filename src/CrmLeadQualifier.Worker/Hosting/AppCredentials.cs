using System.Text.Json;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>What a Salesforce connection authenticates with: the key and secret of an External Client App. Kept encrypted, as one text.</summary>
internal sealed record AppCredentials(string ClientId, string ClientSecret)
{
    public static AppCredentials Read(string secrets) =>
        JsonSerializer.Deserialize<AppCredentials>(secrets, JsonText.Options) ?? throw new InvalidOperationException("a Salesforce connection without credentials");

    public string Write() => JsonSerializer.Serialize(this, JsonText.Options);

    /// <summary>Never the secret: it may end up in a log.</summary>
    public override string ToString() => "an app's credentials";
}
