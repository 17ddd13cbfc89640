using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.Loading;

/// <summary>Reads a file of leads: one JSON object a line. A line that is not valid is named and left out; the others are read.</summary>
internal static class LeadsFile
{
    /// <param name="content">The file.</param>
    /// <param name="problem">Told of each line that is left out: its number and why, without any of its data.</param>
    public static List<Lead> Read(ReadOnlyMemory<byte> content, Action<int, string> problem)
    {
        var leads = new List<Lead>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        if (content.Span.StartsWith("\uFEFF"u8))
            content = content[3..];
        for (var line = 1; content.Length > 0; line++)
        {
            var end = content.Span.IndexOf((byte)'\n');
            var text = end < 0 ? content : content[..end];
            content = end < 0 ? ReadOnlyMemory<byte>.Empty : content[(end + 1)..];
            if (text.Span.Trim(" \t\r"u8).IsEmpty)
                continue;
            if (ReadLine(text, ids, out var why) is { } lead)
                leads.Add(lead);
            else
                problem(line, why);
        }
        return leads;
    }

    public static bool TryReadActivity(JsonElement element, long? whenAbsent, out LeadActivity activity, out string? id, out string why)
    {
        activity = null!;
        id = null;
        why = "an activity must be an object";
        if (element.ValueKind != JsonValueKind.Object)
            return false;
        why = "an activity needs a kind";
        if (TextOf(element, "kind") is not { Length: > 0 } kind)
            return false;
        why = "an activity needs a readable at";
        long at;
        if (!element.TryGetProperty("at", out _) && whenAbsent is { } now)
            at = now;
        else if (!TryReadInstant(element, "at", out at))
            return false;
        why = "an activity's id must be a text";
        if (element.TryGetProperty("id", out var given) && given.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            return false;
        id = given.ValueKind == JsonValueKind.String ? JsonText.Read(given) : null;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (element.TryGetProperty("attributes", out var known) && known.ValueKind == JsonValueKind.Object)
        {
            foreach (var attribute in known.EnumerateObject())
            {
                if (JsonText.Read(attribute.Value) is { } text)
                    attributes[attribute.Name] = text;
            }
        }
        activity = new LeadActivity(kind, at, attributes);
        return true;
    }

    private static Lead? ReadLine(ReadOnlyMemory<byte> text, HashSet<string> ids, out string why)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return ReadLead(document.RootElement, ids, out why);
        }
        catch (JsonException broken)
        {
            why = $"this is no JSON (column {broken.BytePositionInLine + 1})";
            return null;
        }
        catch (Exception unreadable) when (unreadable is DecoderFallbackException or InvalidOperationException)
        {
            why = "this is no UTF-8, or has half a surrogate pair in a key";
            return null;
        }
    }

    private static Lead? ReadLead(JsonElement root, HashSet<string> ids, out string why)
    {
        why = "a lead must be an object";
        if (root.ValueKind != JsonValueKind.Object)
            return null;
        why = "a lead needs an id that is a text";
        if (!root.TryGetProperty("id", out var idElement) || idElement.ValueKind != JsonValueKind.String || JsonText.Read(idElement) is not { Length: > 0 } id)
            return null;
        why = "this id was used before";
        if (ids.Contains(id))
            return null;
        var lead = new Lead(id);
        if (!ReadAttributes(root, lead, out why) || !ReadActivities(root, lead, out why) || !ReadVerdicts(root, lead, out why)
            || !ReadDeals(root, lead, out why))
            return null;
        ids.Add(id);
        return lead;
    }

    private static bool ReadAttributes(JsonElement root, Lead lead, out string why)
    {
        why = "attributes must be an object";
        if (!root.TryGetProperty("attributes", out var attributes) || attributes.ValueKind == JsonValueKind.Null)
            return true;
        if (attributes.ValueKind != JsonValueKind.Object)
            return false;
        foreach (var attribute in attributes.EnumerateObject())
        {
            if (attribute.Value.ValueKind == JsonValueKind.Array)
            {
                var items = attribute.Value.EnumerateArray().Select(JsonText.Read).OfType<string>().Where(item => item.Trim().Length > 0);
                lead.Attributes.Add(new LeadAttribute(attribute.Name, string.Join(';', items), AttributeKind.List));
            }
            else if (JsonText.Read(attribute.Value) is { } text)
            {
                lead.Attributes.RemoveAll(known => known.Name == attribute.Name);
                lead.Attributes.Add(new LeadAttribute(attribute.Name, text, attribute.Value.ValueKind switch
                {
                    JsonValueKind.Number => AttributeKind.Number,
                    JsonValueKind.True or JsonValueKind.False => AttributeKind.Boolean,
                    _ => AttributeKind.Text,
                }));
            }
        }
        return true;
    }

    private static bool ReadActivities(JsonElement root, Lead lead, out string why)
    {
        why = "activities must be an array";
        if (!root.TryGetProperty("activities", out var activities) || activities.ValueKind == JsonValueKind.Null)
            return true;
        if (activities.ValueKind != JsonValueKind.Array)
            return false;
        var byId = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var element in activities.EnumerateArray())
        {
            if (!TryReadActivity(element, null, out var activity, out var id, out why))
                return false;
            // Activities with the same id are one; the last one given counts.
            if (id is not null && byId.TryGetValue(id, out var known))
            {
                lead.Activities[known] = activity;
                continue;
            }
            if (id is not null)
                byId[id] = lead.Activities.Count;
            lead.Activities.Add(activity);
        }
        return true;
    }

    private static bool ReadVerdicts(JsonElement root, Lead lead, out string why)
    {
        why = "a verdict needs a value and a readable at";
        if (!root.TryGetProperty("verdicts", out var verdicts) || verdicts.ValueKind == JsonValueKind.Null)
            return true;
        if (verdicts.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var element in verdicts.EnumerateArray())
        {
            if (TextOf(element, "value") is not { Length: > 0 } value || !TryReadInstant(element, "at", out var at))
                return false;
            lead.Verdicts.Add(new LeadVerdict(value, TextOf(element, "reason"), at));
        }
        lead.Verdicts.Sort((a, b) => a.At.CompareTo(b.At));
        return true;
    }

    private static bool ReadDeals(JsonElement root, Lead lead, out string why)
    {
        why = "a deal needs an id and a readable created_at";
        if (!root.TryGetProperty("deals", out var deals) || deals.ValueKind == JsonValueKind.Null)
            return true;
        if (deals.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var element in deals.EnumerateArray())
        {
            if (TextOf(element, "id") is not { Length: > 0 } id || !TryReadInstant(element, "created_at", out var createdAt))
                return false;
            bool? won = TextOf(element, "won") switch { "true" => true, "false" => false, _ => null };
            lead.Deals.Add(new LeadDeal(id, createdAt, TryReadInstant(element, "closed_at", out var closedAt) ? closedAt
                : null, won, TextOf(element, "amount")));
        }
        return true;
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? JsonText.Read(value) : null;

    /// <summary>A day or RFC 3339: never bare milliseconds, which the language of leads does not know.</summary>
    private static bool TryReadInstant(JsonElement element, string name, out long instant)
    {
        instant = 0;
        return TextOf(element, name) is { } text && text.Contains('-', StringComparison.Ordinal) && Instant.TryRead(text.Trim(), out instant);
    }
}
