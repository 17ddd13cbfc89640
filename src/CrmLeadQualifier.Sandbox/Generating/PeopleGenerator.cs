using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.Loading;

namespace CrmLeadQualifier.Sandbox.Generating;

internal sealed class PeopleGenerator(int seed, long start, IReadOnlyList<Owner> owners)
{
    public List<Lead> Make(int count)
    {
        var random = new Random(seed);
        var people = new List<Lead>(count);
        for (var i = 0; i < count; i++)
        {
            var lead = new Lead($"P{i + 1}");
            lead.Attributes.Add(new LeadAttribute("email", $"person{i + 1}@example.org", AttributeKind.Text));
            lead.Attributes.Add(new LeadAttribute("created_at", Clock.Instant.Iso(start - (random.Next(1, 180) * 86_400_000L)), AttributeKind.Text));
            lead.Attributes.Add(new LeadAttribute("owner_email", owners[random.Next(3)].Email, AttributeKind.Text));
            people.Add(lead);
        }
        return people;
    }
}
