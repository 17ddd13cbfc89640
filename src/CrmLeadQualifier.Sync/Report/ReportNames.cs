using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Backtest;
using CrmLeadQualifier.Sync.Suggestions;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>The texts about people in a report that is to be stored: it holds places, and they are kept beside it, so that who is erased goes from it.</summary>
internal sealed class ReportNames
{
    private readonly Dictionary<(long Lead, string Text), int> _places = [];

    public IReadOnlyList<ReportName> All => [.. _places.Select(place => new ReportName(place.Value, place.Key.Lead, place.Key.Text))];

    public string PlaceOf(long lead, string text)
    {
        if (!_places.TryGetValue((lead, text), out var place))
        {
            _places[(lead, text)] = place = _places.Count + 1;
        }

        return ReportName.PlaceOf(place);
    }

    /// <summary>The same with places for the addresses that a report shows: by them, not by a lead's id, is known whose they are.</summary>
    public SuggestionReport In(SuggestionReport report) => report with
    {
        Suggestions = [.. report.Suggestions.Select(suggestion => suggestion with { Effect = In(suggestion.Effect) })],
        Effect = In(report.Effect),
    };

    private SuggestionEffect? In(SuggestionEffect? effect) => effect is null ? null : effect with { Gained = In(effect.Gained), Lost = In(effect.Lost) };

    private IReadOnlyList<ChangedLead> In(IReadOnlyList<ChangedLead> leads) =>
        [.. leads.Select((lead, place) => place < SuggestionsText.Named && lead.Name.Contains('@') ? lead with { Name = PlaceOf(0, lead.Name) } : lead)];
}
