using System.Diagnostics;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Agreements;

/// <summary>What a version's coming into force will do, told before anybody signs it.</summary>
/// <param name="Rescores">Its scoring fingerprint is not the one in force: everybody is scored again.</param>
/// <param name="Leads">How many leads that is.</param>
/// <param name="Sampled">How many of them were scored for this forecast; fewer than all: the other numbers are carried over from these.</param>
/// <param name="Held">Leads that will be held: qualified by it alone, handed over only when something new happens, or a few a day.</param>
/// <param name="Minutes">Scoring and writing together.</param>
public sealed record ForecastReport(bool Rescores, int Leads, int Sampled, int Held, double Minutes, IReadOnlyList<ConnectionForecast> Connections, IReadOnlyList<CriterionFacts> Facts);

/// <param name="Mode">What the connection may write now: in <c>observe</c> and <c>paused</c> nothing, until that changes.</param>
public sealed record ConnectionForecast(string Name, ConnectionMode Mode, int RecordsToWrite, int Calls);

/// <param name="Criterion">A criterion's or an exclusion's id.</param>
/// <param name="Because">What is missing; null: nothing.</param>
public sealed record CriterionFacts(string Criterion, string Connection, FactsAvailable Available, string? Because);

public enum FactsAvailable
{
    Complete,
    Partial,
    NotAvailable,
}

/// <summary>
/// Rehearses a version's coming into force on the ledger as it is: every lead is scored and decided as it will be, batch by batch, and nothing is kept. Of very many leads the first
/// ones stand for all.
/// </summary>
public sealed class Forecast(ILedger ledger, OpenCrm openCrm, TimeProvider clock)
{
    /// <summary>More are not scored for a forecast: it is to be there while somebody waits for it.</summary>
    public const int MostSampled = 20_000;

    /// <summary>A call's time where no run has shown it yet.</summary>
    private const double SecondsPerCall = 0.3;

    private const int RunsLookedAt = 20;

    /// <inheritdoc cref="SyncRun.Handover"/>
    public CrmKind? Handover { get; init; }

    public async Task<ForecastReport> OfAsync(int version, Definition definition, IProgress<RunProgress>? progress, CancellationToken cancellation)
    {
        var at = Instant.Now(clock);
        var candidate = new AgreementInForce(version, definition, ScoringPlan.Compile(definition), at);
        var state = await ReadAsync(candidate, at, cancellation);
        var crms = state.Connections.ToDictionary(connection => connection.Id, connection => openCrm(connection, candidate));
        var facts = new List<CriterionFacts>();
        foreach (var connection in state.Connections)
        {
            facts.AddRange(await new FactsAvailability(definition, connection.Name, crms[connection.Id], state.Refused[connection.Id]).LookAsync(cancellation));
        }

        var writes = state.Connections.ToDictionary(connection => connection.Id, _ => 0);
        var (sampled, held) = (0, 0);
        var elapsed = Stopwatch.StartNew();
        if (state.Rescores)
        {
            var rehearsal = new ScoreStage(ledger, candidate, at, "forecast", new HashSet<long>(), Handover, progress)
            {
                Rehearsal = (leads, records) =>
                {
                    sampled += leads.Count;
                    held += leads.Count(lead => lead.State.IsHeld);
                    foreach (var record in records.Where(record => record.Parked is null && record.Differences().Keys.Any(field => field != RecordRow.RidesAlong)))
                    {
                        writes[record.ConnectionId]++;
                    }

                    return sampled < MostSampled;
                },
            };
            await rehearsal.RunAsync(cancellation);
        }

        var whole = sampled == 0 ? 0 : Math.Max(1, (double)state.Leads / sampled);
        var connections = state.Connections.Select(connection =>
        {
            var records = Scaled(writes[connection.Id], whole);
            var batch = crms[connection.Id].BatchSizes.Write;
            return new ConnectionForecast(connection.Name, connection.Mode, records, (records + batch - 1) / batch);
        }).ToList();
        var seconds = elapsed.Elapsed.TotalSeconds * whole + connections.Sum(connection => connection.Calls * state.SecondsPerCall.GetValueOrDefault(connection.Name, SecondsPerCall));
        return new ForecastReport(state.Rescores, state.Leads, sampled, Scaled(held, whole), Math.Round(seconds / 60, 1), connections, facts);
    }

    private static int Scaled(int count, double whole) => (int)Math.Round(count * whole, MidpointRounding.AwayFromZero);

    private async Task<State> ReadAsync(AgreementInForce candidate, Instant at, CancellationToken cancellation)
    {
        await using var transaction = await ledger.BeginReadAsync(cancellation);
        var connections = await transaction.Connections.ListAsync();
        var refused = new Dictionary<long, IReadOnlySet<string>>();
        foreach (var connection in connections)
        {
            refused[connection.Id] = (await transaction.Cursors.ListAsync(connection.Id)).Where(cursor => cursor.Refusal is not null).Select(cursor => cursor.Stream).ToHashSet();
        }

        var inForce = await AgreementInForce.ReadAsync(transaction);
        var rescores = inForce?.Definition.ScoringFingerprint != candidate.Definition.ScoringFingerprint;
        return new State(
            connections,
            refused,
            rescores,
            rescores ? await transaction.Leads.CountDueAsync(at, candidate.Definition.ScoringFingerprint) : 0,
            PaceOf(await transaction.Runs.ListAsync(RunsLookedAt)));
    }

    /// <summary>How long a call took in the last run that made some, by connection.</summary>
    private static Dictionary<string, double> PaceOf(IReadOnlyList<RunRow> runs)
    {
        var pace = new Dictionary<string, double>();
        foreach (var connection in runs.Where(run => run.Counts is not null).SelectMany(run => JsonNode.Parse(run.Counts!)?["connections"]?.AsArray() ?? []))
        {
            if (connection?["name"]?.GetValue<string>() is { } name && connection["calls"]?.GetValue<long>() is > 0 and var calls && connection["seconds"]?.GetValue<double>() is { } seconds)
            {
                pace.TryAdd(name, seconds / calls);
            }
        }

        return pace;
    }

    private sealed record State(
        IReadOnlyList<ConnectionRow> Connections,
        IReadOnlyDictionary<long, IReadOnlySet<string>> Refused,
        bool Rescores,
        int Leads,
        IReadOnlyDictionary<string, double> SecondsPerCall);
}
