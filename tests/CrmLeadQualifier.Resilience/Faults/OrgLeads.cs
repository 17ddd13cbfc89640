using System.Globalization;
using System.Text.Json;

namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>A file of leads without deals, so that none was converted, each with four activities; one in fifty deserves a hand-over.</summary>
public static class OrgLeads
{
    public static async Task WriteAsync(string file, int people)
    {
        await using var output = File.Create(file);
        for (var i = 0; i < people; i++)
        {
            await JsonSerializer.SerializeAsync(output, Lead(i));
            output.WriteByte((byte)'\n');
        }
    }

    private static object Lead(int i)
    {
        var (title, department, industry) = (i % 50, i % 3) switch
        {
            (0, _) => ("CTO", "Information technology", "Software"),
            (_, 0) => ("Operations manager", "Operations", "Logistics"),
            (_, 1) => ("Buyer", "Purchasing", "Retail"),
            _ => ("Assistant", "Administration", "Consulting"),
        };
        return new
        {
            id = $"L{i}",
            attributes = new
            {
                email = $"person{i}@company{i / 3}.example",
                first_name = "Sam",
                last_name = $"Person{i}",
                job_title = title,
                department,
                industry,
                company = $"Company {i / 3}",
                employees = i % 50 == 0 ? 200 : 10 + (i * 37 % 900),
                country = i % 2 == 0 ? "Ireland" : "France",
                owner_email = FaultyOrg.Salesperson,
                created_at = At(i, 60),
            },
            activities = new object[]
            {
                new { kind = "call", at = At(i, 40), attributes = new { outcome = "Connected", direction = "OUTBOUND" } },
                new { kind = "note", at = At(i, 30), attributes = new { text = "Knows us" } },
                new { kind = "task", at = At(i, 20), attributes = new { subject = "Send the offer" } },
                new { kind = i % 5 == 0 ? "email_reply" : "note", at = At(i, 10), attributes = new { subject = "Your question" } },
            },
        };
    }

    private static string At(int i, int daysAgo) => new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero).AddDays(-daysAgo).AddSeconds(i * 7)
        .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
