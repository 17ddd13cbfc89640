using CrmLeadQualifier.Storage.Rows;

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
}
