using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>Findings on a definition's health, in both languages.</summary>
internal static class HealthSentences
{
    public static LocalizedText Unknown(LocalizedText label, string attribute, Rate unknown) => new(
        $"{label.In(Language.English)}: {attribute} is unknown for {SuggestionSentences.Of(unknown, ".", "")} of the leads.",
        $"{label.In(Language.French)}\u00A0: {attribute} est inconnu pour {SuggestionSentences.Of(unknown, ",", "\u00A0")} des leads.");

    public static LocalizedText NeverFires(LocalizedText label, Rate firing) => new(
        $"{label.In(Language.English)}: it held for none of {SuggestionSentences.Number(firing.Of)} leads.",
        $"{label.In(Language.French)}\u00A0: il n’a valu pour aucun des {SuggestionSentences.Number(firing.Of)} leads.");

    public static LocalizedText AlwaysFires(LocalizedText label, Rate firing) => new(
        $"{label.In(Language.English)}: it holds for {SuggestionSentences.Of(firing, ".", "")} of the leads, so it tells nobody apart.",
        $"{label.In(Language.French)}\u00A0: il vaut pour {SuggestionSentences.Of(firing, ",", "\u00A0")} des leads et ne distingue donc personne.");

    public static LocalizedText Inflation(double older, double newer, Instant since) => new(
        $"Scores rise: at the age of 14 days half of the leads created since {Day(since)} have {SuggestionSentences.Number(newer)} points or more; of those before it was {SuggestionSentences.Number(older)}.",
        $"Les scores montent\u00A0: à 14 jours, la moitié des leads créés depuis le {Day(since)} ont au moins {SuggestionSentences.Number(newer)} points\u00A0; avant, c’était {SuggestionSentences.Number(older)}.");

    public static LocalizedText Grade(string better, Rate rate, string worse, Rate other) => new(
        $"Grade {worse} is accepted more often than {better}: {SuggestionSentences.Of(other, ".", "")} against {SuggestionSentences.Of(rate, ".", "")}.",
        $"La note {worse} est acceptée plus souvent que {better}\u00A0: {SuggestionSentences.Of(other, ",", "\u00A0")} contre {SuggestionSentences.Of(rate, ",", "\u00A0")}.");

    public static LocalizedText Volume(double mqls, double answered, int? fitting) => new(
        $"{SuggestionSentences.Number(mqls)} MQLs a week, and sales answers {SuggestionSentences.Number(answered)} of them in time." + (fitting is { } total ? $" A threshold of {total} for the total would fit." : ""),
        $"{SuggestionSentences.Number(mqls).Replace('.', ',')} MQL par semaine, et le commercial répond à temps à {SuggestionSentences.Number(answered).Replace('.', ',')}."
            + (fitting is { } seuil ? $" Un seuil de {seuil} pour le total conviendrait." : ""));

    private static string Day(Instant at) => at.ToString()[..10];
}
