using CrmLeadQualifier.Sync.Inspect;

namespace CrmLeadQualifier.Sync.Tests.Inspect;

public sealed class ExplanationTests : SyncTest
{
    [Fact]
    public async Task A_lead_is_explained_by_its_address_with_every_fact_and_every_write()
    {
        await NewMqlAsync();
        var explanation = await Explain.ByEmailAsync(Ledger, "PERSON1@company.example", default);

        Assert.NotNull(explanation);
        Assert.Equal(["Records", "Attributes", "Activities", "Deals", "Criteria", "Stages", "Hand-overs", "Verdicts", "Notes", "Writes"], explanation.Sections.Select(section => section.Title));
        Assert.All(explanation.Sections, section => Assert.All(section.Rows, row => Assert.Equal(section.Columns.Count, row.Count)));
        Assert.NotEmpty(explanation.Sections.Single(section => section.Title == "Writes").Rows);
        Assert.Single(explanation.Sections.Single(section => section.Title == "Stages").Rows);
    }

    [Fact]
    public async Task Nobody_is_explained_by_an_address_that_nobody_has()
    {
        await NewMqlAsync();

        Assert.Null(await Explain.ByEmailAsync(Ledger, "nobody@company.example", default));
    }
}
