namespace CrmLeadQualifier.Sandbox.Salesforce.Schema;

/// <summary>What describes the org itself: record types and flows in the data API, triggers in both, the rest in the Tooling API only.</summary>
internal static class SetupObjects
{
    public static IEnumerable<SObjectType> All() =>
    [
        Of("RecordType", "012").Text("Name", "Name", 80, required: true).Text("DeveloperName", "Record Type Name", 80).Text("Description", "Description", 255)
            .Text("SobjectType", "SObject Type Name", 40).Text("NamespacePrefix", "Namespace Prefix", 15).Flag("IsActive", "Active").Type,
        Of("EntityDefinition", null, SObjectApi.Both).Text("DurableId", "Durable ID", 255).Text("QualifiedApiName", "Qualified API Name", 255)
            .Text("DeveloperName", "Developer Name", 80).Text("Label", "Label", 255).Text("KeyPrefix", "Key Prefix", 3).Type,
        Of("FieldDefinition", null, SObjectApi.Both).Text("DurableId", "Durable ID", 255).Text("QualifiedApiName", "Qualified API Name", 255)
            .Entity("EntityDefinitionId", "EntityDefinition").Text("DeveloperName", "Developer Name", 80).Text("Label", "Label", 255)
            .Text("DataType", "Data Type", 255).Flag("IsFieldHistoryTracked", "Is Field History Tracked").Type,
        Of("UserRecordAccess", null).Reference("UserId", "User ID", "User", required: true, "User").Add(new SObjectField("RecordId", "Record ID", FieldType.Reference))
            .Flag("HasReadAccess", "Has Read Access").Flag("HasEditAccess", "Has Edit Access").Flag("HasDeleteAccess", "Has Delete Access").Type,
        Of("FlowDefinitionView", "3dd").Text("ApiName", "API Name", 80).Text("Label", "Label", 255).Text("DurableId", "Durable ID", 255)
            .Text("ProcessType", "Process Type", 40).Text("TriggerType", "Trigger Type", 40).Text("RecordTriggerType", "Record Trigger Type", 40)
            .Entity("TriggerObjectOrEventId", "TriggerObjectOrEvent").Text("TriggerObjectOrEventLabel", "Object Label", 255).Flag("IsActive", "Active").Type,
        Of("ApexTrigger", "01q", SObjectApi.Both).Text("Name", "Name", 255).Text("TableEnumOrId", "Custom Object Definition ID or Enumeration", 255)
            .Text("Status", "Status", 40).Flag("UsageBeforeInsert", "BeforeInsert").Flag("UsageBeforeUpdate", "BeforeUpdate")
            .Flag("UsageAfterInsert", "AfterInsert").Flag("UsageAfterUpdate", "AfterUpdate").Type,
        Of("Flow", "301", SObjectApi.Tooling).Text("FullName", "Full Name", 255).Text("MasterLabel", "Label", 255).Text("Status", "Status", 40)
            .Text("ProcessType", "Process Type", 40).Type,
        Of("ValidationRule", "03d", SObjectApi.Tooling).Text("ValidationName", "Rule Name", 40).Entity("EntityDefinitionId", "EntityDefinition")
            .Flag("Active", "Active").Text("ErrorMessage", "Error Message", 255).Text("Description", "Description", 255).Type,
        Of("Layout", "00h", SObjectApi.Tooling).Text("Name", "Page Layout Name", 80).Text("TableEnumOrId", "Entity Enumeration or ID", 255)
            .Entity("EntityDefinitionId", "EntityDefinition").Text("LayoutType", "Layout Type", 40).Type,
        Of("QuickActionDefinition", "09D", SObjectApi.Tooling).Text("DeveloperName", "Developer Name", 80).Text("MasterLabel", "Label", 80)
            .Text("SobjectType", "Entity", 255).Text("Type", "Type", 40).Type,
        Of("CustomField", "00N", SObjectApi.Tooling).Text("DeveloperName", "Developer Name", 80).Text("TableEnumOrId", "Entity Enumeration or ID", 255)
            .Entity("EntityDefinitionId", "EntityDefinition").Text("FullName", "Full Name", 255).Type,
    ];

    private static ObjectBuilder Of(string name, string? prefix, SObjectApi api = SObjectApi.Data) =>
        new ObjectBuilder(new SObjectType(name, name, name, prefix) { Api = api, Createable = false, Updateable = false, Deletable = false }).System(deleted: false);

    /// <summary>A reference to an object's definition, whose id is the object's name.</summary>
    private static ObjectBuilder Entity(this ObjectBuilder of, string name, string relationship) => of.Add(
        new SObjectField(name, name, FieldType.String) { Length = 255, ReferenceTo = ["EntityDefinition"], Relationship = relationship });
}
