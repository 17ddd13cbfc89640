using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Conformance.HubSpotClient;

/// <summary>Contacts as real portals have them, through the sandbox's executable to our client.</summary>
public sealed class HostileContactsTests
{
    [Fact]
    public async Task Texts_come_through_as_they_are_and_no_contact_is_lost()
    {
        var text = new string('x', 60_000);
        var file = Path.Combine(Path.GetTempPath(), $"hostile-{Environment.ProcessId}.jsonl");
        await File.WriteAllLinesAsync(file,
        [
            """{"id":"1","attributes":{"email":"one@example.org","first_name":"Zoë 🚀 \u0007\u0001","last_name":"A\ud800B","company":"\"; DROP\\ <b>&amp;"}}""",
            """{"id":"2","attributes":{"first_name":"Nobody"}}""",
            """{"id":"3","attributes":{"email":"three@example.org","job_title":"TEXT"}}""".Replace("TEXT", text),
            """{"id":"4","attributes":{"email":"four@example.org","city":"  نص عربي\n两行  ","postal_code":"01000","opted_out":true}}""",
        ]);
        try
        {
            await using var sandbox = await SandboxProcess.StartAsync("--leads", file, "--rate-limits", "off");
            using var crm = sandbox.Client();
            var records = (await crm.ReadPageAsync(new PageRequest("contacts", null, null), default)).Content.Records;
            Assert.Equal(4, records.Count);
            var one = records.Single(record => record.Emails.Contains("one@example.org"));
            Assert.Equal("Zoë 🚀 \u0007\u0001", one.Attributes["first_name"]);
            Assert.Equal("A\uFFFDB", one.Attributes["last_name"]);
            Assert.Equal("\"; DROP\\ <b>&amp;", one.Attributes["company"]);
            Assert.Empty(records.Single(record => record.Attributes.GetValueOrDefault("first_name") == "Nobody").Emails);
            Assert.Equal(text, records.Single(record => record.Emails.Contains("three@example.org")).Attributes["job_title"]);
            var four = records.Single(record => record.Emails.Contains("four@example.org"));
            Assert.Contains("نص عربي\n两行", four.Attributes["city"]);
            Assert.Equal(("01000", "true"), (four.Attributes["postal_code"], four.Attributes["opted_out"]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Limits_are_kept_without_a_single_refusal()
    {
        await using var sandbox = await SandboxProcess.StartAsync("--contacts", "50", "--rate-limits", "100");
        using var crm = sandbox.Client();
        await crm.GetAccountAsync(default);
        await Task.WhenAll(Enumerable.Range(0, 140).Select(i => i % 14 == 0
            ? crm.ReadPageAsync(new PageRequest("notes", new ChangeWindow(new(0), new(1)), null), default)
            : (Task)crm.GetAccountAsync(default)));
        Assert.Equal(0, crm.Calls.Refused);
        Assert.Equal(141, crm.Calls.Sent);
    }
}
