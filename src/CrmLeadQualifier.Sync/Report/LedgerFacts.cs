using System.Globalization;
using System.Runtime.InteropServices;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Indicators;
using CrmLeadQualifier.Core.Scoring;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Score;

namespace CrmLeadQualifier.Sync.Report;

/// <summary>
/// The facts of the ledger as of an instant, read in whole sets: one statement for all stages, one for all verdicts, and so on. Leads are called by their ids: names are looked up for
/// the few that a report names.
/// </summary>
/// <remarks>
/// Hundreds of thousands of leads are read at once, the facts of each kind beside those of the others: each kind has a table of its own until all are there, nothing is kept twice, and nothing is
/// sorted that is in order already.
/// </remarks>
internal sealed class LedgerFacts
{
    private readonly ReportInstants _instants;
    private readonly IReadOnlyDictionary<string, string> _owners;
    private readonly IReadOnlyDictionary<string, string> _agreements;
    private readonly Dictionary<long, Numbered<StageChange>[]> _stages = [];
    private readonly Dictionary<long, Numbered<VerdictFact>[]> _verdicts = [];
    private readonly Dictionary<long, DealRow[]> _deals = [];
    private readonly Dictionary<long, Clock[]> _clocks = [];
    private readonly Dictionary<long, StandingRow> _standings = [];
    private readonly HashSet<long> _unconfirmed = [];
    private readonly List<NewLeadGroup> _others = [];
    private readonly List<KnownAttributes> _known = [];

    private LedgerFacts(ReportInstants instants, IReadOnlyDictionary<string, string> owners, IReadOnlyDictionary<string, string> agreements)
    {
        _instants = instants;
        _owners = owners;
        _agreements = agreements;
    }

    /// <param name="definition">Of whose criteria the coverage is asked.</param>
    /// <param name="from">The first instant in which new leads count.</param>
    public static async Task<IndicatorFacts> ReadAsync(ILedgerTransaction transaction, Definition definition, Instant from, Instant to, ReportInstants instants)
    {
        var facts = new LedgerFacts(instants, await OwnersAsync(transaction), await AgreementsAsync(transaction));
        await transaction.Reports.ReadFactsAsync(from, to, instants, new ReportedFactsTaker
        {
            Stage = facts.Take,
            Verdict = row => Add(facts._verdicts, row.LeadId, new Numbered<VerdictFact>(row.Number, row.Verdict)),
            Deal = (lead, deal) => Add(facts._deals, lead, deal),
            HandOver = facts.Take,
            Standing = row => facts._standings[row.LeadId] = row,
            UnconfirmedHandOver = lead => facts._unconfirmed.Add(lead),
            OtherNewLeads = facts._others.Add,
            Known = facts._known.Add,
        });
        return new IndicatorFacts(facts.Histories())
        {
            OtherNewLeads = facts._others,
            Coverage = Coverage(definition, facts._known, await transaction.Connections.ListAsync()),
        };
    }

    /// <summary>How indicators call a lead of the ledger.</summary>
    public static string IdOf(long lead) => lead.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc cref="IdOf"/>
    public static long NumberOf(string id) => long.Parse(id, CultureInfo.InvariantCulture);

    /// <summary>Of each attribute that a criterion asks for: of all leads, then of those with a record on each connection.</summary>
    private static List<AttributeCoverage> Coverage(Definition definition, List<KnownAttributes> known, IReadOnlyList<ConnectionRow> connections)
    {
        var coverage = new List<AttributeCoverage>();
        foreach (var criterion in definition.Criteria)
        {
            foreach (var attribute in CriterionAttributes.Of(criterion).Where(attribute => definition.Attributes.IndexOf(attribute) >= 0))
            {
                coverage.Add(new AttributeCoverage(criterion.Id, attribute, null, Known(attribute, known)));
                coverage.AddRange(connections.Select(connection =>
                    new AttributeCoverage(criterion.Id, attribute, connection.Name, Known(attribute, known.Where(group => group.Connections.Contains(connection.Id))))));
            }
        }

        return coverage;

        static Rate Known(string attribute, IEnumerable<KnownAttributes> groups)
        {
            var (count, of) = (0, 0);
            foreach (var group in groups)
            {
                count += group.Attributes.Contains(attribute) ? group.Count : 0;
                of += group.Count;
            }

            return new Rate(count, of);
        }
    }

    private static void Add<T>(Dictionary<long, T[]> table, long lead, T fact)
    {
        ref var facts = ref CollectionsMarshal.GetValueRefOrAddDefault(table, lead, out _);
        facts = facts is null ? [fact] : [.. facts, fact];
    }

    private void Take(ReportedStage row) => Add(_stages, row.LeadId, new Numbered<StageChange>(row.Number, new StageChange(row.From, row.To, row.At, row.Cause, row.SeenAt)
    {
        Grade = row.Grade,
        Source = row.Source,
        Owner = row.Owner is { } owner ? _owners.GetValueOrDefault(owner, owner) : null,
        Agreement = _agreements.GetValueOrDefault(row.Agreement, row.Agreement),
    }));

    /// <summary>
    /// Of the rows of one hand-over the last stands: for the first contact, which has an instant of its own, the last that was known; for what only has the instant at which we did it, the
    /// last of then.
    /// </summary>
    private void Take(ReportedHandOver row)
    {
        ref var clocks = ref CollectionsMarshal.GetValueRefOrAddDefault(_clocks, row.LeadId, out _);
        var place = clocks is null ? -1 : Array.FindIndex(clocks, clock => clock.MqlAt == row.MqlAt);
        if (place < 0)
        {
            clocks = clocks is null ? [new Clock(row.MqlAt)] : [.. clocks, new Clock(row.MqlAt)];
            place = clocks.Length - 1;
        }

        ref var clock = ref clocks![place];
        if (row.Number > clock.Contact)
        {
            clock = clock with { Contact = row.Number, FirstContactAt = row.FirstContactAt };
        }

        if (row.Number > clock.HandOver && row.SeenAt <= _instants.SeenBy)
        {
            clock = clock with { HandOver = row.Number, HandedOverAt = row.HandedOverAt, DueAt = row.DueAt };
        }
    }

    private List<LeadHistory> Histories()
    {
        var histories = new List<LeadHistory>(_stages.Count);
        foreach (var (lead, stages) in _stages)
        {
            var standing = _standings.GetValueOrDefault(lead);
            var deals = _deals.GetValueOrDefault(lead);
            histories.Add(new LeadHistory(IdOf(lead))
            {
                CreatedAt = standing?.CreatedAt,
                Source = standing?.Source,
                SourceDetail = standing?.SourceDetail,
                Country = standing?.Country,
                Score = standing is null ? null : ScoreOf(standing),
                Stages = InOrder(stages, static stage => stage.At),
                Verdicts = _verdicts.TryGetValue(lead, out var verdicts) ? InOrder(verdicts, static verdict => verdict.At) : [],
                Deals = deals is null ? [] : [.. deals.Where(deal => !ConnectorCopies.IsMirror(deal, deals)).Select(deal => new DealFact(deal.Deal.Id, deal.Deal.CreatedAt, deal.Deal.Outcome, deal.Deal.ClosedAt))],
                HandOvers = _clocks.TryGetValue(lead, out var clocks) ? HandOvers(clocks, _unconfirmed.Contains(lead)) : [],
            });
        }

        return histories;
    }

    private static readonly LeadScore InTarget = new() { Status = LeadStatus.NotYet };

    private static LeadScore ScoreOf(StandingRow standing) => standing.Status == LeadStatus.NotYet ? InTarget : new()
    {
        Status = standing.Status,
        ExcludedBy = standing.Status == LeadStatus.Excluded ? standing.Because : [],
        Missing = standing.Status == LeadStatus.Unscorable ? standing.Because : [],
    };

    /// <summary>In the order of their instants; of one instant in that of their being added.</summary>
    private static T[] InOrder<T>(Numbered<T>[] rows, Func<T, Instant> at)
    {
        Array.Sort(rows, (a, b) => at(a.Fact) != at(b.Fact) ? at(a.Fact).CompareTo(at(b.Fact)) : a.Number.CompareTo(b.Number));
        return Array.ConvertAll(rows, static row => row.Fact);
    }

    /// <summary>A hand-over counts once its write is confirmed; one that is not is the lead's latest.</summary>
    private HandOverFact[] HandOvers(Clock[] clocks, bool isUnconfirmed)
    {
        var latest = clocks.Max(clock => clock.MqlAt);
        return [.. clocks
            .Where(clock => clock.HandedOverAt <= _instants.SeenBy && !(isUnconfirmed && clock.MqlAt == latest))
            .Select(clock => new HandOverFact(clock.MqlAt, clock.HandedOverAt, clock.DueAt, clock.FirstContactAt))];
    }

    /// <summary>Owners' names by the CRM's ids; the address where there is no name.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> OwnersAsync(ILedgerTransaction transaction)
    {
        var names = new Dictionary<string, string>();
        foreach (var connection in await transaction.Connections.ListAsync())
        {
            foreach (var owner in await transaction.Records.OwnersAsync(connection.Id))
            {
                if ((owner.Name is { Length: > 0 } name ? name : owner.Email) is { Length: > 0 } called)
                {
                    names.TryAdd(owner.ExternalId, called);
                }
            }
        }

        return names;
    }

    /// <summary>Versions by the agreement's fingerprint.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> AgreementsAsync(ILedgerTransaction transaction) => (await transaction.Definitions.ListAsync())
        .GroupBy(row => row.AgreementFingerprint)
        .ToDictionary(same => same.Key, same => string.Create(CultureInfo.InvariantCulture, $"{same.Last().Version}"));

    /// <param name="Number">In the order in which they were added.</param>
    private readonly record struct Numbered<T>(long Number, T Fact);

    /// <param name="HandOver">The number of the row that hand-over and due time are of.</param>
    /// <param name="Contact">That of the row that the first contact is of.</param>
    private readonly record struct Clock(Instant MqlAt, long HandOver = 0, Instant? HandedOverAt = null, Instant? DueAt = null, long Contact = 0, Instant? FirstContactAt = null);
}
