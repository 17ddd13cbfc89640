using System.Globalization;
using System.Text.Json;

namespace CrmLeadQualifier.Resilience.Load;

/// <summary>
/// A portal's worth of made-up people with three activities each on average, as a file of leads, and how many calls reading and writing them takes at least.
/// </summary>
public sealed class LoadLeads
{
    private const int Forms = 12;
    private const int Campaigns = 6;

    /// <summary>The oldest were created that long before the portal's clock begins; the newest did something six days before.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(206);

    private readonly Dictionary<string, int> _rows = [];

    private readonly DateTimeOffset _start;

    private LoadLeads(int contacts, DateTimeOffset start)
    {
        Contacts = contacts;
        _start = new DateTimeOffset(start.UtcDateTime.Date, TimeSpan.Zero) - Reach;
    }

    public int Contacts { get; }

    public int Activities => _rows.Where(kind => kind.Key != "company").Sum(kind => kind.Value);

    /// <summary>
    /// A page of a list takes 100 objects, of events 1,000, of a form's submissions 50, a batch of writes 100 records; the owners, the list of forms and each campaign's name are a call each, and so is a
    /// stream in which there is nothing.
    /// </summary>
    public long LeastCalls(long written) =>
        Pages(Contacts, 100) + Pages(Of("company"), 100)
        + new[] { "deal", "meeting", "call", "email", "note", "task", "chat" }.Sum(kind => Pages(Of(kind), 100))
        + Pages(Of("page_view"), 1000) + Pages(Of("email_open"), 1000) + Campaigns
        + Enumerable.Range(0, Forms).Sum(form => Pages(Of($"form {form}"), 50)) + 2
        + (written + 99) / 100;

    /// <param name="now">Where the portal's clock begins.</param>
    public static async Task<LoadLeads> WriteAsync(string file, int contacts, DateTimeOffset now)
    {
        var leads = new LoadLeads(contacts, now);
        var random = new Random(contacts);
        await using var output = File.Create(file);
        for (var i = 0; i < contacts; i++)
        {
            using (var json = new Utf8JsonWriter(output))
            {
                leads.Write(json, i, random);
            }

            output.WriteByte((byte)'\n');
        }

        return leads;
    }

    private void Write(Utf8JsonWriter json, int i, Random random)
    {
        string[] titles = ["Marketing manager", "Head of sales", "Student", "Developer", "Chief executive officer", "Assistant", "Buyer", "Engineer"];
        json.WriteStartObject();
        json.WriteString("id", $"L{i}");
        json.WriteStartObject("attributes");
        json.WriteString("email", $"person{i}@company{i / 3}.example");
        json.WriteString("first_name", $"First{i % 500}");
        json.WriteString("last_name", $"Last{i % 3000}");
        json.WriteString("job_title", titles[random.Next(titles.Length)]);
        json.WriteString("company", $"Company {i / 3}");
        json.WriteString("company_domain", $"company{i / 3}.example");
        json.WriteNumber("employees", 10 + (i / 3 * 37 % 900));
        json.WriteString("country", i % 2 == 0 ? "France" : "United Kingdom");
        json.WriteString("created_at", At(random, 0, 60));
        json.WriteEndObject();
        Count(i % 3 == 0 ? "company" : null);
        json.WriteStartArray("activities");
        // None, three or six: three on average.
        for (var activity = i % 3 * 3; activity > 0; activity--)
        {
            WriteActivity(json, random);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteActivity(Utf8JsonWriter json, Random random)
    {
        var form = random.Next(Forms);
        var campaign = $"Campaign {random.Next(Campaigns)}";
        var (kind, counted, attributes) = random.Next(100) switch
        {
            < 45 => ("page_view", "page_view", new[] { ("url", $"https://www.vendor.example/{(random.Next(6) == 0 ? "pricing" : "blog")}"), ("title", "Page") }),
            < 65 => ("form_submission", $"form {form}", [("form", $"Form {form}"), ("url", "https://www.vendor.example/form")]),
            < 85 => ("email_open", "email_open", [("campaign", campaign), ("subject", campaign)]),
            < 91 => ("call", "call", [("outcome", "Connected"), ("direction", "OUTBOUND")]),
            < 95 => ("email_sent", "email", [("subject", "Your question")]),
            < 98 => ("meeting", "meeting", [("title", "Demo"), ("outcome", "COMPLETED")]),
            _ => ("note", "note", Array.Empty<(string, string)>()),
        };
        Count(counted);
        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteString("at", At(random, 60, 200));
        json.WriteStartObject("attributes");
        foreach (var (name, value) in attributes)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string At(Random random, int fromDay, int toDay) =>
        _start.AddSeconds(random.Next(fromDay * 86_400, toDay * 86_400)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private void Count(string? kind)
    {
        if (kind is not null)
        {
            _rows[kind] = Of(kind) + 1;
        }
    }

    private int Of(string kind) => _rows.GetValueOrDefault(kind);

    private static long Pages(int rows, int page) => Math.Max(1, (rows + page - 1) / page);
}
