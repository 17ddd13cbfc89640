using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class DecidingFactsTests
{
    [Fact]
    public void Exclusions_required_attributes_and_the_criteria_that_the_threshold_names_decide_and_nothing_else_does()
    {
        var definition = DefinitionReader.Read(Encoding.UTF8.GetBytes("""
            definition: Deciding
            schema: 1
            requires: [company]
            profile:
              criteria:
                - { id: named, label: Named, points: 30, if: { all: [ { job_title: a }, { none: [ { department: b } ] } ] } }
                - { id: only_points, label: Only points, points: 30, if: { industry: c } }
            intent:
              criteria:
                - { id: demo, label: Demo, on: form_submission, points: 60, if: { country: d } }
                - { id: pages, label: Pages, on: page_view, distinct_by: url, points: 5 }
                - { id: chat, label: Chat, on: chat, points: 60 }
            exclusions:
              - { id: free, label: Free, if: { email_domain: gmail.com }, unless: { on: meeting, within: 60d } }
              - { id: gone, label: Gone, on: unsubscribe }
              - { id: press, label: Press, on: form_submission, where: { form: press } }
            mql: { when: { any: [ { criterion.named: { at_least: 1 } }, { criterion.demo: { at_least: 1 }, criterion.pages: { at_least: 1 }, total: { at_least: 60 } } ] } }
            """), "test").Definition!;

        var deciding = DecidingFacts.Of(definition);

        Assert.Equal(["company", "country", "department", "email", "job_title"], deciding.Attributes.Order());
        Assert.Equal(["form_submission", "meeting", "page_view", "unsubscribe"], deciding.Kinds.Order());
        Assert.Equal(["form_submission", "page_view"], deciding.KindsByDetail.Order());
    }
}
