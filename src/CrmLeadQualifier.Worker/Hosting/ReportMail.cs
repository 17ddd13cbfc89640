using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Text;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>
/// Mails the weekly report by SMTP: a few lines, and the page as an attachment. The settings are <c>Report:Mail:Host</c>, <c>Port</c> (25), <c>StartTls</c> (true), <c>User</c>,
/// <c>Password</c>, <c>From</c> and <c>To</c> (several separated by semicolons).
/// </summary>
internal sealed partial class ReportMail
{
    private const int UsualPort = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _host;
    private readonly int _port;
    private readonly bool _startTls;
    private readonly NetworkCredential? _credential;
    private readonly MailAddress _from;
    private readonly IReadOnlyList<MailAddress> _to;

    private ReportMail(IConfigurationSection settings)
    {
        _host = settings["Host"]!;
        _port = settings["Port"] is not { Length: > 0 } port ? UsualPort
            : int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536 ? number
            : throw Wrong("Port", "it is a number from 1 to 65535");
        _startTls = settings["StartTls"] is not { Length: > 0 } startTls || (bool.TryParse(startTls, out var isOn) ? isOn : throw Wrong("StartTls", "it is true or false"));
        _credential = settings["User"] is { Length: > 0 } user ? new NetworkCredential(user, settings["Password"]) : null;
        _from = Address("From", settings["From"]);
        _to = [.. (settings["To"] ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(to => Address("To", to))];
        if (_to.Count == 0)
        {
            throw Wrong("To", "nobody is to be mailed");
        }
    }

    public int Recipients => _to.Count;

    /// <summary>Null: no mail server is configured.</summary>
    /// <exception cref="UsageException">A setting is wrong; the message names it.</exception>
    public static ReportMail? Of(IConfiguration configuration) =>
        configuration.GetSection("Report:Mail") is var settings && settings["Host"] is { Length: > 0 } ? new ReportMail(settings) : null;

    /// <summary>Answers why the mail server did not take it; null: it did.</summary>
    public async Task<string?> SendAsync(ReportRow report, string? consoleAddress, CancellationToken stop)
    {
        using var message = new MailMessage { From = _from, Subject = Title().Match(report.Html) is { Success: true } title ? WebUtility.HtmlDecode(title.Groups[1].Value) : report.Week };
        foreach (var to in _to)
        {
            message.To.Add(to);
        }

        message.SubjectEncoding = message.BodyEncoding = Encoding.UTF8;
        message.Body = report.Language == "fr"
            ? "Le rapport de la semaine est en pièce jointe ; il s’ouvre dans n’importe quel navigateur et s’imprime." + (consoleAddress is null ? "" : $"\nDans la console : {consoleAddress}/report?week={report.Week}")
            : "The report of the week is attached; it opens in any browser and prints." + (consoleAddress is null ? "" : $"\nIn the console: {consoleAddress}/report?week={report.Week}");
        message.Attachments.Add(Attachment.CreateAttachmentFromString(report.Html, new System.Net.Mime.ContentType("text/html; charset=utf-8") { Name = $"report-{report.Week}.html" }));
        using var client = new SmtpClient(_host, _port) { EnableSsl = _startTls, Credentials = _credential };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(Patience);
        try
        {
            await client.SendMailAsync(message, patience.Token);
            return null;
        }
        catch (SmtpException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the mail server {_host}:{_port} did not take it: {LogFile.WithoutPersonalData(e.InnerException?.Message ?? e.Message)}");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the mail server {_host}:{_port} did not answer within {Patience.TotalSeconds} seconds");
        }
    }

    private static MailAddress Address(string setting, string? text) =>
        MailAddress.TryCreate(text, out var address) ? address : throw Wrong(setting, "it is no address");

    private static UsageException Wrong(string setting, string why) => new($"{ApplicationFolder.Settings}: Report:Mail:{setting}: {why}.");

    [GeneratedRegex("<title>([^<]*)</title>")]
    private static partial Regex Title();
}
