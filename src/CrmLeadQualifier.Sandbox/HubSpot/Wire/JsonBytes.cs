using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace CrmLeadQualifier.Sandbox.HubSpot.Wire;

internal static class JsonBytes
{
    // HubSpot writes non-ASCII text as it is.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, Plain))
            write(writer);
        return buffer.WrittenMemory;
    }
}
