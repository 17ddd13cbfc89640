using CrmLeadQualifier.Sandbox.Salesforce.Records;
using CrmLeadQualifier.Sandbox.Salesforce.Schema;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>
/// Person accounts: an Account without a company's name is a person, of whom there is a Contact too. What is changed on one of the two shows on the other, and both are stamped.
/// Custom fields of Contact (X__c) stand on Account as X__pc. A Lead without a company is converted to one.
/// </summary>
internal static class PersonAccounts
{
    public const string Flag = "IsPersonAccount";
    private const string Suffix = "__pc";

    private static readonly (string OfAccount, string OfContact)[] Shared =
        [("FirstName", "FirstName"), ("LastName", "LastName"), ("PersonEmail", "Email"), ("PersonTitle", "Title"), ("PersonHasOptedOutOfEmail", "HasOptedOutOfEmail")];

    public static bool AreOn(Org org) => org.FindType("Account")!.TryField(Flag, out _);

    public static void Enable(Org org)
    {
        if (AreOn(org))
            return;
        var (account, contact) = (org.FindType("Account")!, org.FindType("Contact")!);
        new ObjectBuilder(account).Fixed(Flag, "Is Person Account", FieldType.Boolean)
            .Add(new SObjectField("PersonContactId", "Contact ID", FieldType.Reference)
            {
                Length = 18, Createable = false, Updateable = false, Universal = true, ReferenceTo = ["Contact"], Relationship = "PersonContact",
            })
            .Text("FirstName", "First Name", 40).Text("LastName", "Last Name", 80).Email("PersonEmail", "Email").Text("PersonTitle", "Title", 128)
            .Flag("PersonHasOptedOutOfEmail", "Email Opt Out");
        new ObjectBuilder(contact).Fixed(Flag, "Is Person Account", FieldType.Boolean);
        account.Field("Name").Nillable = true;
        org.FindType("Lead")!.Field("Company").Nillable = true;
        foreach (var field in contact.Fields.Where(field => field.Custom).ToList())
            Mirror(org, contact, field);
    }

    /// <summary>A custom field of Contact from now on stands on Account too.</summary>
    public static void Mirror(Org org, SObjectType type, SObjectField field)
    {
        if (type.Name != "Contact" || !AreOn(org) || org.FindType("Account")!.TryField(Mirrored(field), out _))
            return;
        var mirrored = new SObjectField(Mirrored(field), field.Label, field.Type)
        {
            Length = field.Length, Precision = field.Precision, Scale = field.Scale, Restricted = field.Restricted, HelpText = field.HelpText, Default = field.Default,
            Nillable = field.Nillable,
        };
        mirrored.Values.AddRange(field.Values);
        org.FindType("Account")!.Add(mirrored);
    }

    public static void Unmirror(Org org, SObjectType type, SObjectField field)
    {
        if (type.Name == "Contact" && org.FindType("Account")!.TryField(Mirrored(field), out var mirrored))
            org.FindType("Account")!.Remove(mirrored);
    }

    /// <summary>The Contact's field behind one of an Account; null: it is the Account's own.</summary>
    public static string? OfContact(SObjectType type, SObjectField field) =>
        type.Name == "Account" && field.Name.EndsWith(Suffix, StringComparison.Ordinal) ? field.Name[..^Suffix.Length] + "__c" : null;

    /// <summary>What was saved on one of the two is saved on the other.</summary>
    public static void Follow(Org org, SObject record, long at, SObject by)
    {
        if (record.Type.Name is not ("Account" or "Contact") || !AreOn(org))
            return;
        if (record.Type.Name == "Contact")
        {
            if (record.Flag(Flag) && org.Find(record.Text("AccountId")) is { } person)
                Copy(org, record, person, at, by, toAccount: true);
            return;
        }
        if (record.Text("LastName") is not null && record.Text("PersonContactId") is null && record.Text("Name") is null)
        {
            var made = org.Writer.Insert("Contact", at, by, ("LastName", record["LastName"]), ("AccountId", record.Id), ("OwnerId", record["OwnerId"]));
            org.Store("Contact").Set(made, Flag, true);
            org.Store("Account").Set(record, Flag, true);
            org.Store("Account").Set(record, "PersonContactId", made.Id);
        }
        if (record.Flag(Flag) && org.Find(record.Text("PersonContactId")) is { } contact)
            Copy(org, record, contact, at, by, toAccount: false);
    }

    private static void Copy(Org org, SObject from, SObject to, long at, SObject by, bool toAccount)
    {
        var custom = org.FindType("Contact")!.Fields.Where(field => field.Custom).Select(field => (OfAccount: Mirrored(field), OfContact: field.Name));
        foreach (var (ofAccount, ofContact) in Shared.Concat(custom))
        {
            if ((toAccount ? to : from).Type.TryField(ofAccount, out _))
                org.Store(to.Type).Set(to, toAccount ? ofAccount : ofContact, from[toAccount ? ofContact : ofAccount]);
        }
        var name = $"{from.Text("FirstName")} {from.Text("LastName")}".Trim();
        foreach (var record in new[] { from, to })
            org.Store(record.Type).Set(record, "Name", name);
        org.Writer.Stamp(to, at, by);
    }

    private static string Mirrored(SObjectField field) => field.Name[..^"__c".Length] + Suffix;
}
