using System.Text.Json;
using CrmLeadQualifier.Core.Text;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// Gathers what is known of one lead, from a file's line, a CRM or the ledger, and makes <see cref="LeadFacts"/> of it: values read by their type, <c>email_domain</c> derived,
/// of the activities with one id the last one given, copies left out. Reusable: <see cref="Build"/> leaves it empty. Not for two threads at once.
/// </summary>
public sealed class LeadFactsBuilder(AttributeSchema schema)
{
    private static readonly int EmailSlot = AttributeSchema.Standard.IndexOf("email");
    private static readonly int EmailDomainSlot = AttributeSchema.Standard.IndexOf(AttributeSchema.EmailDomain);

    private readonly List<Given> _activities = [];
    private readonly Dictionary<string, int> _byId = new(StringComparer.Ordinal);
    private AttributeValue[] _values = new AttributeValue[schema.Attributes.Count];

    /// <summary>An activity as given; one that never counts (a copy, a kind that does not exist) still replaces an earlier one with its id.</summary>
    private readonly record struct Given(ActivityFact Fact, bool Counts);

    /// <summary>
    /// Data-quality problems met since the last <see cref="Build"/>: values that could not be read, attributes and kinds that do not exist. A problem is never an error: what it is
    /// about is unknown, or matches nothing.
    /// </summary>
    public int Problems { get; private set; }

    /// <summary>
    /// Sets an attribute from plain text. For a list, text that is a JSON array (the ledger's form of one) is read as that; other text is split at <c>;</c>.
    /// Given twice, the last counts. <c>email_domain</c> is never read.
    /// </summary>
    public void Set(string attribute, string? raw)
    {
        if (!TrySlot(attribute, out var slot))
        {
            return;
        }

        var type = schema.Attributes[slot].Type;
        if (type == AttributeType.List && raw is not null && Spaces.Trim(raw) is ['[', .., ']'] && TryParseArray(raw, out var array))
        {
            using (array)
            {
                Set(slot, AttributeReader.TryRead(type, array.RootElement, out var elements), elements);
            }

            return;
        }

        Set(slot, AttributeReader.TryRead(type, raw, out var value), value);
        if (slot == EmailSlot)
        {
            _values[EmailDomainSlot] = EmailDomainOf(raw);
        }
    }

    /// <summary>Sets an attribute from a JSON value. Given twice, the last counts. <c>email_domain</c> is never read.</summary>
    public void Set(string attribute, JsonElement raw)
    {
        if (!TrySlot(attribute, out var slot))
        {
            return;
        }

        if (slot == EmailSlot && raw.ValueKind == JsonValueKind.String)
        {
            Set(attribute, JsonText.Of(raw));
            return;
        }

        Set(slot, AttributeReader.TryRead(schema.Attributes[slot].Type, raw, out var value), value);
        if (slot == EmailSlot)
        {
            _values[EmailDomainSlot] = default;
        }
    }

    /// <summary>Adds an activity in the form that is scored, as <see cref="ActivityReader"/> made it or the ledger kept it.</summary>
    /// <param name="id">Of the activities with the same id the last one given counts; null: it is its own.</param>
    public void Add(string? id, in ActivityFact activity) => Add(id, new Given(activity, Counts: true));

    /// <summary>Adds an activity from plain texts; of an unknown kind it is a problem and matches nothing.</summary>
    public void Add(string? id, string kind, Instant at, bool approximate, IEnumerable<KeyValuePair<string, string?>> attributes)
    {
        var problems = 0;
        if (ActivityKind.Find(kind) is { } known)
        {
            Add(id, ActivityReader.Read(known, at, approximate, attributes, ref problems));
            Problems += problems;
        }
        else
        {
            AddUnknownKind(id);
        }
    }

    /// <summary>Adds an activity whose attributes are a JSON object, null or absent; of an unknown kind it is a problem and matches nothing.</summary>
    public void Add(string? id, string kind, Instant at, bool approximate, JsonElement attributes)
    {
        var problems = 0;
        if (ActivityKind.Find(kind) is not { } known)
        {
            AddUnknownKind(id);
        }
        else if (attributes.ValueKind == JsonValueKind.Object)
        {
            Add(id, ActivityReader.Read(known, at, approximate, attributes, ref problems));
            Problems += problems;
        }
        else
        {
            Add(id, new ActivityFact(known, at, approximate));
        }
    }

    /// <summary>Adds a copy (<c>copy_of</c>): it never counts, and neither does an earlier activity with its id.</summary>
    public void AddCopy(string? id) => Add(id, default(Given));

    /// <summary>Adds an activity of a kind that does not exist: a problem, and nothing more.</summary>
    public void AddUnknownKind(string? id)
    {
        Problems++;
        Add(id, default(Given));
    }

    /// <summary>The facts gathered; the builder is empty afterwards.</summary>
    public LeadFacts Build()
    {
        var values = _values;
        var counted = 0;
        foreach (var given in _activities)
        {
            counted += given.Counts ? 1 : 0;
        }

        var activities = counted == 0 ? [] : new ActivityFact[counted];
        var next = 0;
        foreach (var given in _activities)
        {
            if (given.Counts)
            {
                activities[next++] = given.Fact;
            }
        }

        _values = new AttributeValue[schema.Attributes.Count];
        Clear();
        return new LeadFacts(schema, values, activities);
    }

    /// <summary>Drops what was gathered.</summary>
    public void Clear()
    {
        Array.Clear(_values);
        _activities.Clear();
        _byId.Clear();
        Problems = 0;
    }

    /// <summary>
    /// What follows the last @, from the text as given: folding would make an @ of the full-width and the small one (U+FF20, U+FE6B), which divide no address.
    /// </summary>
    private static AttributeValue EmailDomainOf(string? email)
    {
        var at = email?.LastIndexOf('@') ?? -1;
        if (at < 0)
        {
            return default;
        }

        var domain = TextFolding.Fold(Spaces.Trim(email.AsSpan(at + 1)).ToString());
        return domain.Length == 0 ? default : AttributeValue.OfText(domain);
    }

    private static bool TryParseArray(string raw, out JsonDocument array)
    {
        try
        {
            array = JsonDocument.Parse(JsonText.WellFormed(raw));
            return true;
        }
        catch (JsonException)
        {
            array = null!;
            return false;
        }
    }

    private bool TrySlot(string attribute, out int slot)
    {
        slot = schema.IndexOf(attribute);
        if (slot < 0)
        {
            Problems++;
        }

        return slot >= 0 && slot != EmailDomainSlot;
    }

    private void Set(int slot, bool readable, AttributeValue value)
    {
        _values[slot] = value;
        Problems += readable ? 0 : 1;
    }

    private void Add(string? id, in Given given)
    {
        if (id is null)
        {
            _activities.Add(given);
        }
        else if (_byId.TryAdd(id, _activities.Count))
        {
            _activities.Add(given);
        }
        else
        {
            _activities[_byId[id]] = given;
        }
    }
}
