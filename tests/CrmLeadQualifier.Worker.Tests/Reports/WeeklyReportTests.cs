using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;
using CrmLeadQualifier.Worker.Jobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Worker.Tests.Reports;

/// <summary>What the weekly job does: the report of the week that is over is stored once and mailed once.</summary>
public sealed class WeeklyReportTests : IAsyncLifetime
{
    /// <summary>A Monday, 06:59 in London, where the example agreement's sales works.</summary>
    private static readonly DateTimeOffset BeforeSeven = new(2026, 11, 23, 6, 59, 0, TimeSpan.Zero);

    private static readonly IReadOnlySet<NodaTime.LocalDate> NoHolidays = new HashSet<NodaTime.LocalDate>();

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(BeforeSeven);
    private SqliteLedger _ledger = null!;

    public async Task InitializeAsync()
    {
        _ledger = new SqliteLedger(_folder.File("ledger.db"), TimeProvider.System);
        await _ledger.OpenAsync(default);
        var yaml = await File.ReadAllTextAsync(Repository.File("definitions", "b2b-software.en.yaml"));
        var definition = DefinitionReader.Read(Encoding.UTF8.GetBytes(yaml), "b2b-software").Definition!;
        var at = Instant.From(BeforeSeven) - TimeSpan.FromDays(20);
        await using var transaction = await _ledger.BeginAsync(null, default);
        var version = await transaction.Definitions.AddAsync(definition.AgreementFingerprint, definition.ScoringFingerprint, yaml, at, null, null);
        await transaction.Definitions.SignAsync(new SignatureRow(version, "marketing", "m", at, definition.AgreementFingerprint));
        await transaction.Definitions.SignAsync(new SignatureRow(version, "sales", "s", at, definition.AgreementFingerprint));
        await transaction.CommitAsync(default);
    }

    public async Task DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_stored_on_Monday_at_seven_and_mailed_once_to_everybody()
    {
        using var server = new MailListener();
        var reports = new WeeklyReports(_ledger, MailTo(server), "https://console.example.org", NoHolidays, _clock);
        Assert.Equal("no report is due", (await reports.RunAsync(default)).Summary);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("the report of 2026-W47 is stored; the report of 2026-W47 was mailed to 2 address(es)", (await reports.RunAsync(default)).Summary);
        Assert.Equal("no report is due", (await reports.RunAsync(default)).Summary);

        var mail = Assert.Single(server.Mails);
        Assert.Contains("RCPT TO:<marketing@company.example>", mail, StringComparison.Ordinal);
        Assert.Contains("RCPT TO:<sales@company.example>", mail, StringComparison.Ordinal);
        Assert.Contains("Subject: Marketing and sales, week 47", mail, StringComparison.Ordinal);
        Assert.Contains("report-2026-W47.html", mail, StringComparison.Ordinal);
        Assert.Contains("<h1>Marketing and sales, week 47</h1>", Attached(mail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mail_that_was_refused_is_sent_by_a_later_turn_and_is_the_stored_report()
    {
        using var server = new MailListener { Refuses = true };
        var reports = new WeeklyReports(_ledger, MailTo(server), null, NoHolidays, _clock);
        _clock.Advance(TimeSpan.FromMinutes(1));

        var refused = await reports.RunAsync(default);
        var failure = Assert.Single(refused.Failures);
        Assert.StartsWith("the report of 2026-W47 is stored, but not mailed: the mail server 127.0.0.1:", failure, StringComparison.Ordinal);
        Assert.DoesNotContain("@company.example", failure, StringComparison.Ordinal);

        server.Refuses = false;
        _clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal("no report is due; the report of 2026-W47 was mailed to 2 address(es)", (await reports.RunAsync(default)).Summary);
        await using var transaction = await _ledger.BeginReadAsync(default);
        Assert.Equal((await transaction.Reports.FindAsync("2026-W47"))!.Html.ReplaceLineEndings(), Attached(Assert.Single(server.Mails)).ReplaceLineEndings());
    }

    [Fact]
    public async Task Without_a_mail_server_it_is_stored_all_the_same()
    {
        _clock.Advance(TimeSpan.FromHours(3));

        Assert.Null(ReportMail.Of(new ConfigurationBuilder().Build()));
        Assert.Equal("the report of 2026-W47 is stored", (await new WeeklyReports(_ledger, null, null, NoHolidays, _clock).RunAsync(default)).Summary);
    }

    [Theory]
    [InlineData("Port", "many", "Report:Mail:Port: it is a number from 1 to 65535")]
    [InlineData("StartTls", "maybe", "Report:Mail:StartTls: it is true or false")]
    [InlineData("From", "nobody", "Report:Mail:From: it is no address")]
    [InlineData("To", "", "Report:Mail:To: nobody is to be mailed")]
    public void A_wrong_setting_is_named(string setting, string value, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<UsageException>(() => ReportMail.Of(Settings(25, (setting, value)))).Message, StringComparison.Ordinal);

    private static ReportMail MailTo(MailListener server) => ReportMail.Of(Settings(server.Port))!;

    private static IConfiguration Settings(int port, params (string Name, string Value)[] others)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Report:Mail:Host"] = "127.0.0.1",
            ["Report:Mail:Port"] = port.ToString(CultureInfo.InvariantCulture),
            ["Report:Mail:StartTls"] = "false",
            ["Report:Mail:From"] = "reports@company.example",
            ["Report:Mail:To"] = "marketing@company.example; sales@company.example",
        };
        foreach (var (name, value) in others)
        {
            settings[$"Report:Mail:{name}"] = value;
        }

        return new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
    }

    /// <summary>The attachment's text, out of its base64 or quoted-printable lines.</summary>
    private static string Attached(string mail)
    {
        var part = mail[mail.IndexOf("report-2026-W47.html", StringComparison.Ordinal)..];
        var headers = mail[..mail.IndexOf("report-2026-W47.html", StringComparison.Ordinal)];
        var header = part.IndexOf(Environment.NewLine + Environment.NewLine, StringComparison.Ordinal);
        var body = part[(header + (2 * Environment.NewLine.Length))..];
        body = body[..body.IndexOf(Environment.NewLine + "--", StringComparison.Ordinal)];
        var isBase64 = (headers[headers.LastIndexOf("--", StringComparison.Ordinal)..] + part[..header]).Contains("base64", StringComparison.OrdinalIgnoreCase);
        return isBase64 ? Encoding.UTF8.GetString(Convert.FromBase64String(body)) : Unquoted(body);
    }

    private static string Unquoted(string body)
    {
        var bytes = new List<byte>();
        body = body.Replace("=" + Environment.NewLine, "", StringComparison.Ordinal);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '=')
            {
                bytes.Add(byte.Parse(body.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                i += 2;
            }
            else
            {
                bytes.Add((byte)body[i]);
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
