namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>Writes down an object of the org, field after field.</summary>
internal sealed class ObjectBuilder(SObjectType type)
{
    public SObjectType Type => type;

    /// <summary>The fields that every record has. Objects that are never changed have no modification stamps.</summary>
    public ObjectBuilder System(bool modified = true, bool deleted = true)
    {
        Add(new SObjectField("Id", type.Label + " ID", FieldType.Id) { Length = 18, Nillable = false, Createable = false, Updateable = false,
            Universal = true });
        if (deleted)
            Fixed("IsDeleted", "Deleted", FieldType.Boolean);
        Fixed("CreatedDate", "Created Date", FieldType.DateTime);
        FixedReference("CreatedById", "Created By ID", "CreatedBy", "User");
        if (!modified)
            return this;
        Fixed("LastModifiedDate", "Last Modified Date", FieldType.DateTime);
        FixedReference("LastModifiedById", "Last Modified By ID", "LastModifiedBy", "User");
        return Fixed("SystemModstamp", "System Modstamp", FieldType.DateTime);
    }

    /// <summary>A field that the org itself fills.</summary>
    public ObjectBuilder Fixed(string name, string label, FieldType kind, int length = 0, bool nillable = false) =>
        Add(new SObjectField(name, label, kind) { Length = length, Nillable = nillable, Createable = false, Updateable = false, Universal = true });

    public ObjectBuilder FixedReference(string name, string label, string relationship, params string[] to) =>
        Add(new SObjectField(name, label, FieldType.Reference)
    {
        Length = 18, Nillable = name.StartsWith("Converted", StringComparison.Ordinal) || name == "MasterRecordId", Createable = false,
            Updateable = false, Universal = true,
        ReferenceTo = to, Relationship = relationship,
    });

    public ObjectBuilder Text(string name, string label, int length, bool required = false, FieldType kind = FieldType.String) =>
        Add(new SObjectField(name, label, kind) { Length = length, Nillable = !required });

    public ObjectBuilder Email(string name = "Email", string label = "Email") => Text(name, label, 80, kind: FieldType.Email);

    public ObjectBuilder Phone(string name, string label) => Text(name, label, 40, kind: FieldType.Phone);

    public ObjectBuilder Url(string name, string label) => Text(name, label, 255, kind: FieldType.Url);

    public ObjectBuilder LongText(string name, string label) => Text(name, label, 32_000, kind: FieldType.LongTextArea);

    public ObjectBuilder Flag(string name, string label) =>
        Add(new SObjectField(name, label, FieldType.Boolean) { Nillable = false, Default = false });

    public ObjectBuilder Whole(string name, string label) => Add(new SObjectField(name, label, FieldType.Int) { Precision = 8 });

    public ObjectBuilder Number(string name, string label, FieldType kind = FieldType.Double, int precision = 18, int scale = 0) =>
        Add(new SObjectField(name, label, kind) { Precision = precision, Scale = scale });

    public ObjectBuilder Moment(string name, string label, FieldType kind, bool required = false) =>
        Add(new SObjectField(name, label, kind) { Nillable = !required });

    /// <summary>A choice that also takes other values, as standard ones do; the first value is the default where one is asked for.</summary>
    public ObjectBuilder Choice(string name, string label, string values, bool defaulted = false, int length = 255)
    {
        var field = new SObjectField(name, label, FieldType.Picklist) { Length = length, Nillable = !defaulted };
        foreach (var value in values.Split('|', StringSplitOptions.RemoveEmptyEntries))
            field.Values.Add(new PicklistValue(value, value, Default: defaulted && field.Values.Count == 0));
        if (defaulted)
            field.Default = field.Values[0].Value;
        return Add(field);
    }

    public ObjectBuilder Reference(string name, string label, string relationship, bool required, params string[] to) =>
        Add(new SObjectField(name, label, FieldType.Reference) { Length = 18, Nillable = !required, ReferenceTo = to, Relationship = relationship });

    public ObjectBuilder Children(string relationship, string child, string field)
    {
        type.Children[relationship] = (child, field);
        return this;
    }

    public ObjectBuilder Address(string prefix, string label)
    {
        Text(prefix + "Street", label + "Street", 255, kind: FieldType.TextArea);
        Text(prefix + "City", label + "City", 40);
        Text(prefix + "State", label + "State/Province", 80);
        Text(prefix + "PostalCode", label + "Zip/Postal Code", 20);
        return Text(prefix + "Country", label + "Country", 80);
    }

    public ObjectBuilder Add(SObjectField field)
    {
        type.Add(field);
        return this;
    }
}
