using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>Made-up people with one record and 20 activities each over a year, taken into a ledger as the pull does it, page by page; the activities arrive in no order of people.</summary>
internal sealed class BenchmarkPeople(int leadCount)
{
    public const int PageSize = 5000;

    private const int ActivitiesEach = 20;

    public static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    private static readonly string[] Titles =
        ["Head of Customer Success, EMEA", "Responsable marketing digital", "Chief Executive Officer (CEO)", "Stagiaire communication", "Account Manager - Mid-Market", "VP Sales & Partnerships"];

    private static readonly string[] Countries = ["FR", "BE", "DE", "US", "CH"];

    private static readonly string[] Industries = ["Manufacturing", "Software", "Retail", "Education"];

    private static readonly string[] Pages =
    [
        "/pricing", "/fr/tarifs", "/blog/2026/comment choisir son crm quand on est une pme industrielle", "/docs/getting-started/connecting-your-first-portal",
        "/customers/aciers de l est divides its response time by four", "/features/reporting/alignment-report", "/webinars/aligning-marketing-and-sales", "/integrations/hubspot",
    ];

    private long connection;

    public int ActivityCount => leadCount * ActivitiesEach;

    public async Task AddAsync(PostgresLedger ledger)
    {
        await using (var transaction = await ledger.BeginAsync(lease: null, default))
        {
            connection = await transaction.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "1"));
            await transaction.CommitAsync(default);
        }

        for (var first = 0; first < leadCount; first += PageSize)
        {
            await using var transaction = await ledger.BeginAsync(lease: null, default);
            var leads = await transaction.Leads.CreateAsync(Math.Min(PageSize, leadCount - first));
            var start = first;
            await transaction.Records.SaveAsync([.. leads.Select((lead, i) => new RecordRow(0, connection, "contact", RecordId(start + i))
            {
                LeadId = lead,
                Stamp = Now,
                IsBaseline = true,
                Attributes = new Dictionary<string, string>
                {
                    ["email"] = FormattableString.Invariant($"person{lead}@northwind.example"),
                    ["company"] = "Northwind",
                    ["job_title"] = Titles[lead % Titles.Length],
                    ["employees"] = (lead * 7919 % 1500).ToString(CultureInfo.InvariantCulture),
                    ["country"] = Countries[lead % Countries.Length],
                    ["industry"] = Industries[lead % Industries.Length],
                    ["source"] = lead % 11 == 0 ? "Referral: customer" : "Organic search",
                    ["company_domain"] = "northwind.example",
                },
            })]);
            await transaction.CommitAsync(default);
        }
    }

    /// <summary>The n-th to arrive: everybody's, in no order.</summary>
    public ActivityRow Activity(int n)
    {
        var number = (int)(n * 2_654_435_761L % ActivityCount);
        var person = number % leadCount;
        var isView = number % 3 != 0;
        return new ActivityRow(
            connection,
            FormattableString.Invariant($"{(isView ? "page_view" : "email_event")}:{number + 10_000_000}"),
            RecordId(person),
            isView ? "page_view" : "email_open",
            new Instant(Now.UnixMilliseconds - number * 7919L % 31_536_000_000))
        {
            Attributes = isView
                ? new Dictionary<string, string>
                {
                    ["title"] = "example software | " + Pages[number / 7 % Pages.Length],
                    ["url"] = "https://www.example-software.com" + Pages[number / 7 % Pages.Length] + FormattableString.Invariant($"?utm_source=newsletter&visit={number % 5003}"),
                }
                : new Dictionary<string, string> { ["campaign"] = "2026-10 product update fr", ["subject"] = "ce qui change en octobre" },
            SeenAt = Now,
        };
    }

    public async Task<double> SaveActivitiesAsync(PostgresLedger ledger, int from, int to)
    {
        var seconds = 0.0;
        for (var first = from; first < to; first += PageSize)
        {
            ActivityRow[] page = [.. Enumerable.Range(first, Math.Min(PageSize, to - first)).Select(Activity)];
            var watch = Stopwatch.StartNew();
            await using var transaction = await ledger.BeginAsync(lease: null, default);
            await transaction.Activities.SaveAsync(page);
            await transaction.CommitAsync(default);
            seconds += watch.Elapsed.TotalSeconds;
        }

        return seconds;
    }

    private static string RecordId(int person) => (person + 5_000_000).ToString(CultureInfo.InvariantCulture);
}
