using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>The conversions that changed contacts name as their most recent: HubSpot says <c>Page title: Name of the form</c> and when.</summary>
internal sealed class RecentConversions
{
    public const string NameProperty = "recent_conversion_event_name";
    public const string DateProperty = "recent_conversion_date";

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Instant>> _byName = new(StringComparer.OrdinalIgnoreCase);

    public void Note(HubSpotObject contact)
    {
        if (contact.Get(NameProperty)?.Trim() is { Length: > 0 } name && contact.Get(DateProperty) is { } date && FieldValue.TryInstant(date, out var at))
        {
            lock (_lock)
            {
                (_byName.TryGetValue(name, out var known) ? known : _byName[name] = []).Add(at);
            }
        }
    }

    /// <summary>The earliest conversion by a form, of those from an instant on; null: none.</summary>
    public Instant? Of(Form form, Instant from)
    {
        if (form.Name?.Trim() is not { Length: > 0 } name)
        {
            return null;
        }

        lock (_lock)
        {
            var dates = _byName.Where(conversion => conversion.Key.Equals(name, StringComparison.OrdinalIgnoreCase) || conversion.Key.EndsWith(": " + name, StringComparison.OrdinalIgnoreCase))
                .SelectMany(conversion => conversion.Value).Where(at => at >= from).ToList();
            return dates.Count > 0 ? dates.Min() : null;
        }
    }
}
