using System.Globalization;
using System.Text.Json;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// An org's worth of made-up Leads, as a file of leads. A fifth of them never did anything and are close to the bar; the others have five to twenty activities, ten rows on average over all of them:
/// half Tasks, a fifth e-mail messages (each of them with a Task), a tenth Events, a fifth campaign members.
/// </summary>
public sealed class SalesforceLeads
{
    /// <summary>One Lead in so many has done nothing: with an answer to an e-mail it reaches the bar of the example agreement.</summary>
    public const int OneIsQuietOf = 5;

    private const int Campaigns = 200;

    private static readonly DateTimeOffset Start = new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, int> _rows = [];

    private SalesforceLeads(int leads) => Leads = leads;

    public int Leads { get; }

    public int Activities => _rows.Values.Sum();

    public int Of(string type) => _rows.GetValueOrDefault(type);

    public static async Task<SalesforceLeads> WriteAsync(string file, int leads)
    {
        var written = new SalesforceLeads(leads);
        var random = new Random(leads);
        await using var output = File.Create(file, 1 << 20);
        for (var i = 0; i < leads; i++)
        {
            using (var json = new Utf8JsonWriter(output))
            {
                written.Write(json, i, random);
            }

            output.WriteByte((byte)'\n');
        }

        return written;
    }

    private void Write(Utf8JsonWriter json, int i, Random random)
    {
        string[] titles = ["Operations manager", "CEO", "Student", "Developer", "Assistant", "IT manager", "Buyer", "Engineer"];
        var isQuiet = i % OneIsQuietOf == 0;
        json.WriteStartObject();
        json.WriteString("id", $"L{i}");
        json.WriteStartObject("attributes");
        json.WriteString("email", $"person{i}@company{i / 3}.example");
        json.WriteString("first_name", $"First{i % 500}");
        json.WriteString("last_name", $"Last{i % 3000}");
        json.WriteString("job_title", isQuiet ? "Director" : titles[random.Next(titles.Length)]);
        json.WriteString("company", $"Company {i / 3}");
        json.WriteNumber("employees", isQuiet ? 200 : 10 + (i / 3 * 37 % 900));
        json.WriteString("country", isQuiet || i % 2 == 0 ? "United Kingdom" : "France");
        json.WriteString("created_at", At(random, 0, 60));
        json.WriteEndObject();
        json.WriteStartArray("activities");
        for (var activity = i % OneIsQuietOf * 4; activity > 0; activity--)
        {
            WriteActivity(json, i * 31 + activity, random);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteActivity(Utf8JsonWriter json, int place, Random random)
    {
        // Of a campaign somebody is a member once.
        var campaign = $"Campaign {place % Campaigns}";
        var (kind, rows, attributes) = random.Next(80) switch
        {
            < 12 => ("email_sent", new[] { "Task", "EmailMessage" }, new[] { ("subject", "Your question about our software") }),
            < 20 => ("email_reply", ["Task", "EmailMessage"], [("subject", "Your question about our software")]),
            < 35 => ("call", ["Task"], [("outcome", "Connected"), ("direction", "OUTBOUND"), ("duration_seconds", "180")]),
            < 45 => ("task", ["Task"], [("subject", "Send the documents"), ("status", "COMPLETED")]),
            < 50 => ("note", ["Task"], [("body", "Asked for prices, will look at it after the holidays.")]),
            < 60 => ("meeting", ["Event"], [("title", "Demo"), ("outcome", "COMPLETED")]),
            < 68 => ("campaign_response", ["CampaignMember"], [("campaign", campaign)]),
            < 74 => ("event_attendance", ["CampaignMember"], [("event", campaign)]),
            _ => ("content_download", ["CampaignMember"], [("title", campaign)]),
        };
        foreach (var row in rows)
        {
            _rows[row] = Of(row) + 1;
        }

        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteString("at", At(random, 60, 290));
        json.WriteStartObject("attributes");
        foreach (var (name, value) in attributes)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string At(Random random, int fromDay, int toDay) =>
        Start.AddSeconds(random.Next(fromDay * 86_400, toDay * 86_400)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
