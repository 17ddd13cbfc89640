using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Api;

namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Meetings, calls, one-to-one e-mails, notes, tasks and communications as activities.</summary>
internal sealed class ActivityReader : IObjectReader
{
    public const string StampProperty = "hs_lastmodifieddate";

    /// <summary>How HubSpot names the native connector where it made something, and the mark of its copies: it does not say what it copied.</summary>
    private const string ConnectorSource = "SALESFORCE";
    private const string CopiedByConnector = "connector";

    private static readonly string[] Common = [StampProperty, "hs_timestamp", "hs_object_source", "hs_created_by_user_id"];

    // The ids of the call outcomes that every portal has; those of its own come as they are.
    private static readonly Dictionary<string, string> CallOutcomes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["f240bbac-87c9-4f6e-bf70-924b57d47db7"] = "Connected",
        ["9d9162e7-6cf3-4944-bf63-4dff82258764"] = "Busy",
        ["a4c4c377-d246-4b32-a13b-75a56a4cd0ff"] = "Left live message",
        ["b2cf5968-551e-4856-9783-52b3da59a7d0"] = "Left voicemail",
        ["73a0d17f-1163-4015-bdd5-ec830791da20"] = "No answer",
        ["17b47fee-58de-441e-a44c-c6300d46f273"] = "Wrong number",
    };

    private readonly string _prefix;
    private readonly IReadOnlyList<string> _properties;
    private readonly Func<HubSpotObject, Reading?> _read;

    private ActivityReader(string prefix, string[] properties, Func<HubSpotObject, Reading?> read)
    {
        _prefix = prefix;
        _properties = [.. Common, .. properties];
        _read = read;
    }

    /// <summary>Counted once started (their time) and not cancelled.</summary>
    public static ActivityReader Meetings() => new("meeting", ["hs_meeting_title", "hs_meeting_outcome", "hs_meeting_start_time", "hs_meeting_source"], row => new Reading("meeting")
    {
        At = row.Get("hs_meeting_start_time") ?? row.Get("hs_timestamp"),
        IsWithdrawn = row.Get("hs_meeting_outcome") is "CANCELED" or "CANCELLED",
        // Booked by the person, by a link or on a page.
        IsAutomatic = row.Get("hs_meeting_source") is "MEETINGS_PUBLIC" or "MEETINGS_EMBEDDED",
        Attributes = { ["title"] = row.Get("hs_meeting_title"), ["outcome"] = row.Get("hs_meeting_outcome") },
    });

    public static ActivityReader Calls() => new("call", ["hs_call_disposition", "hs_call_status", "hs_call_direction", "hs_call_duration"], row => new Reading("call")
    {
        At = row.Get("hs_timestamp"),
        Attributes =
        {
            ["outcome"] = row.Get("hs_call_disposition") is { } outcome ? CallOutcomes.GetValueOrDefault(outcome, outcome) : row.Get("hs_call_status"),
            ["direction"] = row.Get("hs_call_direction"),
            ["duration_seconds"] = Seconds(row.Get("hs_call_duration")),
        },
    });

    /// <summary>An incoming one is a reply, an outgoing one was sent once it left; forwarded ones are copies.</summary>
    public static ActivityReader Emails() => new("email", ["hs_email_subject", "hs_email_direction", "hs_email_status", "hs_sequence_id"], row =>
        row.Get("hs_email_direction") switch
        {
            "INCOMING_EMAIL" => Email(row, "email_reply"),
            "EMAIL" => Email(row, "email_sent"),
            _ => null,
        });

    public static ActivityReader Notes() => new("note", [], row => new Reading("note") { At = row.Get("hs_timestamp") });

    /// <summary>Chats, text messages and the like; what lies on paper is none.</summary>
    public static ActivityReader Communications() => new("communication", ["hs_communication_channel_type"], row =>
        row.Get("hs_communication_channel_type") == "PHYSICAL_MAIL" ? null : new Reading("chat") { At = row.Get("hs_timestamp") });

    /// <summary>Counted once completed, at that time; its timestamp is when it is due.</summary>
    public static ActivityReader Tasks() => new("task", ["hs_task_subject", "hs_task_type", "hs_task_status", "hs_task_completion_date"], row => new Reading("task")
    {
        At = row.Get("hs_task_completion_date") ?? row.Get("hs_timestamp"),
        IsWithdrawn = row.Get("hs_task_status") != "COMPLETED",
        Attributes = { ["subject"] = row.Get("hs_task_subject"), ["type"] = row.Get("hs_task_type"), ["status"] = row.Get("hs_task_status") },
    });

    public ValueTask<IReadOnlyList<string>> PropertiesAsync(CancellationToken cancellation) => new(_properties);

    public ValueTask ReadAsync(HubSpotObject row, IReadOnlyList<string> contacts, int place, RowCollector rows, CancellationToken cancellation)
    {
        if (_read(row) is not { } reading)
        {
            return ValueTask.CompletedTask;
        }

        var written = reading.At ?? row.CreatedAt;
        if (written is null || !FieldValue.TryInstant(written, out var at))
        {
            rows.Unreadable(row.Id, place, "no readable hs_timestamp");
            return ValueTask.CompletedTask;
        }

        rows.Activities.Add(new CrmActivity($"{_prefix}:{row.Id}", reading.Kind, at, Known(reading.Attributes))
        {
            RowId = row.Id,
            Stamp = ObjectStamp.Of(row, StampProperty),
            RecordIds = contacts,
            UserId = !reading.IsAutomatic && HumanSources.Contains(row.Get("hs_object_source")) ? row.Get("hs_created_by_user_id") : null,
            CopyOf = row.Get("hs_object_source") == ConnectorSource ? CopiedByConnector : null,
            IsWithdrawn = reading.IsWithdrawn,
        });
        return ValueTask.CompletedTask;
    }

    public static Dictionary<string, string> Known(IEnumerable<KeyValuePair<string, string?>> attributes) =>
        attributes.Where(attribute => attribute.Value is not null).ToDictionary(attribute => attribute.Key, attribute => attribute.Value!);

    private static Reading Email(HubSpotObject row, string kind) => new(kind)
    {
        At = row.Get("hs_timestamp"),
        IsWithdrawn = row.Get("hs_email_status") is "FAILED" or "BOUNCED" or "SCHEDULED" or "SENDING",
        IsAutomatic = row.Get("hs_sequence_id") is not null,
        Attributes = { ["subject"] = row.Get("hs_email_subject") },
    };

    private static string? Seconds(string? milliseconds) =>
        double.TryParse(milliseconds, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? (number / 1000).ToString("0.###", CultureInfo.InvariantCulture) : null;

    private sealed record Reading(string Kind)
    {
        public string? At { get; init; }

        public bool IsWithdrawn { get; init; }

        /// <summary>No user did it, though one is named: a sequence's step is sent by HubSpot, whoever enrolled the contact; a meeting may be booked with a user by the person.</summary>
        public bool IsAutomatic { get; init; }

        public Dictionary<string, string?> Attributes { get; } = [];
    }
}
