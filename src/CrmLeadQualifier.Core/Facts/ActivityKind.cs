using System.Collections.Frozen;

namespace CrmLeadQualifier.Core.Facts;

/// <summary>
/// A kind of activity and the attributes that activities of that kind carry: all text, but <c>duration_seconds</c> (number). The list is closed.
/// </summary>
public sealed class ActivityKind
{
    /// <summary>The only activity attribute that is a number.</summary>
    public const string DurationSeconds = "duration_seconds";

    public static readonly IReadOnlyList<ActivityKind> All =
    [
        .. new (string Name, string[] Attributes)[]
        {
            ("page_view", ["url", "title"]),
            ("form_submission", ["form", "url"]),
            ("content_download", ["title", "url"]),
            ("email_open", ["campaign", "subject"]),
            ("email_click", ["campaign", "url"]),
            ("email_reply", ["subject"]),
            ("email_sent", ["subject"]),
            ("email_bounce", []),
            ("unsubscribe", []),
            ("meeting", ["title", "outcome"]),
            ("call", ["outcome", "direction", DurationSeconds]),
            ("event_registration", ["event"]),
            ("event_attendance", ["event"]),
            ("campaign_response", ["campaign", "type", "status"]),
            ("chat", []),
            ("note", []),
            ("task", ["subject", "type", "status"]),
        }.Select((kind, index) => new ActivityKind(kind.Name, index, kind.Attributes)),
    ];

    private static readonly FrozenDictionary<string, ActivityKind> ByName = All.ToFrozenDictionary(kind => kind.Name, StringComparer.Ordinal);

    private ActivityKind(string name, int index, string[] attributes)
    {
        Name = name;
        Index = index;
        Attributes = attributes;
    }

    public string Name { get; }

    /// <summary>The kind's place in <see cref="All"/>: 0 to 16.</summary>
    public int Index { get; }

    /// <summary>The attributes' names; the place of one is its place in <see cref="ActivityFact"/>.</summary>
    public IReadOnlyList<string> Attributes { get; }

    /// <summary>The kind of that name, or null: an activity of an unknown kind matches nothing and is counted as a problem.</summary>
    public static ActivityKind? Find(string name) => ByName.GetValueOrDefault(name);

    public static AttributeType TypeOf(string attribute) => attribute == DurationSeconds ? AttributeType.Number : AttributeType.Text;

    public override string ToString() => Name;
}
