using CrmLeadQualifier.Core.Lifecycle;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

public sealed class OverdueTextTests
{
    [Fact]
    public void English_and_French_say_when_by_the_agreements_clocks()
    {
        var english = new OverdueText(Agreement.OneStep, Agreement.At("2026-11-23T09:30:00Z"), Agreement.At("2026-11-24T08:05:00Z"));
        Assert.Equal("Lead to answer, overdue since 24 Nov at 09:05", english.Subject);
        Assert.Equal("Marketing handed this lead over on 23 Nov at 10:30; first contact was due by 24 Nov at 09:05 (Europe/Paris). Get in touch, or give your verdict.", english.Body);
        Assert.Equal("Overdue: a lead of Ann Roy, handed over on 23 Nov at 10:30, was due for a first contact by 24 Nov at 09:05 (Europe/Paris).", english.Message("Ann Roy", false));
        Assert.EndsWith("(This may be a repeat: the program stopped while it was sending it.)", english.Message(null, true));

        var french = new OverdueText(Agreement.French, Agreement.At("2026-11-23T09:30:00Z"), Agreement.At("2026-12-01T08:05:00Z"));
        Assert.Equal("Lead à traiter, en retard depuis le 1er déc. à 09:05", french.Subject);
        Assert.Equal(
            "En retard\u00A0: un lead attribué à Ann Roy, transmis le 23 nov. à 10:30, attendait un premier contact au plus tard le 1er déc. à 09:05 (Europe/Paris).", french.Message("Ann Roy", false));
    }
}
