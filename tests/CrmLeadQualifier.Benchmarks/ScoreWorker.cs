using System.Diagnostics;
using System.Globalization;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Benchmarks;

/// <summary>
/// A process that scores when it is told to: for each line of its input, which names a ledger, all leads that are due there under the agreement in force, by the true stage. It answers
/// how many it scored, its seconds of CPU, the most memory it had and how much it made in all, in MB, and its seconds of collecting garbage.
/// </summary>
internal static class ScoreWorker
{
    private static readonly HashSet<long> NoHistory = [];

    public static async Task<int> RunAsync(TextReader input, TextWriter output)
    {
        var line = await input.ReadLineAsync();
        while (line is not null)
        {
            await using var ledger = new PostgresLedger(line, TimeProvider.System);
            await ledger.OpenAsync(default);
            var (cpu, made, paused) = (Process.GetCurrentProcess().TotalProcessorTime, GC.GetTotalAllocatedBytes(), GC.GetTotalPauseDuration());
            AgreementInForce agreement;
            await using (var transaction = await ledger.BeginReadAsync(default))
            {
                agreement = await AgreementInForce.ReadAsync(transaction) ?? throw new InvalidOperationException("no agreement is in force");
            }

            var scored = await new ScoreStage(ledger, agreement, BenchmarkPeople.Now, "benchmark", NoHistory, handover: null, progress: null).RunAsync(default);
            using var self = Process.GetCurrentProcess();
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{scored} {(self.TotalProcessorTime - cpu).TotalSeconds} {self.PeakWorkingSet64 / 1_048_576} {(GC.GetTotalAllocatedBytes() - made) / 1_048_576} {(GC.GetTotalPauseDuration() - paused).TotalSeconds}"));
            await output.FlushAsync();

            // The connections stay until the next one: the server's own account of them is read meanwhile.
            line = await input.ReadLineAsync();
        }

        return 0;
    }
}
