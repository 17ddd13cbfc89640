using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

/// <summary>An answer before it leaves: whole, so that a fault can cut, empty or change it.</summary>
internal sealed record Answer(int Status, ReadOnlyMemory<byte> Body, string ContentType)
{
    private const string JsonType = "application/json;charset=utf-8";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Rows of the CRM's data in the answer, for the statistics.</summary>
    public int RowsRead { get; init; }

    public int RowsWritten { get; init; }

    /// <summary>How long the CRM works before it answers.</summary>
    public TimeSpan Takes { get; init; }

    /// <summary>An object, of which <paramref name="write"/> writes what is between the braces.</summary>
    public static Answer Json(int status, Action<Utf8JsonWriter> write) => Value(status, json =>
    {
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    });

    /// <summary>A value that writes its own braces.</summary>
    public static Answer Value(int status, Action<Utf8JsonWriter> write) => new(status, JsonBytes.Write(write), JsonType);

    public static Answer NoContent() => new(204, ReadOnlyMemory<byte>.Empty, JsonType);

    public static Answer Html(int status, string title, string detail) => new(
        status,
        System.Text.Encoding.Latin1.GetBytes($"""
            <html>
            <head>
            <meta http-equiv="Content-Type" content="text/html;charset=utf-8"/>
            <title>Error {status} {title}</title>
            </head>
            <body><h2>HTTP ERROR {status}</h2>
            <p>{detail}</p>
            </body>
            </html>

            """),
        "text/html;charset=iso-8859-1");
}
