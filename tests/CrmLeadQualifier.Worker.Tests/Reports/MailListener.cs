using System.Net;
using System.Net.Sockets;
using System.Text;

namespace CrmLeadQualifier.Worker.Tests.Reports;

/// <summary>A mail server that speaks as much SMTP as a client needs to hand over mails, over a real socket; or that refuses the sender.</summary>
internal sealed class MailListener : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public MailListener()
    {
        _listener.Start();
        _ = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether it refuses whoever sends.</summary>
    public bool Refuses { get; set; }

    /// <summary>What was taken: envelope lines and the data, as sent.</summary>
    public List<string> Mails { get; } = [];

    public void Dispose() => _listener.Stop();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await SpeakAsync(client.GetStream());
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
        catch (ObjectDisposedException)
        {
            // Likewise.
        }
    }

    private async Task SpeakAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        var mail = new StringBuilder();
        await writer.WriteLineAsync("220 here");
        while (await reader.ReadLineAsync() is { } line)
        {
            var command = line.ToUpperInvariant();
            if (command.StartsWith("QUIT", StringComparison.Ordinal))
            {
                await writer.WriteLineAsync("221 bye");
                return;
            }

            if (command.StartsWith("MAIL", StringComparison.Ordinal) && Refuses)
            {
                await writer.WriteLineAsync("550 not from you");
            }
            else if (command.StartsWith("DATA", StringComparison.Ordinal))
            {
                await writer.WriteLineAsync("354 go on");
                while (await reader.ReadLineAsync() is { } data && data != ".")
                {
                    mail.AppendLine(data);
                }

                Mails.Add(mail.ToString());
                mail.Clear();
                await writer.WriteLineAsync("250 taken");
            }
            else
            {
                mail.AppendLine(line);
                await writer.WriteLineAsync("250 ok");
            }
        }
    }
}
