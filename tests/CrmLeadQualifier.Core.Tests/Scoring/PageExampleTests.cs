using System.Text;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Tests.Definitions;

namespace CrmLeadQualifier.Core.Tests.Scoring;

public sealed class PageExampleTests
{
    [Fact]
    public void The_page_s_lead_is_scored_byte_for_byte()
    {
        const string Input = """
            {"id": "L1", "attributes": {"email": "a@acme.fr", "company": "Acme", "employees": 120, "interests": ["crm", "erp"]}, "activities": [{"id": "A1", "kind": "page_view", "at": "2026-11-01T09:30:00Z", "attributes": {"url": "https://x.fr/tarifs"}}]}
            """;
        const string Output = """
            {"id": "L1", "status": "not_yet", "profile": 30, "behaviour": 15, "intent": 0, "total": 45, "grade": "C3", "criteria": {"company_size": 30, "pricing_page": 15}, "adjustments": {}, "excluded_by": [], "missing": [], "next_change_at": "2026-12-01T09:30:00Z"}

            """;
        var definition = Scored.Definition(Examples.Language);
        using var output = new MemoryStream();

        var summary = new LeadFileScorer(ScoringPlan.Compile(definition), definition.Attributes).Score(
            new MemoryStream(Encoding.UTF8.GetBytes(Input)), output, Scored.At(Scored.Now), (_, error) => Assert.Fail(error));

        Assert.Equal(new LeadFileSummary(Scored: 1, Invalid: 0, Problems: 0), summary);
        Assert.Equal(Output, Encoding.UTF8.GetString(output.ToArray()));
    }
}
