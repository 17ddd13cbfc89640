using CrmLeadQualifier.Core.Definitions;
using MathNet.Numerics.LinearAlgebra;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>Whether the criteria of a definition, together, already say who is in a segment: then other points are the answer, not another criterion.</summary>
internal sealed class SaidByCriteria
{
    /// <summary>Said is what a linear regression on all columns explains at least half of (R squared).</summary>
    private const double Said = 0.5;

    /// <summary>Keeps the system solvable where columns say the same.</summary>
    private const double Small = 1e-3;

    private readonly List<double[]> _rows;
    private readonly Matrix<double> _gram;

    public SaidByCriteria(Definition definition, IReadOnlyList<JudgedLead> leads)
    {
        var columns = new CriterionColumns(definition);
        _rows = [.. leads.Select(lead => (double[])[.. columns.Of(lead.Facts, lead.At), 1])];
        _gram = Matrix<double>.Build.DenseDiagonal(columns.All.Count + 1, Small);
        foreach (var row in _rows)
        {
            for (var a = 0; a < row.Length; a++)
            {
                for (var b = 0; row[a] != 0 && b < row.Length; b++)
                {
                    _gram[a, b] += row[a] * row[b];
                }
            }
        }
    }

    public bool Says(Segment segment)
    {
        var products = Vector<double>.Build.Dense(_gram.RowCount);
        for (var i = 0; i < _rows.Count; i++)
        {
            for (var a = 0; segment.Members[i] && a < products.Count; a++)
            {
                products[a] += _rows[i][a];
            }
        }

        var fitted = _gram.Cholesky().Solve(products);
        var mean = (double)segment.Count / _rows.Count;
        var explained = fitted.DotProduct(products) - (_rows.Count * mean * mean);
        return explained >= Said * _rows.Count * mean * (1 - mean);
    }
}
