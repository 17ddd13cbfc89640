using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions.Fingerprints;

/// <summary>
/// The two identities of a definition (definition language, section 8): SHA-256, in hexadecimal, of the canonical JSON of the content as written. Shorthands and defaults are not
/// expanded; comments, layout, the order of keys and the quotes of a text do not count.
/// </summary>
/// <remarks>
/// How a scalar enters: numbers where the language reads a number (number operands, <c>schema</c>, points, caps, thresholds, limits, counts, the numbers of
/// <c>targets.mql_per_week</c>), booleans where it reads one (boolean operands, <c>known</c>, <c>two_step</c>), and a text as written everywhere else: text, list and date
/// operands, ids, labels, choices, durations (<c>90d</c>), percentages (<c>35%</c>), times, days.
/// </remarks>
internal static class Fingerprint
{
    private static readonly string[] ScoringKeys = ["schema", "attributes", "requires", "profile", "behaviour", "intent", "exclusions", "grades", "mql"];

    /// <summary>All of it: what is signed.</summary>
    public static string OfAgreement(YamlMapping root) => Hash(CanonicalJson.Write(root));

    /// <summary>What decides scores and statuses, without labels.</summary>
    public static string OfScoring(YamlMapping root)
    {
        // A label is left out where it is one: an attribute of one's own may bear that name too.
        var labelled = new HashSet<YamlMapping>();
        foreach (var entry in root.Entries)
        {
            var items = entry switch
            {
                { Key.Text: "profile" or "behaviour" or "intent", Value: YamlMapping section } => section.Entries.FirstOrDefault(e => e.Key.Text == "criteria")?.Value,
                { Key.Text: "exclusions" } => entry.Value,
                _ => null,
            };
            labelled.UnionWith((items as YamlList)?.Items.OfType<YamlMapping>() ?? []);
        }

        var mql = root.Entries.FirstOrDefault(entry => entry.Key.Text == "mql")?.Value;
        return Hash(CanonicalJson.Write(root, (mapping, entry) =>
            (mapping == root && !ScoringKeys.Contains(entry.Key.Text))
            || (mapping == mql && entry.Key.Text != "when")
            || (entry.Key.Text == "label" && labelled.Contains(mapping))));
    }

    private static string Hash(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
}
