using System.Text;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Sync.Tests.Runs;

/// <summary>
/// The promise of the loop: kill it anywhere, let the CRM fail anywhere, run it again, and the CRM ends as if nothing had happened, having passed through the same values.
/// A script of changes in the CRM, of verdicts and of clock moves is played twice: undisturbed, and with faults at random calls, each followed by another run at the same instant.
/// </summary>
public sealed class DisturbanceTests
{
    private const int Steps = 14;

    /// <summary>The last three are those of many at which a verdict, given before the first read and not heard in it, was taken for news.</summary>
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40), 94, 386, 396];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_disturbed_loop_ends_as_the_undisturbed_one_and_passes_through_the_same_values(int seed)
    {
        var undisturbed = await PlayAsync(seed, faults: null);
        var disturbed = await PlayAsync(seed, new Random(seed * 7919));

        Assert.Equal(undisturbed.State, disturbed.State);
        Assert.Equal(undisturbed.Sequences, disturbed.Sequences);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task So_it_does_where_streams_are_read_and_batches_written_side_by_side(int seed)
    {
        var undisturbed = await PlayAsync(seed, faults: null);
        var disturbed = await PlayAsync(seed, new Random(seed * 7919), sideBySide: 8);

        Assert.Equal(undisturbed.State, disturbed.State);
        Assert.Equal(undisturbed.Sequences, disturbed.Sequences);
    }

    private static async Task<(string State, string Sequences)> PlayAsync(int seed, Random? faults, int sideBySide = 1)
    {
        var folder = Directory.CreateTempSubdirectory("sync-");
        var file = Path.Combine(folder.FullName, "ledger.db");
        var script = new Random(seed);
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
        var crm = new FakeCrm(clock) { PageSize = 3, BatchSizes = new(3, 100, 2), SideBySide = sideBySide };
        try
        {
            await ConnectAsync(file, clock, crm);
            for (var i = 0; i < 4; i++)
            {
                Change(crm, script, i);
            }

            for (var step = 0; step < Steps; step++)
            {
                clock.Advance(TimeSpan.FromMinutes(1));
                await RunAsync(file, clock, crm, faults);
                clock.Advance(script.Next(4) == 0 ? TimeSpan.FromDays(script.Next(1, 40)) : TimeSpan.FromMinutes(script.Next(1, 90)));
                for (var changes = script.Next(4); changes > 0; changes--)
                {
                    Change(crm, script, step * 10 + changes + 100);
                }
            }

            clock.Advance(TimeSpan.FromMinutes(1));
            await RunAsync(file, clock, crm, faults);
            return (State(crm), Sequences(crm));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ConnectAsync(string file, TimeProvider clock, FakeCrm crm)
    {
        await using var ledger = new SqliteLedger(file, TimeProvider.System);
        await ledger.OpenAsync(default);
        var definition = DefinitionReader.Read(Encoding.UTF8.GetBytes(SyncTest.TestAgreement), "test").Definition!;
        var now = Instant.Now(clock);
        await using var transaction = await ledger.BeginAsync(null, default);
        await transaction.Connections.SaveAsync(
            new ConnectionRow(0, "hub", "hubspot", crm.AccountId) { Mode = ConnectionMode.Live, ProvisionedFingerprint = definition.AgreementFingerprint });
        var version = await transaction.Definitions.AddAsync(definition.AgreementFingerprint, definition.ScoringFingerprint, SyncTest.TestAgreement, now, "test", null);
        await transaction.Definitions.SignAsync(new SignatureRow(version, "marketing", "m", now, definition.AgreementFingerprint));
        await transaction.Definitions.SignAsync(new SignatureRow(version, "sales", "s", now, definition.AgreementFingerprint));
        await transaction.CommitAsync(default);
    }

    /// <summary>One turn of the loop; a disturbed one is repeated at the same instant, each time by a process of its own, until a run ends well.</summary>
    private static async Task RunAsync(string file, TimeProvider clock, FakeCrm crm, Random? faults)
    {
        for (var left = faults?.Next(4) ?? 0; ; left--)
        {
            var calls = left > 0 ? faults!.Next(1, 14) : int.MaxValue;
            var kind = faults?.Next(5) ?? 0;
            void Disturb(string call, bool isBefore)
            {
                // Faults after a call was carried out: no answer, or the end of the process.
                if (isBefore == kind is 0 or 1 && --calls == 0)
                {
                    throw kind switch
                    {
                        0 => new RetriableCrmException("too many requests", TimeSpan.Zero),
                        3 when call == "write" => new UnknownOutcomeException("no answer"),
                        3 => new RetriableCrmException("no answer", TimeSpan.Zero),
                        _ => new ProcessDiedException(),
                    };
                }
            }

            crm.BeforeCall = call => Disturb(call, isBefore: true);
            crm.AfterCall = call => Disturb(call, isBefore: false);
            await using var ledger = new SqliteLedger(file, TimeProvider.System);
            try
            {
                var report = await new SyncRun(ledger, (_, _) => crm, clock).RunAsync(new SyncRequest(), null, default);
                if (left <= 0)
                {
                    Assert.Empty(report.Failures);
                    return;
                }
            }
            catch (ProcessDiedException)
            {
                // The next process goes on.
            }
        }
    }

    private static void Change(FakeCrm crm, Random script, int number)
    {
        var contacts = crm.Contacts.Where(contact => !contact.IsGone).Select(contact => contact.Id).ToList();
        var one = contacts.Count > 0 ? contacts[script.Next(contacts.Count)] : "";
        var what = contacts.Count == 0 ? 0 : script.Next(12);
        switch (what)
        {
            case 0 or 1:
                crm.Add($"c{number}", $"p{number}@company.example", ("job_title", script.Next(2) == 0 ? "Manager" : "Clerk"));
                break;
            case 2 or 3:
                crm.AskForDemo(one);
                break;
            case 4 or 5:
                crm.Visit(one);
                break;
            case 6:
                crm.Say(one, "qualified");
                break;
            case 7:
                crm.Say(one, "rejected", script.Next(2) == 0 ? "no_need" : "");
                break;
            case 8:
                crm.Change(one, contact => contact.Attributes["job_title"] = script.Next(2) == 0 ? "Manager" : "Student");
                break;
            case 9:
                crm.Change(one, contact => contact.OwnerId = script.Next(2) == 0 ? "bob" : null);
                break;
            case 10:
                crm.AddDeal($"d{script.Next(3)}", (DealState)script.Next(3), one);
                break;
            default:
                crm.Change(one, contact => contact.Emails.Add($"shared{script.Next(3)}@private.example"));
                break;
        }
    }

    private static string State(FakeCrm crm) => string.Join('\n', crm.Contacts.Select(contact =>
        $"{contact.Id} {contact.Lifecycle} {string.Join(' ', contact.Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{field.Key}={field.Value}"))}"));

    /// <summary>The values that each field of each record passed through; a value that was written again, because nobody knew that it was there, is the same value.</summary>
    private static string Sequences(FakeCrm crm) => string.Join('\n', crm.Log
        .GroupBy(written => (written.Record, written.Field))
        .OrderBy(field => field.Key.Record, StringComparer.Ordinal)
        .ThenBy(field => field.Key.Field, StringComparer.Ordinal)
        .Select(field => $"{field.Key.Record} {field.Key.Field}: {string.Join(" > ", Changes(field.Select(written => written.Value)))}"));

    private static IEnumerable<string> Changes(IEnumerable<string> values)
    {
        string? before = null;
        foreach (var value in values)
        {
            if (value != before)
            {
                yield return value;
            }

            before = value;
        }
    }
}
