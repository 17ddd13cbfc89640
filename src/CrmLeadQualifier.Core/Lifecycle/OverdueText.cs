using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// What sales reads where an answer is overdue, in the agreement's language and time zone: the owner's task in the CRM, and the message to a channel. Neither names the person; the record
/// does, to who may see it. The same hand-over gives the same texts.
/// </summary>
public sealed class OverdueText(Definition definition, Instant handedOverAt, Instant dueAt)
{
    private readonly bool _isFrench = definition.Language == Language.French;

    /// <summary>By it a task is found again: it names the due time, to the minute.</summary>
    public string Subject => _isFrench ? $"Lead à traiter, en retard depuis le {At(dueAt)}" : $"Lead to answer, overdue since {At(dueAt)}";

    public string Body => _isFrench
        ? $"Le marketing a transmis ce lead le {At(handedOverAt)}\u00A0; le premier contact était attendu au plus tard le {At(dueAt)} ({Zone}). Contactez la personne ou indiquez votre verdict."
        : $"Marketing handed this lead over on {At(handedOverAt)}; first contact was due by {At(dueAt)} ({Zone}). Get in touch, or give your verdict.";

    /// <param name="owner">The owner's name; null: not known.</param>
    /// <param name="mayBeRepeat">The program stopped while it was sending this.</param>
    public string Message(string? owner, bool mayBeRepeat)
    {
        var repeat = !mayBeRepeat ? "" : _isFrench
            ? " (Peut-être un doublon\u00A0: le programme s’est arrêté pendant l’envoi.)"
            : " (This may be a repeat: the program stopped while it was sending it.)";
        return (_isFrench
            ? $"En retard\u00A0: un lead{(owner is null ? "" : $" attribué à {owner}")}, transmis le {At(handedOverAt)}, attendait un premier contact au plus tard le {At(dueAt)} ({Zone})."
            : $"Overdue: a lead{(owner is null ? "" : $" of {owner}")}, handed over on {At(handedOverAt)}, was due for a first contact by {At(dueAt)} ({Zone}).") + repeat;
    }

    public string Link => _isFrench ? "Ouvrir le lead" : "Open the lead";

    private string Zone => definition.Sales.BusinessHours.Zone.Id;

    /// <summary><c>24 Nov at 16:05</c>, <c>24 nov. à 16:05</c>.</summary>
    private string At(Instant at)
    {
        var time = NodaTime.Instant.FromUnixTimeMilliseconds(at.UnixMilliseconds).InZone(definition.Sales.BusinessHours.Zone).TimeOfDay;
        return string.Create(CultureInfo.InvariantCulture, $"{Days.Short(at, definition)} {(_isFrench ? "à" : "at")} {time.Hour:00}:{time.Minute:00}");
    }
}
