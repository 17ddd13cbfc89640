namespace CrmLeadQualifier.Core.Facts;

/// <summary>The one type that every value of an attribute has; a raw value that cannot be read by it is unknown.</summary>
public enum AttributeType
{
    Text,
    Number,
    Boolean,
    Date,
    List,
}
