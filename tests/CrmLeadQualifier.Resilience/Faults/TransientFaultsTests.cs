namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>
/// Every transient fault at once, on a tenth of all calls: the portal ends as without faults, every field having passed through the same values; what people edited is
/// all that is left to them, and nobody is handed over twice.
/// </summary>
/// <param name="seed">Of the faults. A class of its own for each: classes run side by side.</param>
public abstract class TransientFaultsTests(int seed)
{
    private const int Contacts = 250;

    /// <summary>Played once, for all seeds.</summary>
    private static readonly Lazy<Task<UndisturbedStory>> Undisturbed = new(UndisturbedStory.TellAsync);

    /// <summary>Those that spoil no single call.</summary>
    private static readonly string[] Lasting = ["search-lag", "ties", "token-rotation", "webhook-disorder", "webhook-duplicates"];

    [Fact]
    public async Task All_of_them_at_ten_in_a_hundred_change_nothing_of_how_it_ends()
    {
        var undisturbed = await Undisturbed.Value;
        using var portal = await FaultyPortal.StartByAppAsync(Contacts);

        var edits = await PlayAsync(portal, seed);

        var met = await portal.FaultsMetAsync();
        var ofCalls = met.Where(fault => !Lasting.Contains(fault.Key)).ToList();
        Assert.True(
            ofCalls.Sum(fault => fault.Value) >= 25 && ofCalls.Count >= 11 && Lasting.All(met.ContainsKey), $"too few faults to mean anything: {string.Join(", ", met)}");
        var histories = await portal.HistoriesAsync();
        AssertSame(undisturbed.Histories, histories, portal.Said);
        FaultyCrm.AssertHandedOverOnce(histories);
        Assert.Equal(edits, await portal.OverridesAsync());
        Assert.Equal(undisturbed.Overrides, edits);
        Assert.Empty(await portal.QuarantineAsync());
    }

    /// <summary>A day's work of a portal: first scores, hand-overs, sales' answers and edits, new activity.</summary>
    /// <param name="seed">Of the faults; null: there are none.</param>
    /// <returns>The edits of our fields that people made.</returns>
    private static async Task<List<string>> PlayAsync(FaultyPortal portal, int? seed)
    {
        await DisturbAsync(0);
        await portal.SyncAsync("2026-11-23T09:30:00Z");
        await portal.SyncAsync("2026-11-23T09:35:00Z");
        await portal.ReleaseAsync("2026-11-23T09:40:00Z");
        await portal.Sandbox.AdvanceAsync("45m");
        await DisturbAsync(1);
        await portal.SyncAsync("2026-11-23T09:50:00Z");
        await portal.Sandbox.AdvanceAsync("15m");

        // People work, and nobody disturbs them.
        await portal.FaultsAsync("");
        var handed = await portal.HandedOverAsync();
        Assert.True(handed.Count >= 12, $"only {handed.Count} were handed over\n{portal.Said}");
        var edits = new List<string>();
        foreach (var contact in handed[..3])
        {
            await portal.EditAsync(contact, new { lq_grade = "Z9" }, "2026-11-23T09:55:00Z");
            edits.Add($"{contact} grade=Z9");
        }

        foreach (var contact in handed[3..6])
        {
            await portal.EditAsync(contact, new { lq_verdict = "rejected", lq_rejection_reason = "no_budget" }, "2026-11-23T09:56:00Z");
        }

        foreach (var contact in handed[6..9])
        {
            await portal.EditAsync(contact, new { lq_verdict = "qualified" }, "2026-11-23T09:57:00Z");
        }

        foreach (var contact in handed[9..12])
        {
            await portal.ActAsync(contact, "page_view", new { url = "https://www.vendor.example/pricing", title = "Pricing" });
        }

        await portal.Sandbox.AdvanceAsync("40m");
        for (var hour = 10; hour < 22; hour++)
        {
            await DisturbAsync(hour);
            await portal.SyncAsync($"2026-11-23T{hour}:40:00Z");
            await portal.Sandbox.AdvanceAsync("1h");
        }

        await portal.FaultsAsync("");
        await portal.SyncAsync("2026-11-23T22:40:00Z");
        return [.. edits.Order(StringComparer.Ordinal)];

        Task DisturbAsync(int part) => seed is { } drawn ? portal.FaultsAsync("transient", 0.1, (drawn * 100) + part) : Task.CompletedTask;
    }

    private static void AssertSame(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual, string said)
    {
        var different = expected.Keys.Union(actual.Keys)
            .Where(key => expected.GetValueOrDefault(key, "") != actual.GetValueOrDefault(key, ""))
            .Select(key => $"{key}: {actual.GetValueOrDefault(key, "nothing")} instead of {expected.GetValueOrDefault(key, "nothing")}").ToList();
        Assert.True(different.Count == 0, $"{different.Count} of {expected.Count} differ:\n{string.Join('\n', different.Take(10))}\n{said}");
    }

    /// <param name="Histories">Of every contact and field of ours, the values that it passed through.</param>
    private sealed record UndisturbedStory(IReadOnlyDictionary<string, string> Histories, IReadOnlyList<string> Overrides)
    {
        public static async Task<UndisturbedStory> TellAsync()
        {
            using var portal = await FaultyPortal.StartAsync(Contacts);
            var edits = await PlayAsync(portal, seed: null);
            var histories = await portal.HistoriesAsync();
            var overrides = await portal.OverridesAsync();
            Assert.Equal(edits, overrides);
            FaultyCrm.AssertHandedOverOnce(histories);
            Assert.Contains(histories, entry => entry.Key.EndsWith(" lq_stage", StringComparison.Ordinal) && entry.Value.EndsWith("mql > recycled", StringComparison.Ordinal));
            Assert.Contains(histories, entry => entry.Key.EndsWith(" lq_stage", StringComparison.Ordinal) && entry.Value.EndsWith("mql > sql", StringComparison.Ordinal));
            return new UndisturbedStory(histories, overrides);
        }
    }
}

public sealed class TransientFaultsOfSeed1() : TransientFaultsTests(1);

public sealed class TransientFaultsOfSeed2() : TransientFaultsTests(2);

public sealed class TransientFaultsOfSeed3() : TransientFaultsTests(3);

public sealed class TransientFaultsOfSeed4() : TransientFaultsTests(4);

public sealed class TransientFaultsOfSeed5() : TransientFaultsTests(5);
