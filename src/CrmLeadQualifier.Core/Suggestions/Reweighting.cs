using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// Integer points for the criteria of a definition, from a ridge logistic regression over all of them together. The points are put on the present scale: totals differ between leads
/// as much as they do now.
/// </summary>
internal sealed class Reweighting
{
    /// <summary>The largest points are at least this, so that rounding to integers loses little.</summary>
    private const int LeastLargest = 10;

    private const int MostPoints = 1000;

    /// <summary>A column that holds for fewer leads says nothing: its points stay.</summary>
    private const int LeastHolding = 20;

    private readonly List<double[]> _raw;
    private readonly List<JudgedLead> _leads;
    private readonly double[] _units;
    private readonly List<int> _used;
    private readonly double[] _logOdds;

    /// <param name="leads">Those to learn from, none of them unscorable or excluded.</param>
    /// <param name="segments">Parts of <paramref name="leads"/> that no criterion asks for yet: each a column beside the criteria's.</param>
    public Reweighting(Definition definition, List<JudgedLead> leads, IReadOnlyList<Segment> segments)
    {
        var columns = new CriterionColumns(definition);
        _leads = leads;
        Columns = columns.Points;
        _raw = [.. leads.Select((lead, i) => (double[])[.. columns.Of(lead.Facts, lead.At), .. segments.Select(segment => segment.Members[i] ? 1.0 : 0.0)])];
        var width = columns.Count + segments.Count;
        FirstSegment = columns.Count;

        // Faded counts are brought to about the size of yes and no: one penalty for all.
        _units = [.. Enumerable.Range(0, width).Select(column => column < Columns.Count && Columns[column].Criterion is ActivityCriterion ? Math.Max(1, 2 * Deviation(_raw.Select(row => row[column]))) : 1)];
        _used = Use(width);
        var rows = _raw.Select((row, i) =>
        {
            var places = Enumerable.Range(0, _used.Count).Where(place => row[_used[place]] != 0).ToArray();
            return new ModelRow(places, [.. places.Select(place => row[_used[place]] / _units[_used[place]])], leads[i].IsGood);
        }).ToList();
        var model = RidgeLogistic.FitBest(rows, _used.Count);
        _logOdds = new double[width];
        for (var place = 0; place < _used.Count; place++)
        {
            _logOdds[_used[place]] = model.Coefficients[place] / _units[_used[place]];
        }

        var plan = ScoringPlan.Compile(definition);
        var present = Deviation(leads.Select(lead => (double)plan.Score(lead.Facts, lead.At, findNextChange: false).Total));
        int[] scoring = [.. Enumerable.Range(0, Columns.Count), .. Enumerable.Range(FirstSegment, segments.Count)];
        var learned = Deviation(_raw.Select(row => scoring.Sum(column => row[column] * _logOdds[column])));
        var largest = scoring.Max(column => Math.Abs(_logOdds[column]));
        Scale = learned <= 0 || largest <= 0 ? 0 : Math.Min(Math.Max(present / learned, LeastLargest / largest), MostPoints / largest);
    }

    /// <summary>The columns that points are given to, in the order of the definition.</summary>
    public IReadOnlyList<CriterionColumn> Columns { get; }

    /// <summary>The column of the first segment.</summary>
    public int FirstSegment { get; }

    /// <summary>Points for one of the log-odds.</summary>
    public double Scale { get; }

    /// <summary>How often the column holds.</summary>
    public int Holding(int column) => _raw.Count(row => row[column] != 0);

    /// <summary>Too few leads have it, or nearly all: nothing is learned of it.</summary>
    public bool IsKnown(int column) => _used.Contains(column);

    public int Points(int column) => (int)Math.Round(_logOdds[column] * Scale, MidpointRounding.AwayFromZero);

    /// <summary>By how much the odds of a good outcome are multiplied where it holds (for an activity: for each), all the others being equal.</summary>
    public double OddsRatio(int column) => Math.Exp(_logOdds[column]);

    /// <summary>The same, looked at alone: where criteria go together it can have the wrong sign, so it is shown and not used.</summary>
    public double OddsRatioAlone(int column)
    {
        double Half(bool holds, bool isGood) => _leads.Where((lead, i) => _raw[i][column] != 0 == holds && lead.IsGood == isGood).Count() + 0.5;
        return Half(true, true) * Half(false, false) / (Half(true, false) * Half(false, true));
    }

    /// <summary>Columns that hold for some leads and not for all; of what is beside the criteria, none that says what another column says.</summary>
    private List<int> Use(int width)
    {
        var met = new HashSet<string>(StringComparer.Ordinal);
        List<int> used = [];
        for (var column = 0; column < width; column++)
        {
            var isCriterion = column < Columns.Count;
            var values = _raw.Select(row => row[column] != 0).ToArray();
            var isNew = met.Add(Segments.Fingerprint(values));
            var holding = values.Count(holds => holds);
            var varies = _raw.Any(row => row[column] != _raw[0][column]);
            if (holding >= LeastHolding && varies && (isCriterion || isNew))
            {
                used.Add(column);
            }
        }

        return used;
    }

    private static double Deviation(IEnumerable<double> values)
    {
        var deviation = MathNet.Numerics.Statistics.Statistics.PopulationStandardDeviation(values);
        return double.IsFinite(deviation) ? deviation : 0;
    }
}
