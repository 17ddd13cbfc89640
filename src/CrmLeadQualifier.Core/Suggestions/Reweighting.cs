using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

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

    /// <summary>The 99.9th percentile of chi squared with one degree of freedom.</summary>
    private static readonly double LikelihoodRatio = ChiSquared.InvCDF(1, 0.999);

    private readonly List<double[]> _raw;
    private readonly List<JudgedLead> _leads;
    private readonly double[] _units;
    private readonly List<int> _used;
    private readonly double[] _logOdds;

    /// <param name="leads">Those to learn from, none of them unscorable or excluded.</param>
    /// <param name="segments">Parts of <paramref name="leads"/> that no criterion asks for: each a column beside the criteria's, if it explains what they do not.</param>
    public Reweighting(Definition definition, List<JudgedLead> leads, IReadOnlyList<Segment> segments)
    {
        var columns = new CriterionColumns(definition);
        _leads = leads;
        Columns = columns.All;
        _raw = [.. leads.Select((lead, i) => (double[])[.. columns.Of(lead.Facts, lead.At), .. segments.Select(segment => segment.Members[i] ? 1.0 : 0.0)])];
        var width = Columns.Count + segments.Count;

        // Faded counts are brought to about the size of yes and no: one penalty for all.
        _units = [.. Enumerable.Range(0, width).Select(column => column < Columns.Count && Columns[column].Criterion is ActivityCriterion ? Math.Max(1, 2 * Deviation(_raw.Select(row => row[column]))) : 1)];
        _used = [.. Enumerable.Range(0, width).Where(IsWorthLookingAt)];
        var model = Fit();
        _logOdds = new double[width];
        for (var place = 0; place < _used.Count; place++)
        {
            _logOdds[_used[place]] = model.Coefficients[place] / _units[_used[place]];
        }

        var plan = ScoringPlan.Compile(definition);
        var present = Deviation(leads.Select(lead => (double)plan.Score(lead.Facts, lead.At, findNextChange: false).Total));
        var learned = Deviation(_raw.Select(row => _used.Sum(column => row[column] * _logOdds[column])));
        var largest = _logOdds.Max(Math.Abs);
        Scale = learned <= 0 || largest <= 0 ? 0 : Math.Min(Math.Max(present / learned, LeastLargest / largest), MostPoints / largest);
    }

    /// <summary>The columns that points are given to, in the order of the definition.</summary>
    public IReadOnlyList<CriterionColumn> Columns { get; }

    /// <summary>Points for one of the log-odds.</summary>
    public double Scale { get; }

    /// <summary>How often the column holds.</summary>
    public int Holding(int column) => _raw.Count(row => row[column] != 0);

    /// <summary>False: nobody has it, or all, or it explains nothing that the others do not.</summary>
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

    /// <summary>A criterion that few leads have is held near nothing by the penalty; one that held for nobody yet keeps its points.</summary>
    private bool IsWorthLookingAt(int column) => _raw.Any(row => row[column] != _raw[0][column]) && (column < Columns.Count || Holding(column) >= Segments.Least);

    /// <summary>All criteria, and the segments without which what happened would be much less likely (likelihood ratio test, each left out alone, p 0.001).</summary>
    private LogisticModel Fit()
    {
        var rows = Rows();
        var model = RidgeLogistic.FitBest(rows, _used.Count);
        var all = RidgeLogistic.Objective(model, rows);
        List<int> superfluous = [];
        foreach (var column in _used.Where(column => column >= Columns.Count).ToList())
        {
            _used.Remove(column);
            var without = Rows();
            if (2 * (all - RidgeLogistic.Objective(RidgeLogistic.Fit(without, _used.Count, model.Lambda), without)) < LikelihoodRatio)
            {
                superfluous.Add(column);
            }

            _used.Add(column);
            _used.Sort();
        }

        if (superfluous.Count == 0)
        {
            return model;
        }

        _used.RemoveAll(superfluous.Contains);
        return RidgeLogistic.FitBest(Rows(), _used.Count);
    }

    private List<ModelRow> Rows() => [.. _raw.Select((row, i) =>
    {
        var places = Enumerable.Range(0, _used.Count).Where(place => row[_used[place]] != 0).ToArray();
        return new ModelRow(places, [.. places.Select(place => row[_used[place]] / _units[_used[place]])], _leads[i].IsGood);
    })];

    private static double Deviation(IEnumerable<double> values)
    {
        var deviation = Statistics.PopulationStandardDeviation(values);
        return double.IsFinite(deviation) ? deviation : 0;
    }
}
