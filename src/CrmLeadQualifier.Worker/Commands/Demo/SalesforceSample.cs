using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce;

namespace CrmLeadQualifier.Worker.Commands.Demo;

/// <summary>Reads people back from the emulated Salesforce.</summary>
internal static class SalesforceSample
{
    /// <summary>The Leads and Contacts with these addresses.</summary>
    public static async Task<IReadOnlyList<DemoSample>> ReadAsync(HttpClient http, SalesforceAccess access, IReadOnlyList<string> emails, CancellationToken cancellation)
    {
        if (emails.Count == 0)
        {
            return [];
        }

        var token = await TokenAsync(http, access, cancellation);
        var people = new List<DemoSample>();
        foreach (var (sobject, own) in new[] { ("Contact", "Account.Name"), ("Lead", "Company") })
        {
            var fields = string.Join(", ", LeadField.All.Select(NameOf).Concat(["Id", "Email", "FirstName", "LastName", "Title", own]));
            var addresses = string.Join(", ", emails.Select(email => $"'{email.Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'"));
            var answer = await QueryAsync(http, access, token, $"SELECT {fields} FROM {sobject} WHERE Email IN ({addresses})", cancellation);
            people.AddRange(answer["records"]!.AsArray().Select(row => Read(row!.AsObject())));
        }

        return people;
    }

    private static async Task<string> TokenAsync(HttpClient http, SalesforceAccess access, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials",
            ["client_id"] = access.ClientId,
            ["client_secret"] = access.ClientSecret,
        });
        using var response = await http.PostAsync(new Uri($"{access.BaseUrl}/services/oauth2/token"), form, cancellation);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStreamAsync(cancellation))!["access_token"]!.GetValue<string>();
    }

    private static async Task<JsonNode> QueryAsync(HttpClient http, SalesforceAccess access, string token, string soql, CancellationToken cancellation)
    {
        var path = $"/services/data/v{SalesforceConnection.DefaultApiVersion}/query?q={Uri.EscapeDataString(soql)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, access.BaseUrl + path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, cancellation);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStreamAsync(cancellation))!;
    }

    private static DemoSample Read(JsonObject row) => new(CrmWords.Salesforce, row["Id"]!.GetValue<string>(), DemoSample.Texts(row));

    /// <summary><c>handed_over_at</c> is <c>LQ_Handed_Over_At__c</c>.</summary>
    private static string NameOf(LeadField field) => "LQ_" + string.Join('_', field.Name.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..])) + "__c";
}
