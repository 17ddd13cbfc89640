using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>A lead's attribute as the scorer sees it: read by its type, texts folded, or unknown.</summary>
public readonly struct AttributeValue
{
    /// <summary>Stands in the reference of known values that are all in the bits.</summary>
    private static readonly object InBits = new();

    private readonly object? _reference;
    private readonly long _bits;

    private AttributeValue(object reference, long bits)
    {
        _reference = reference;
        _bits = bits;
    }

    public static AttributeValue Unknown => default;

    public bool IsKnown => _reference is not null;

    /// <summary>The folded text of a text attribute.</summary>
    public string Text => (string)_reference!;

    /// <summary>The folded elements of a list attribute; at least one.</summary>
    public string[] Elements => (string[])_reference!;

    public double Number => BitConverter.Int64BitsToDouble(_bits);

    public bool Boolean => _bits != 0;

    public Instant Date => new(_bits);

    public static AttributeValue OfText(string folded) => new(folded, 0);

    public static AttributeValue OfList(string[] foldedElements) => new(foldedElements, 0);

    public static AttributeValue OfNumber(double number) => new(InBits, BitConverter.DoubleToInt64Bits(number));

    public static AttributeValue OfBoolean(bool value) => new(InBits, value ? 1 : 0);

    public static AttributeValue OfDate(Instant instant) => new(InBits, instant.UnixMilliseconds);
}
