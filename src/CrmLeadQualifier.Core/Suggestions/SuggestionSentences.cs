using System.Globalization;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>What is proposed and why, as sentences in both languages.</summary>
public static class SuggestionSentences
{
    internal static LocalizedText NothingLearned { get; } = new(
        "What became of the leads follows none of the criteria: there is nothing to propose.",
        "Le devenir des leads ne suit aucun des critères\u00A0: il n’y a rien à proposer.");

    internal static LocalizedText MovedThreshold { get; } = new(
        "It belongs to the new points: as large a share of leads reaches it as reaches the present one.",
        "Il va avec les nouveaux points\u00A0: une même part des leads l’atteint qu’aujourd’hui.");

    internal static LocalizedText Cap { get; } = new(
        "It belongs to the new points: under the present cap the best leads could not be told apart.",
        "Il va avec les nouveaux points\u00A0: sous le plafond actuel, les meilleurs leads ne se distingueraient plus.");

    /// <summary>A segment that sales rejects more often than the rest.</summary>
    /// <param name="definition">Has its criteria.</param>
    public static LocalizedText Rejected(RejectedSegment segment, Definition definition)
    {
        var name = segment.Kind == Segment.OfCriterion ? LabelOf(segment.Name) : LocalizedText.Same(SegmentNames.Label(segment.Name, segment.Value));
        var criterion = segment.LetThroughBy is { } let ? LabelOf(let) : null;
        var why = segment.MainReason is { } reason ? Reason(definition, reason) : null;
        var (english, french) = (Bounds(segment.Rejected, ".", ""), Bounds(segment.Rejected, ",", "\u00A0"));
        return new(
            $"Sales rejected {Of(segment.Rejected, ".", "")} of the leads with {name.In(Language.English)} ({english}), and {Of(segment.Rest, ".", "")} of all others"
                + (why is null ? "" : $", mostly for \"{why.In(Language.English)}\"") + "."
                + (criterion is { } by ? $" What let most of them through: {by.In(Language.English)}." : ""),
            $"Le commercial a rejeté {Of(segment.Rejected, ",", "\u00A0")} des leads avec {name.In(Language.French)} ({french}), et {Of(segment.Rest, ",", "\u00A0")} des autres"
                + (why is null ? "" : $", surtout pour «\u00A0{why.In(Language.French)}\u00A0»") + "."
                + (criterion is { } par ? $" Ce qui a laissé passer la plupart\u00A0: {par.In(Language.French)}." : ""));

        LocalizedText LabelOf(string id) => definition.Criteria.First(of => of.Id == id).Label;
    }

    /// <summary>A rejection reason as people call it: the agreement's label, or the id of one that it does not have.</summary>
    public static LocalizedText Reason(Definition definition, string reason) => reason == Rejection.ReasonMissing
        ? new("no reason given", "sans motif")
        : definition.Sales.RejectionReasons.FirstOrDefault(known => known.Id == reason)?.Label ?? LocalizedText.Same(reason);

    internal static LocalizedText TooFew(int outcomes, SuggestionOutcome outcome) => new(
        $"Nothing is proposed: only {Number(outcomes)} leads have {(outcome == SuggestionOutcome.Won ? "a deal that was won or lost" : "a verdict")}, and {Number(ProposalMaker.LeastOutcomes)} are needed.",
        $"Rien n’est proposé\u00A0: seuls {Number(outcomes)} leads ont {(outcome == SuggestionOutcome.Won ? "une affaire gagnée ou perdue" : "un verdict")}, et il en faut {Number(ProposalMaker.LeastOutcomes)}.");

    internal static LocalizedText OneSided(Rate good, SuggestionOutcome outcome) => new(
        $"Nothing is proposed: of {Number(good.Of)} leads {Number(good.Count)} were {Good(outcome).English}; too few of one kind to learn what tells them apart.",
        $"Rien n’est proposé\u00A0: sur {Number(good.Of)} leads, {Number(good.Count)} ont été {Good(outcome).French}\u00A0; trop peu d’un côté pour apprendre ce qui les distingue.");

    internal static LocalizedText NoImprovement(PairedDifference improvement, int judged) => new(
        $"Nothing is proposed: on the newest {Number(judged)} leads other points tell good from bad no better for sure "
            + $"(AUC {Signed(improvement.Difference, ".")}, 95 % from {Signed(improvement.Interval.Low, ".")} to {Signed(improvement.Interval.High, ".")}).",
        $"Rien n’est proposé\u00A0: sur les {Number(judged)} leads les plus récents, d’autres points ne distinguent pas à coup sûr mieux les bons des mauvais "
            + $"(AUC {Signed(improvement.Difference, ",")}, 95\u00A0% entre {Signed(improvement.Interval.Low, ",")} et {Signed(improvement.Interval.High, ",")}).");

    internal static LocalizedText OtherPoints(double odds, double alone, bool isForEach, SuggestionOutcome outcome) => new(
        $"All else being equal, {(isForEach ? "each one" : "it")} multiplies the odds of being {Good(outcome).English} by {Ratio(odds, ".")}; looked at alone, by {Ratio(alone, ".")}.",
        $"Toutes choses égales par ailleurs, {(isForEach ? "chacune" : "il")} multiplie par {Ratio(odds, ",")} les chances d’être {Good(outcome).FrenchOne}\u00A0; pris seul, par {Ratio(alone, ",")}.");

    /// <summary>Why a threshold was chosen: at most so many MQLs a week, or at least so many of them accepted.</summary>
    public static LocalizedText ChosenThreshold(double? capacity, double? acceptance) => new(
        "The lowest threshold over the last 90 days with " + string.Join(" and ", new[]
        {
            capacity is { } mqls ? $"at most {Number(mqls)} MQLs a week" : null, acceptance is { } rate ? $"at least {Percent(rate, ".", "")} of those with a verdict accepted" : null,
        }.OfType<string>()) + ".",
        "Le seuil le plus bas qui, sur les 90 derniers jours, donne " + string.Join(" et ", new[]
        {
            capacity is { } nombre ? $"au plus {Number(nombre)} MQL par semaine" : null, acceptance is { } taux ? $"au moins {Percent(taux, ",", "\u00A0")} d’acceptés parmi ceux qui ont un verdict" : null,
        }.OfType<string>()) + ".");

    internal static LocalizedText Everybody(int points) => new(
        $"It belongs to the new points: a score does not go below 0, so everybody starts with {Number(points)} points and points taken away count.",
        $"Il va avec les nouveaux points\u00A0: un score ne descend pas sous 0\u00A0; chacun part donc de {Number(points)} points, et les points retirés comptent.");

    internal static LocalizedText CarriesNothing(int holding, double odds) => new(
        $"It carries nothing beside the other criteria: it held for {Number(holding)} leads and multiplies the odds by {Ratio(odds, ".")}.",
        $"Il n’apporte rien à côté des autres critères\u00A0: il valait pour {Number(holding)} leads et multiplie les chances par {Ratio(odds, ",")}.");

    internal static LocalizedText NeverConverts(Segment segment, Rate good, SuggestionOutcome outcome)
    {
        var name = SegmentNames.Label(segment);
        var (english, french) = (Good(outcome).English, good.Count > 1 ? $"ont été {Good(outcome).French}" : $"a été {Good(outcome).FrenchOne}");
        var (only, seuls) = good.Count switch { 0 => ("None", "Aucun"), 1 => ("Only 1", "Un seul"), var count => ($"Only {Number(count)}", $"Seuls {Number(count)}") };
        return new(
            $"{only} of {Number(good.Of)} leads with {name} {(good.Count > 1 ? "were" : "was")} {english} (at most {Percent(good.Wilson!.Value.High, ".", "")}, 95%).",
            $"{seuls} des {Number(good.Of)} leads avec {name} {(good.Count == 0 ? $"n’{french}" : french)} (au plus {Percent(good.Wilson!.Value.High, ",", "\u00A0")}, à 95\u00A0%).");
    }

    internal static LocalizedText NewCriterion(Segment segment, Rate good, double odds, SuggestionOutcome outcome) => new(
        $"{Of(good, ".", "")} of the leads with {SegmentNames.Label(segment)} were {Good(outcome).English}, and no criterion says so; all else being equal the odds are multiplied by {Ratio(odds, ".")}.",
        $"{Of(good, ",", "\u00A0")} des leads avec {SegmentNames.Label(segment)} ont été {Good(outcome).French}, et aucun critère ne le dit\u00A0; toutes choses égales par ailleurs, les chances sont multipliées par {Ratio(odds, ",")}.");

    internal static string Of(Rate rate, string point, string space) => rate.Value is { } value ? $"{Percent(value, point, space)} ({Number(rate.Count)}/{Number(rate.Of)})" : "-";

    internal static string Percent(double share, string point, string space) => (share * 100).ToString("0.0", CultureInfo.InvariantCulture).Replace(".", point, StringComparison.Ordinal) + space + "%";

    internal static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Bounds(Rate rate, string point, string space) =>
        rate.Wilson is { } interval ? $"95{space}%: {Percent(interval.Low, point, space)} - {Percent(interval.High, point, space)}" : "-";

    private static string Ratio(double ratio, string point) => ratio.ToString(ratio < 0.1 ? "0.000" : "0.00", CultureInfo.InvariantCulture).Replace(".", point, StringComparison.Ordinal);

    private static string Signed(double number, string point) => number.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture).Replace(".", point, StringComparison.Ordinal);

    private static (string English, string French, string FrenchOne) Good(SuggestionOutcome outcome) =>
        outcome == SuggestionOutcome.Won ? ("won", "gagnés", "gagné") : ("accepted", "acceptés", "accepté");
}
