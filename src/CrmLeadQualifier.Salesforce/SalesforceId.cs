namespace CrmLeadQualifier.Salesforce;

/// <summary>Ids come with 15 characters, in which case counts, or with 18, of which the last three say the case of the others. 18 are kept.</summary>
internal static class SalesforceId
{
    public const string ContactPrefix = "003";
    public const string LeadPrefix = "00Q";

    private const string Checks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    /// <summary>The 18 characters of an id; anything else comes back as it is.</summary>
    public static string To18(string id)
    {
        if (id.Length != 15)
        {
            return id;
        }

        Span<char> check = stackalloc char[3];
        for (var block = 0; block < 3; block++)
        {
            var bits = 0;
            for (var i = 0; i < 5; i++)
            {
                bits |= char.IsAsciiLetterUpper(id[block * 5 + i]) ? 1 << i : 0;
            }

            check[block] = Checks[bits];
        }

        return string.Concat(id, check);
    }

    /// <summary>Whether it has the form of an id: nothing else enters a query's text.</summary>
    public static bool IsId(string? id) => id is { Length: 15 or 18 } && id.All(char.IsAsciiLetterOrDigit);

    /// <summary>Leads and Contacts are told apart by how their ids begin.</summary>
    public static bool IsPerson(string? id) =>
        IsId(id) && (id!.StartsWith(ContactPrefix, StringComparison.Ordinal) || id.StartsWith(LeadPrefix, StringComparison.Ordinal));
}
