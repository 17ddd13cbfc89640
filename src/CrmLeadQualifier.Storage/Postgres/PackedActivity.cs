using System.Buffers.Binary;
using System.Text;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Postgres;

/// <summary>
/// An activity in one value, as the index that scoring reads holds it (migration 0003 has the form). Read by the hundred thousand a second, so what many activities say alike (a page that
/// was viewed, a campaign that was opened) is made once and shared.
/// </summary>
internal static class PackedActivity
{
    /// <summary>Too long for an index, whose entries have at most about 2,700 bytes: it is read from the table's columns.</summary>
    public static readonly byte[] Elsewhere = [1];

    private const int Longest = 2000;
    private const int HeadLength = 26;
    private const ushort None = ushort.MaxValue;

    [Flags]
    private enum Marks : byte
    {
        None = 0,
        Approximate = 1,
        DayOnly = 2,
    }

    public static byte[] Write(ActivityRow row, string attributes)
    {
        Span<byte> packed = stackalloc byte[Longest];
        packed[0] = 0;
        packed[1] = (byte)((row.IsApproximate ? Marks.Approximate : Marks.None) | (row.IsDayOnly ? Marks.DayOnly : Marks.None));
        BinaryPrimitives.WriteInt64BigEndian(packed[2..], row.At.UnixMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(packed[10..], row.SeenAt.UnixMilliseconds);
        BinaryPrimitives.WriteInt64BigEndian(packed[18..], row.ConnectionId);
        var length = HeadLength;
        return TryWrite(packed, row.ExternalId, ref length) && TryWrite(packed, row.RecordId, ref length) && TryWrite(packed, row.Kind, ref length)
            && TryWrite(packed, attributes, ref length) && TryWrite(packed, row.Email, ref length) && TryWrite(packed, row.UserId, ref length) && TryWrite(packed, row.CopyOf, ref length)
            ? packed[..length].ToArray()
            : Elsewhere;
    }

    /// <summary>Reads one of those that are written one after the other.</summary>
    /// <param name="packed">What follows it afterwards.</param>
    /// <param name="before">The one read before, whose record and sender this one often has too.</param>
    /// <returns>Null: it is elsewhere.</returns>
    public static ActivityRow? Read(ref ReadOnlySpan<byte> packed, long lead, SharedTexts shared, ActivityRow? before)
    {
        if (packed[0] == Elsewhere[0])
        {
            packed = packed[1..];
            return null;
        }

        var marks = (Marks)packed[1];
        var at = BinaryPrimitives.ReadInt64BigEndian(packed[2..]);
        var seenAt = BinaryPrimitives.ReadInt64BigEndian(packed[10..]);
        var connection = BinaryPrimitives.ReadInt64BigEndian(packed[18..]);
        packed = packed[HeadLength..];
        var externalId = ReadText(ref packed)!;
        var recordId = ReadText(ref packed, before?.RecordId)!;
        var content = shared.ContentOf(ReadContent(ref packed));
        return new ActivityRow(connection, externalId, recordId, content.Kind, new Instant(at))
        {
            LeadId = lead,
            Attributes = content.Attributes,
            Email = ReadText(ref packed, before?.Email),
            UserId = ReadText(ref packed, before?.UserId),
            CopyOf = ReadText(ref packed),
            IsApproximate = (marks & Marks.Approximate) != 0,
            IsDayOnly = (marks & Marks.DayOnly) != 0,
            SeenAt = new Instant(seenAt),
        };
    }

    /// <summary>The kind and the attributes' JSON of <see cref="ReadContent"/>.</summary>
    public static (string Kind, string Attributes) Content(ReadOnlySpan<byte> content) => (ReadText(ref content)!, ReadRaw(ref content));

    private static bool TryWrite(Span<byte> packed, string? text, ref int length)
    {
        if (length + sizeof(ushort) > packed.Length)
        {
            return false;
        }

        if (text is null)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packed[length..], None);
            length += sizeof(ushort);
            return true;
        }

        if (!Encoding.UTF8.TryGetBytes(PostgresText.Write(text), packed[(length + sizeof(ushort))..], out var written))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packed[length..], (ushort)written);
        length += sizeof(ushort) + written;
        return true;
    }

    private static string? ReadText(ref ReadOnlySpan<byte> packed, string? likely = null)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(packed);
        packed = packed[sizeof(ushort)..];
        if (length == None)
        {
            return null;
        }

        var text = packed[..length];
        packed = packed[length..];
        return length == 0 ? "" : likely is not null && IsSame(text, likely) ? likely : PostgresText.Read(Encoding.UTF8.GetString(text));
    }

    /// <summary>Whether the text is those letters; only plain ones are looked at.</summary>
    private static bool IsSame(ReadOnlySpan<byte> text, string letters) => Ascii.Equals(text, letters);

    private static string ReadRaw(ref ReadOnlySpan<byte> packed)
    {
        var length = BinaryPrimitives.ReadUInt16BigEndian(packed);
        var text = Encoding.UTF8.GetString(packed.Slice(sizeof(ushort), length));
        packed = packed[(sizeof(ushort) + length)..];
        return text;
    }

    /// <summary>Kind and attributes, unread.</summary>
    private static ReadOnlySpan<byte> ReadContent(ref ReadOnlySpan<byte> packed)
    {
        var kind = sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(packed);
        var length = kind + sizeof(ushort) + BinaryPrimitives.ReadUInt16BigEndian(packed[kind..]);
        var content = packed[..length];
        packed = packed[length..];
        return content;
    }
}
