using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>What CRM users read about our fields (lifecycle and sync, section 4), in English and French, by the field's name.</summary>
public static class FieldTexts
{
    private static readonly Dictionary<string, FieldText> ByName = new[]
    {
        new FieldText("stage", new("Lead stage", "Étape du lead"), new(
            "Where the lead stands between marketing and sales. Maintained automatically.",
            "Où en est le lead entre le marketing et les ventes. Mis à jour automatiquement."))
        {
            Choices =
            [
                new(Stage.Lead.Word(), new("Lead", "Lead")),
                new(Stage.Mql.Word(), new("Marketing qualified (MQL)", "Qualifié marketing (MQL)")),
                new(Stage.Sal.Word(), new("Accepted by sales (SAL)", "Accepté par les ventes (SAL)")),
                new(Stage.Sql.Word(), new("Sales qualified (SQL)", "Qualifié par les ventes (SQL)")),
                new(Stage.Opportunity.Word(), new("Opportunity", "Opportunité")),
                new(Stage.Customer.Word(), new("Customer", "Client")),
                new(Stage.Recycled.Word(), new("Back to marketing", "Rendu au marketing")),
                new(Stage.Disqualified.Word(), new("Disqualified", "Disqualifié")),
            ],
        },
        new FieldText("status", new("Qualification status", "Statut de qualification"), new(
            "What the agreement between marketing and sales says of this lead today. Maintained automatically.",
            "Ce que l’accord entre le marketing et les ventes dit de ce lead aujourd’hui. Mis à jour automatiquement."))
        {
            Choices =
            [
                new(Scoring.LeadStatus.Qualified.Word(), new("Qualified", "Qualifié")),
                new(Scoring.LeadStatus.NotYet.Word(), new("Not yet qualified", "Pas encore qualifié")),
                new(Scoring.LeadStatus.Excluded.Word(), new("Out of target", "Hors cible")),
                new(Scoring.LeadStatus.Unscorable.Word(), new("Cannot be scored", "Impossible à noter")),
            ],
        },
        new FieldText("answer", new("Sales answer", "Réponse des ventes"), new(
            "Whether sales has answered since the lead was handed over. Maintained automatically.",
            "Indique si les ventes ont répondu depuis la transmission du lead. Mis à jour automatiquement."))
        {
            Choices =
            [
                new(Answer.Waiting.Word(), new("Waiting for an owner", "En attente d’un propriétaire")),
                new(Answer.ToAnswer.Word(), new("To answer", "À traiter")),
                new(Answer.Overdue.Word(), new("Overdue", "En retard")),
                new(Answer.Contacted.Word(), new("Contacted", "Contacté")),
                new(Answer.Answered.Word(), new("Answered", "Traité")),
                new(Answer.ReasonMissing.Word(), new("Reason missing", "Motif manquant")),
                new(Answer.Withdrawn.Word(), new("Withdrawn", "Retiré")),
            ],
        },
        new FieldText("score", new("Lead score", "Score du lead"), new(
            "Profile, behaviour and intent together. The reasons say where the points come from.",
            "Somme du profil, du comportement et de l’intention. Les raisons du score expliquent d’où viennent les points.")),
        new FieldText("profile", new("Profile score", "Score de profil"), new(
            "Points for who they are.",
            "Points liés à ce qu’est la personne et à son entreprise.")),
        new FieldText("behaviour", new("Behaviour score", "Score de comportement"), new(
            "Points for what they do.",
            "Points liés à ce que fait la personne.")),
        new FieldText("intent", new("Intent score", "Score d’intention"), new(
            "Points for what they say they want.",
            "Points liés à ce que la personne dit vouloir.")),
        new FieldText("grade", new("Lead grade", "Note du lead"), new(
            "A letter for the profile and a digit for behaviour and intent; A1 is the best.",
            "Une lettre pour le profil et un chiffre pour le comportement et l’intention\u00A0; A1 est la meilleure note.")),
        new FieldText("reasons", new("Score reasons", "Raisons du score"), new(
            "Every criterion that counts, with its points, the highest first. They add up to the score.",
            "Chaque critère pris en compte avec ses points, du plus fort au plus faible. Leur somme donne le score.")),
        new FieldText("definition", new("Qualification agreement", "Accord de qualification"), new(
            "The agreement between marketing and sales, and its version, by which the lead was scored.",
            "L’accord entre le marketing et les ventes, avec sa version, selon lequel le lead est noté.")),
        new FieldText("handed_over_at", new("Handed over at", "Transmis le"), new(
            "When marketing handed the lead over to sales.",
            "Date et heure auxquelles le marketing a transmis le lead aux ventes.")),
        new FieldText("answer_due_at", new("Answer due at", "À traiter avant le"), new(
            "When sales should have been in contact, in business hours after the hand-over.",
            "Échéance du premier contact, calculée en heures ouvrées à partir de la transmission.")),
        new FieldText("first_contact_at", new("First contact at", "Premier contact le"), new(
            "The first time sales got in touch after the hand-over; an earlier time where it was in touch already.",
            "Première prise de contact des ventes après la transmission\u00A0; date antérieure si les ventes étaient déjà en contact.")),
        new FieldText("previous", new("Previous answer", "Réponse précédente"), new(
            "What sales answered the last time this lead was handed over.",
            "Ce que les ventes ont répondu lors de la transmission précédente de ce lead.")),
        new FieldText("verdict", new("Verdict", "Verdict"), new(
            "Filled in by sales: what do you make of this lead?",
            "À remplir par les ventes\u00A0: que faites-vous de ce lead\u00A0?"))
        {
            Choices =
            [
                new(VerdictValue.Accepted.Word(), new("Accepted", "Accepté")),
                new(VerdictValue.Qualified.Word(), new("Qualified", "Qualifié")),
                new(VerdictValue.Rejected.Word(), new("Rejected", "Rejeté")),
                new(VerdictValue.Reopened.Word(), new("Reopened", "Rouvert")),
            ],
        },
        new FieldText("rejection_reason", new("Rejection reason", "Motif de rejet"), new(
            "Filled in by sales with a rejection: it decides whether and when the lead may come back.",
            "À remplir par les ventes en cas de rejet\u00A0: le motif détermine si et quand le lead peut revenir.")),
        new FieldText("comment", new("Verdict comment", "Commentaire du verdict"), new(
            "Filled in by sales: what marketing should know.",
            "À remplir par les ventes\u00A0: ce que le marketing doit savoir.")),
        new FieldText("recontact_on", new("Recontact on", "À recontacter le"), new(
            "Filled in by sales with a rejection: the day on which the lead should come back.",
            "À remplir par les ventes en cas de rejet\u00A0: le jour où le lead doit revenir.")),
        new FieldText("verdict_at", new("Verdict at", "Verdict rendu le"), new(
            "When the verdict that stands was given.",
            "Date et heure du verdict en vigueur.")),
        new FieldText("verdict_by", new("Verdict by", "Verdict rendu par"), new(
            "Who gave the verdict that stands.",
            "Auteur du verdict en vigueur.")),
    }.ToDictionary(text => text.Name);

    /// <summary>All fields, in the order of the page's table.</summary>
    public static IEnumerable<FieldText> All => ByName.Values;

    /// <summary>The texts of a field; throws for a name that is no field of ours.</summary>
    public static FieldText Of(string name) => ByName[name];

    /// <summary>The label of a rejection reason that the agreement no longer has: it stays for the records that hold it.</summary>
    public static string Retired(string label, Language language) => language == Language.French ? $"{label} (retiré)" : $"{label} (retired)";
}

/// <param name="Name">The field's name, such as <c>handed_over_at</c>.</param>
public sealed record FieldText(string Name, LocalizedText Label, LocalizedText Description)
{
    /// <summary>Of a choice, in order; empty for other fields and for <c>rejection_reason</c>, whose choices are the agreement's reasons.</summary>
    public IReadOnlyList<ChoiceText> Choices { get; init; } = [];
}

/// <param name="Value">The internal value.</param>
public sealed record ChoiceText(string Value, LocalizedText Label);
