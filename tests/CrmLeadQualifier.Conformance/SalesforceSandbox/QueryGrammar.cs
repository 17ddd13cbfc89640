using System.Text.Json;
using CrmLeadQualifier.Sandbox.Salesforce.Soql;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Conformance.SalesforceSandbox;

/// <summary>The sandbox's reading of SOQL beside 163 queries that a parser of long standing calls valid or not.</summary>
public sealed class QueryGrammar
{
    public static TheoryData<string, bool> Cases()
    {
        var data = new TheoryData<string, bool>();
        if (SalesforceRecording.Folder is not { } folder)
        {
            data.Add("", true);
            return data;
        }
        foreach (var item in JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "soql", "is-valid-cases.json"))).RootElement.EnumerateArray())
        {
            var soql = item.GetProperty("soql").GetString()!;
            // Bind variables are Apex and never come over the wire; comments and an object that is called OFFSET are that parser's own latitude.
            if (!item.TryGetProperty("options", out _) && !soql.Contains("//", StringComparison.Ordinal) && !soql.EndsWith("Account OFFSET", StringComparison.Ordinal))
                data.Add(soql, item.GetProperty("isValid").GetBoolean());
        }
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void A_query_is_valid_or_not(string soql, bool valid)
    {
        Skip.If(soql.Length == 0, "../shared/recorded/salesforce is not beside the repository.");
        string? refused = null;
        try
        {
            SoqlParser.Parse(soql);
        }
        catch (SalesforceRefusal refusal)
        {
            refused = System.Text.Encoding.UTF8.GetString(refusal.Answer.Body.Span);
        }
        Assert.True(valid == refused is null, refused ?? "It was read.");
    }
}
