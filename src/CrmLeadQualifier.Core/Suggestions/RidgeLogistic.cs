using MathNet.Numerics;
using MathNet.Numerics.LinearAlgebra;

namespace CrmLeadQualifier.Core.Suggestions;

/// <summary>
/// Logistic regression with a ridge penalty on every coefficient but the intercept: the model that maximises the log-likelihood minus half of lambda times the sum of the squared
/// coefficients (S. le Cessie and J. C. van Houwelingen, "Ridge estimators in logistic regression", Applied Statistics 41, 1992). Newton's method; the linear systems by
/// MathNet.Numerics. What a criterion carries is what it carries <i>beside</i> the others: that is what keeps a confounded one from getting the wrong sign.
/// </summary>
internal static class RidgeLogistic
{
    private const int MostSteps = 50;
    private const double Precise = 1e-8;
    private const int Folds = 5;

    /// <summary>Cross-validation on more rows chooses no better and takes longer.</summary>
    private const int MostRowsToChoose = 20_000;

    private static readonly double[] Lambdas = [0.3, 1, 3, 10, 30, 100, 300];

    /// <summary>Chooses lambda by five-fold cross-validation of the log-likelihood (row i is in fold i mod 5), and fits all rows with it.</summary>
    public static LogisticModel FitBest(IReadOnlyList<ModelRow> rows, int columns)
    {
        var some = rows.Count <= MostRowsToChoose ? rows : [.. Enumerable.Range(0, MostRowsToChoose).Select(i => rows[(int)((long)i * rows.Count / MostRowsToChoose)])];
        var best = Lambdas.MaxBy(lambda => Enumerable.Range(0, Folds).Sum(fold =>
        {
            var model = Fit([.. some.Where((_, i) => i % Folds != fold)], columns, lambda);
            return some.Where((_, i) => i % Folds == fold).Sum(row => LogLikelihood(model.LogOdds(row), row.IsGood));
        }));
        return Fit(rows, columns, best);
    }

    public static LogisticModel Fit(IReadOnlyList<ModelRow> rows, int columns, double lambda)
    {
        var good = rows.Count(row => row.IsGood);
        var start = Vector<double>.Build.Dense(columns + 1);
        start[columns] = Math.Log((good + 0.5) / (rows.Count - good + 0.5));
        var model = new LogisticModel(start, lambda);
        var value = Objective(model, rows);
        for (var step = 0; step < MostSteps; step++)
        {
            var (gradient, curvature) = Derivatives(model, rows);
            var direction = curvature.Cholesky().Solve(gradient);
            var size = 1.0;
            var next = new LogisticModel(model.Coefficients + direction, lambda);
            var nextValue = Objective(next, rows);
            for (; nextValue < value && size > 1e-4; size /= 2)
            {
                next = new LogisticModel(model.Coefficients + (size / 2 * direction), lambda);
                nextValue = Objective(next, rows);
            }

            var isDone = nextValue - value < Precise;
            if (nextValue > value)
            {
                (model, value) = (next, nextValue);
            }

            if (isDone)
            {
                break;
            }
        }

        return model;
    }

    /// <summary>The log-likelihood less the penalty.</summary>
    public static double Objective(LogisticModel model, IReadOnlyList<ModelRow> rows)
    {
        var slopes = model.Coefficients.SubVector(0, model.Coefficients.Count - 1);
        return rows.Sum(row => LogLikelihood(model.LogOdds(row), row.IsGood)) - (model.Lambda / 2 * slopes.DotProduct(slopes));
    }

    /// <summary>The gradient of the objective, and its curvature with the sign turned: symmetric and positive definite.</summary>
    private static (Vector<double> Gradient, Matrix<double> Curvature) Derivatives(LogisticModel model, IReadOnlyList<ModelRow> rows)
    {
        var intercept = model.Coefficients.Count - 1;
        var gradient = -model.Lambda * model.Coefficients;
        gradient[intercept] = 0;
        var curvature = Matrix<double>.Build.DenseDiagonal(intercept + 1, model.Lambda);
        curvature[intercept, intercept] = 0;
        foreach (var row in rows)
        {
            var probability = SpecialFunctions.Logistic(model.LogOdds(row));
            var residual = (row.IsGood ? 1 : 0) - probability;
            var weight = probability * (1 - probability);
            gradient[intercept] += residual;
            curvature[intercept, intercept] += weight;
            for (var a = 0; a < row.Places.Length; a++)
            {
                var (place, weighted) = (row.Places[a], weight * row.Values[a]);
                gradient[place] += residual * row.Values[a];
                curvature[place, intercept] += weighted;
                curvature[intercept, place] += weighted;
                for (var b = 0; b < row.Places.Length; b++)
                {
                    curvature[place, row.Places[b]] += weighted * row.Values[b];
                }
            }
        }

        return (gradient, curvature);
    }

    private static double LogLikelihood(double logOdds, bool isGood)
    {
        var towards = isGood ? logOdds : -logOdds;
        return towards > 0 ? -Math.Log(1 + Math.Exp(-towards)) : towards - Math.Log(1 + Math.Exp(towards));
    }
}

/// <summary>One lead as the model sees it: the columns that are not zero.</summary>
internal sealed record ModelRow(int[] Places, double[] Values, bool IsGood);

/// <param name="Coefficients">Log-odds per unit of each column; the last is the intercept.</param>
internal sealed record LogisticModel(Vector<double> Coefficients, double Lambda)
{
    public double LogOdds(ModelRow row)
    {
        var sum = Coefficients[^1];
        for (var i = 0; i < row.Places.Length; i++)
        {
            sum += Coefficients[row.Places[i]] * row.Values[i];
        }

        return sum;
    }
}
