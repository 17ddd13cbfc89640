namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>Faults that stay until somebody acts: what is refused is said and set aside, everything else goes on. A class for each kind of them: classes run side by side.</summary>
public abstract class PermanentFaultsTests
{
    protected const int Contacts = 80;
    protected const string First = "2026-11-23T09:30:00Z";
    protected const string Second = "2026-11-23T10:30:00Z";
    protected const string Third = "2026-11-23T11:30:00Z";

    protected static async Task AssertAllWrittenAsync(FaultyPortal portal) =>
        Assert.All(await portal.Sandbox.ContactsAsync("lq_stage"), contact =>
            Assert.False(string.IsNullOrEmpty(contact.Value["lq_stage"]?.GetValue<string>()), $"{contact.Key} has no stage\n{portal.Said}"));

    protected static async Task AssertNothingWrittenAsync(FaultyPortal portal) =>
        Assert.All((await portal.Sandbox.ContactsAsync("lq_stage")).Values, contact => Assert.True(string.IsNullOrEmpty(contact["lq_stage"]?.GetValue<string>())));
}
