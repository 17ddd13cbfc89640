using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Sync.Overdue;

/// <summary>Who is told that an answer is overdue, beside the views in the CRM; nobody unless an admin says so.</summary>
public sealed record OverdueNotification
{
    public static readonly OverdueNotification Off = new();

    /// <summary>The channel of the task that the owner gets in the CRM.</summary>
    public const string Task = "task";

    /// <summary>The owner gets a task in the CRM.</summary>
    public bool CreatesTask { get; init; }

    /// <summary>Where messages go, by channel (<c>slack</c>, <c>teams</c>).</summary>
    public IReadOnlyDictionary<string, SendOverdueMessage> Messages { get; init; } = new Dictionary<string, SendOverdueMessage>();

    public IReadOnlyList<string> Channels => CreatesTask ? [Task, .. Messages.Keys] : [.. Messages.Keys];
}

/// <summary>Sends one message.</summary>
/// <exception cref="MessageRefusedException">The receiver does not take it, or cannot be reached.</exception>
public delegate Task SendOverdueMessage(OverdueMessage message, CancellationToken cancellation);

/// <summary>The receiver did not take a message; why, without its address, which is a secret.</summary>
/// <param name="mayHaveArrived">It left, and no answer came.</param>
public sealed class MessageRefusedException(string message, bool mayHaveArrived, Exception? inner = null) : Exception(message, inner)
{
    public bool MayHaveArrived => mayHaveArrived;
}

/// <summary>That an answer is overdue, in the agreement's language; without the person's name or address: who may see those sees them behind the link.</summary>
/// <param name="Text">One line, with who owns the lead and since when the answer is due.</param>
/// <param name="Link">The record in the CRM; null: its address is not known.</param>
/// <param name="LinkText">What the link is called.</param>
public sealed record OverdueMessage(string Text, string? Link, string LinkText);
