using CrmLeadQualifier.Crm;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Mapping;

/// <summary>
/// What a portal says of itself and hardly ever changes, shared by the clients that one process opens one after the other: a change that a webhook tells of is not to wait for calls that
/// answer the same as a minute ago. Good for an hour; whoever decides by a property's absence reads anew.
/// </summary>
internal sealed class PortalDescription(TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private IReadOnlyDictionary<string, PropertyDescription>? _properties;
    private IReadOnlyList<LifecycleStage>? _lifecycle;
    private long _propertiesAt;
    private long _lifecycleAt;

    /// <summary>Of contacts, by name; null: not known, or no longer.</summary>
    public IReadOnlyDictionary<string, PropertyDescription>? Properties
    {
        get => Read(ref _properties, ref _propertiesAt);
        set => Set(ref _properties, ref _propertiesAt, value);
    }

    /// <summary>In the portal's own order; null: not known, or no longer.</summary>
    public IReadOnlyList<LifecycleStage>? Lifecycle
    {
        get => Read(ref _lifecycle, ref _lifecycleAt);
        set => Set(ref _lifecycle, ref _lifecycleAt, value);
    }

    private T? Read<T>(ref T? known, ref long at)
        where T : class
    {
        lock (_lock)
        {
            return known is not null && clock.GetElapsedTime(at) <= GoodFor ? known : null;
        }
    }

    private void Set<T>(ref T? known, ref long at, T? value)
        where T : class
    {
        lock (_lock)
        {
            (known, at) = (value, clock.GetTimestamp());
        }
    }
}
