using System.Text.Json;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Webhooks;

/// <summary>
/// What a webhook tells: which rows of which streams are to be read. Nothing that it says about them is taken over: it may come twice, late or in another order than it happened.
/// </summary>
public static class WebhookEvents
{
    /// <summary>HubSpot sends no more at once.</summary>
    public const int Most = 100;

    /// <summary>The stream that brings an object, by HubSpot's name and id of its type.</summary>
    private static readonly Dictionary<string, string> Streams = new(StringComparer.OrdinalIgnoreCase)
    {
        ["contact"] = "contacts",
        [HubSpotPaths.ContactTypeId] = "contacts",
        ["company"] = "companies",
        ["0-2"] = "companies",
        ["deal"] = "deals",
        ["0-3"] = "deals",
        ["call"] = "calls",
        ["0-48"] = "calls",
        ["email"] = "emails",
        ["0-49"] = "emails",
        ["meeting"] = "meetings",
        ["meeting_event"] = "meetings",
        ["0-47"] = "meetings",
        ["note"] = "notes",
        ["0-46"] = "notes",
        ["task"] = "tasks",
        ["0-27"] = "tasks",
        ["communication"] = "communications",
        ["0-18"] = "communications",
    };

    /// <summary>The rows of one portal that a delivery names, each once; those of another portal and of objects that are not read are left out.</summary>
    /// <exception cref="JsonException">It is no list of events.</exception>
    public static IReadOnlyList<(string Stream, string RowId)> Read(ReadOnlyMemory<byte> body, string portalId)
    {
        var events = HubSpotJsonSerializer.Read<List<WebhookEvent?>>(body.ToArray()) ?? throw new JsonException("no list of events");
        return events.Count > Most
            ? throw new JsonException($"more than {Most} events")
            : [.. events.OfType<WebhookEvent>().Where(happened => happened.PortalId == portalId).SelectMany(Rows).Distinct()];
    }

    private static IEnumerable<(string Stream, string RowId)> Rows(WebhookEvent happened)
    {
        var words = (happened.SubscriptionType ?? "").Split('.', 2);
        if (words is not [var type, var what])
        {
            yield break;
        }

        if (what == "associationChange")
        {
            var ends = (happened.AssociationType ?? "").Split("_TO_", 2);
            foreach (var (end, id) in new[]
            {
                (happened.FromObjectTypeId ?? ends[0], happened.FromObjectId),
                (happened.ToObjectTypeId ?? (ends.Length > 1 ? ends[1] : ""), happened.ToObjectId),
            })
            {
                if (Streams.TryGetValue(end, out var ofEnd) && id is { Length: > 0 })
                {
                    yield return (ofEnd, id);
                }
            }

            yield break;
        }

        if (!Streams.TryGetValue(type == "object" ? happened.ObjectTypeId ?? "" : type, out var stream))
        {
            yield break;
        }

        // A merge names the survivor and who went into it; reading any of them leads to the survivor.
        foreach (var id in new[] { happened.ObjectId, happened.NewObjectId, happened.PrimaryObjectId }.Concat(happened.MergedObjectIds ?? []))
        {
            if (id is { Length: > 0 })
            {
                yield return (stream, id);
            }
        }
    }
}
