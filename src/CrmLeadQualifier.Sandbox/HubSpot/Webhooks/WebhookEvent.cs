using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.HubSpot.Objects;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Webhooks;

/// <summary>An event in HubSpot's shape.</summary>
internal sealed record WebhookEvent(long Id, PortalChange Change)
{
    private static readonly string[] Subscribable = [ObjectType.Contact.Singular, ObjectType.Company.Singular, ObjectType.Deal.Singular,
        ObjectType.Ticket.Singular];

    private static readonly string[] Events = ["creation", "propertyChange", "deletion", "privacyDeletion", "merge", "restore", "associationChange"];

    /// <summary>Whether one of the subscriptions (type.event, or type.propertyChange:property) asks for it; all are wanted where none is named.</summary>
    public static bool IsWanted(PortalChange change, IReadOnlyList<string> wanted) => wanted.Count == 0
        || wanted.Any(subscription => subscription == Name(change, generic: false) || subscription == Name(change, generic: true)
            || (change.Property is { } property && (subscription == $"{Name(change, generic: false)}:{property.Name}"
                || subscription == $"{Name(change, generic: true)}:{property.Name}")));

    /// <param name="batch">The events of one delivery.</param>
    /// <param name="generic">Whether to write the newer form.</param>
    /// <param name="attempt">From 0.</param>
    public static ReadOnlyMemory<byte> Write(IEnumerable<WebhookEvent> batch, bool generic, int attempt) => JsonBytes.Write(json =>
    {
        json.WriteStartArray();
        foreach (var happened in batch)
            happened.Write(json, generic, attempt);
        json.WriteEndArray();
    });

    /// <summary>Engagements have the generic form only.</summary>
    private static string Name(PortalChange change, bool generic) =>
        generic || !Subscribable.Contains(change.Type.Singular) ? $"object.{change.Event}" : $"{change.Type.Singular}.{change.Event}";

    private void Write(Utf8JsonWriter json, bool generic, int attempt)
    {
        var name = Name(Change, generic);
        json.WriteStartObject();
        json.WriteNumber("eventId", Id);
        json.WriteNumber("subscriptionId", 2_100_000 + Array.IndexOf(Events, Change.Event));
        json.WriteNumber("portalId", Portal.Id);
        json.WriteNumber("appId", int.Parse(Portal.AppId, CultureInfo.InvariantCulture));
        json.WriteNumber("occurredAt", Change.At);
        json.WriteString("subscriptionType", name);
        json.WriteNumber("attemptNumber", attempt);
        if (name.StartsWith("object.", StringComparison.Ordinal))
            json.WriteString("objectTypeId", Change.Type.TypeId);
        if (Change.Merged is { } merged)
        {
            json.WriteNumber("primaryObjectId", merged.Primary);
            json.WriteStartArray("mergedObjectIds");
            json.WriteNumberValue(merged.Primary);
            json.WriteNumberValue(merged.Other);
            json.WriteEndArray();
            json.WriteNumber("newObjectId", Change.ObjectId);
            json.WriteNumber("numberOfPropertiesMoved", 0);
        }
        else if (Change.Partner is { } partner)
        {
            json.WriteString("associationType", $"{Change.Type.Singular}_TO_{partner.Type.Singular}".ToUpperInvariant());
            json.WriteNumber("fromObjectId", Change.ObjectId);
            json.WriteNumber("toObjectId", partner.Id);
            json.WriteBoolean("associationRemoved", partner.Removed);
            json.WriteBoolean("isPrimaryAssociation", false);
        }
        else
        {
            json.WriteNumber("objectId", Change.ObjectId);
        }
        if (Change.Property is { } property)
        {
            json.WriteString("propertyName", property.Name);
            json.WriteString("propertyValue", property.Value);
            json.WriteBoolean("isSensitive", false);
        }
        if (Change.Event is "creation" or "deletion" or "restore" or "privacyDeletion")
            json.WriteString("changeFlag", Change.Event switch { "creation" => "CREATED", "restore" => "RESTORED", _ => "DELETED" });
        json.WriteString("changeSource", Change.Source.Type);
        if (Change.Source.Id is not null)
            json.WriteString("sourceId", Change.Source.Id);
        json.WriteEndObject();
    }
}
