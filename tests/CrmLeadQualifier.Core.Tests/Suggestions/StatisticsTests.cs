using CrmLeadQualifier.Core.Suggestions;

namespace CrmLeadQualifier.Core.Tests.Suggestions;

public sealed class StatisticsTests
{
    /// <summary>Expected values by counting all tables with integers.</summary>
    [Theory]
    [InlineData(3, 4, 4, 8, 34.0 / 70)]
    [InlineData(8, 9, 9, 16, 0.0087412587412587)]
    [InlineData(0, 20, 0, 40, 1.0)]
    [InlineData(5, 5, 5, 5, 1.0)]
    public void Fisher_s_test_is_exact(int hits, int part, int allHits, int all, double expected) =>
        Assert.Equal(expected, FisherExact.TwoSided(hits, part, allHits, all), 0.0001);

    [Fact]
    public void Many_tests_raise_the_bar_as_Benjamini_and_Hochberg_say()
    {
        double[] q = FalseDiscoveryRate.Adjust([0.01, 0.04, 0.03, 0.005, 0.5]);

        double[] expected = [0.025, 0.05, 0.05, 0.025, 0.5];
        Assert.All(expected.Zip(q), pair => Assert.Equal(pair.First, pair.Second, 1e-12));
    }
}
