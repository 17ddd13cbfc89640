namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>
/// The types of fields. A value is kept as a string (texts, ids, picklists), a bool, a double (every number), a DateOnly or a long (an instant in milliseconds).
/// </summary>
internal enum FieldType
{
    Id,
    Reference,
    String,
    TextArea,
    LongTextArea,
    Picklist,
    MultiPicklist,
    Email,
    Phone,
    Url,
    Boolean,
    Int,
    Double,
    Currency,
    Percent,
    Date,
    DateTime,
    AnyType,
}

internal static class FieldTypes
{
    public static bool IsNumber(this FieldType type) => type is FieldType.Int or FieldType.Double or FieldType.Currency or FieldType.Percent;

    public static bool IsId(this FieldType type) => type is FieldType.Id or FieldType.Reference;

    /// <summary>The type's name in a description.</summary>
    public static string Name(this FieldType type) => type switch
    {
        FieldType.LongTextArea => "textarea",
        FieldType.AnyType => "anyType",
        _ => type.ToString().ToLowerInvariant(),
    };

    public static string SoapName(this FieldType type) => type switch
    {
        FieldType.Id or FieldType.Reference => "tns:ID",
        FieldType.Boolean => "xsd:boolean",
        FieldType.Int => "xsd:int",
        FieldType.Double or FieldType.Currency or FieldType.Percent => "xsd:double",
        FieldType.Date => "xsd:date",
        FieldType.DateTime => "xsd:dateTime",
        FieldType.AnyType => "xsd:anyType",
        _ => "xsd:string",
    };
}
