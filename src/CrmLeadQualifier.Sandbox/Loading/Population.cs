using CrmLeadQualifier.Sandbox.CommandLine;
using CrmLeadQualifier.Sandbox.Generating;
using CrmLeadQualifier.Sandbox.HubSpot;
using CrmLeadQualifier.Sandbox.HubSpot.Account;
using CrmLeadQualifier.Sandbox.Salesforce;
using CrmLeadQualifier.Sandbox.Salesforce.Loading;

namespace CrmLeadQualifier.Sandbox.Loading;

/// <summary>Whom the emulated CRMs know at the start: the vendor's salespeople, and the leads of a file or made-up ones.</summary>
internal sealed class Population(Portal? portal, Org? org)
{
    private const long Day = 86_400_000;

    private static readonly (string Email, string First, string Last, int Days, bool Left)[] Salespeople =
    [
        ("claire.dubois@vendor.example", "Claire", "Dubois", 400, false), ("tom.hughes@vendor.example", "Tom", "Hughes", 380, false),
        ("karim.benali@vendor.example", "Karim", "Benali", 200, false), ("former.colleague@vendor.example", "Former", "Colleague", 900, true),
    ];

    public void Fill(SandboxOptions options, long start, Action<string> notices)
    {
        var owners = portal?.Owners ?? new Owners();
        foreach (var (email, first, last, days, left) in Salespeople)
        {
            owners.Add(email, first, last, start - (days * Day), left);
            org?.Users.Add(email, first, last, start - (days * Day), !left);
        }
        List<Lead> leads;
        List<Lead> answered = [];
        if (options.Leads is { } file)
            leads = LeadsFile.Read(File.ReadAllBytes(file), (line, why) => notices($"{file}:{line}: {why}; the line is left out."));
        else
        {
            var people = new PeopleGenerator(options.Seed, start, owners.All);
            leads = people.Make(options.Contacts);
            answered = people.MakeAnswered(options.Answered);
        }
        if (portal is not null)
        {
            new LeadLoader(portal).Load([.. leads, .. answered], notices);
            portal.Forms.FillUpTo(options.Forms, start - (400 * Day));
        }
        if (org is null)
            return;
        // A file's leads are all in both. Of made-up people one in eight is known to HubSpot only, and as many others to Salesforce only.
        if (options.Split == Split.Both && options.Leads is null)
            leads = [.. leads.Where((_, at) => at % 8 != 6), .. new PeopleGenerator(options.Seed + 1_000_003, start, owners.All)
                .Make(options.Contacts / 8)];
        // That the visits of made-up people have no place in Salesforce is no news.
        new OrgLoader(org).Load([.. leads, .. answered], options.Leads is null ? _ => { } : notices);
    }
}
