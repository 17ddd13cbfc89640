using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Sync.Charts;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>What was answered and when, and who still waits.</summary>
internal sealed class AnsweredSections(WeeklyReport report, ReportWords words)
{
    public PageSection Clock()
    {
        var set = report.Set;
        List<string> sentences =
        [
            words.Say(
                $"Answered with a verdict: {words.Of(set.Answered.Rate)}, median {words.Days(set.Answered.LagDays)} after becoming MQL.",
                $"Avec un verdict : {words.Of(set.Answered.Rate)}, médiane {words.Days(set.Answered.LagDays)} après le passage en MQL."),
        ];
        if (set.SlaMet is { } sla)
        {
            sentences.Add(words.Say($"Contacted or rejected within the agreed time: {words.Of(sla)}.", $"Contactés ou rejetés dans le délai convenu : {words.Of(sla)}."));
        }

        if (set.FirstContact is { CalendarHours.NotReached: > 0 and var notYet })
        {
            sentences.Add(words.Say(
                $"Of those handed over, {words.Count(notYet)} had no contact yet; they count as later than all others.",
                $"Parmi ceux qui ont été transmis, {words.Count(notYet)} sans contact à ce jour ; ils comptent comme plus tardifs que tous les autres."));
        }

        foreach (var owner in set.AcceptedWithoutContact?.Where(share => share.Rate.Count > 0) ?? [])
        {
            sentences.Add(words.Say(
                $"Accepted without any contact within five business days, {words.Value(owner.Value)}: {words.Of(owner.Rate)}.",
                $"Acceptés sans aucun contact dans les cinq jours ouvrés, {words.Value(owner.Value)} : {words.Of(owner.Rate)}."));
        }

        return new(
            words.Say("What was answered, and when", "Ce qui a eu une réponse, et quand"),
            sentences,
            ["", words.Say("median", "médiane"), "75 %", "90 %", words.Say("leads", "leads")],
            [
                .. Delay(words.Say("from MQL to the hand-over (our part), business hours", "du MQL à la transmission (notre part), heures ouvrées"), set.SystemDelay?.BusinessHours),
                .. Delay(words.Say("from the hand-over to the first contact, business hours", "de la transmission au premier contact, heures ouvrées"), set.FirstContact?.BusinessHours),
                .. Delay(words.Say("the same by the calendar", "le même délai au calendrier"), set.FirstContact?.CalendarHours),
            ]);
    }

    public PageSection Open() => new(
        words.Say("Overdue or waiting", "En retard ou en attente"),
        report.Overdue + report.Waiting == 0
            ? [words.Say("Nobody waits for an answer beyond the agreed time.", "Personne n’attend de réponse au-delà du délai convenu.")]
            : [words.Say(
                $"{words.Count(report.Overdue)} overdue, {words.Count(report.Waiting)} without a record or an owner to be handed to. The longest waiting first.",
                $"{words.Count(report.Overdue)} en retard, {words.Count(report.Waiting)} sans fiche ou sans propriétaire à qui transmettre. Ceux qui attendent depuis le plus longtemps d’abord.")],
        ["lead", words.Say("grade", "note"), words.Say("owner", "propriétaire"), words.Say("handed over", "transmis"), words.Say("due", "à traiter avant")],
        [.. report.Open.Select(lead => (IReadOnlyList<string>)
        [
            lead.Name,
            lead.Grade ?? "",
            lead.Owner ?? words.Say("(none)", "(aucun)"),
            lead.HandedOverAt is { } at ? words.DayAndTime(at) : words.Say("to nobody yet", "à personne encore"),
            lead.DueAt is { } due ? words.DayAndTime(due) : "",
        ])]);

    private IEnumerable<IReadOnlyList<string>> Delay(string name, Quantiles? hours) =>
        hours is { Count: > 0 } ? [[name, words.Hours(hours.Median), words.Hours(hours.At(0.75)), words.Hours(hours.At(0.9)), words.Count(hours.Count)]] : [];
}
