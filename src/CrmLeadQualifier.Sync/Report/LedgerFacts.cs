using System.Globalization;
using System.Text.Json;
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
internal sealed class LedgerFacts
{
    private readonly AgreementCalendar _calendar;
    private readonly IReadOnlyDictionary<string, string> _owners;
    private readonly IReadOnlyDictionary<string, string> _agreements;
    private readonly Dictionary<long, Rows> _leads = [];

    private LedgerFacts(AgreementCalendar calendar, IReadOnlyDictionary<string, string> owners, IReadOnlyDictionary<string, string> agreements)
    {
        _calendar = calendar;
        _owners = owners;
        _agreements = agreements;
    }

    /// <param name="from">The first instant in which new leads count.</param>
    public static async Task<IndicatorFacts> ReadAsync(ILedgerTransaction transaction, AgreementCalendar calendar, Instant from, Instant to, ReportInstants instants)
    {
        var facts = new LedgerFacts(calendar, await OwnersAsync(transaction), await AgreementsAsync(transaction));
        await facts.ReadAsync(transaction.Reports, instants);
        return new IndicatorFacts(facts.Histories())
        {
            OtherNewLeads = await transaction.Reports.OtherNewLeadsAsync(from, to, instants),
        };
    }

    public static string IdOf(long lead) => lead.ToString(CultureInfo.InvariantCulture);

    private async Task ReadAsync(IReportRows rows, ReportInstants instants)
    {
        foreach (var stage in await rows.StagesAsync(instants))
        {
            Of(stage.LeadId).Stages.Add(stage.Change with
            {
                Owner = stage.Change.Owner is { } owner ? _owners.GetValueOrDefault(owner, owner) : null,
                Agreement = _agreements.GetValueOrDefault(stage.Change.Agreement ?? "", stage.Change.Agreement ?? ""),
            });
        }

        foreach (var standing in await rows.StandingsAsync(instants))
        {
            Of(standing.LeadId).Standing = standing;
        }

        foreach (var verdict in await rows.VerdictsAsync(instants))
        {
            Of(verdict.LeadId).Verdicts.Add(verdict.Verdict);
        }

        foreach (var (lead, deal) in await rows.DealsAsync(instants))
        {
            Of(lead).Deals.Add(deal);
        }

        foreach (var clock in await rows.ClocksAsync(instants))
        {
            if (_leads.TryGetValue(clock.LeadId, out var lead))
            {
                lead.Clocks.Add(clock);
            }
        }

        foreach (var contact in await rows.ContactsAsync(instants))
        {
            if (IsOfUser(contact))
            {
                Of(contact.LeadId).Contacts.Add(new ContactAct(contact.At, contact.IsDayOnly));
            }
        }
    }

    private Rows Of(long lead)
    {
        if (!_leads.TryGetValue(lead, out var rows))
        {
            _leads[lead] = rows = new Rows();
        }

        return rows;
    }

    private List<LeadHistory> Histories()
    {
        var histories = new List<LeadHistory>(_leads.Count);
        foreach (var (lead, rows) in _leads)
        {
            histories.Add(new LeadHistory(IdOf(lead))
            {
                CreatedAt = rows.Standing?.CreatedAt,
                Source = rows.Standing?.Source,
                SourceDetail = rows.Standing?.SourceDetail,
                Country = rows.Standing?.Country,
                Score = rows.Standing is { } standing ? ScoreOf(standing) : null,
                Stages = rows.Stages,
                Verdicts = rows.Verdicts,
                Deals = rows.Deals.Count == 0 ? [] : [.. rows.Deals.Where(deal => !ConnectorCopies.IsMirror(deal, rows.Deals)).Select(deal => new DealFact(deal.Deal.Id, deal.Deal.CreatedAt, deal.Deal.Outcome, deal.Deal.ClosedAt))],
                HandOvers = rows.Clocks.Count == 0 ? [] : HandOvers(rows),
            });
        }

        return histories;
    }

    private static LeadScore ScoreOf(StandingRow standing) => new()
    {
        Status = standing.Status,
        ExcludedBy = standing.Status == LeadStatus.Excluded ? standing.Because : [],
        Missing = standing.Status == LeadStatus.Unscorable ? standing.Because : [],
    };

    /// <summary>
    /// A hand-over is an instant written to a record. It was when the batch that first carried it was committed as sent, a resend keeps that, and it counts once one was confirmed. It
    /// belongs to the latest MQL transition before it.
    /// </summary>
    /// <remarks>Hundreds of thousands of leads are read at once: nothing is sorted or grouped that is in order already.</remarks>
    private List<HandOverFact> HandOvers(Rows rows)
    {
        var facts = new List<HandOverFact>(1);
        for (var i = 0; i < rows.Clocks.Count; i++)
        {
            var clock = rows.Clocks[i];
            if (!clock.IsDue && !IsResent(rows.Clocks, i) && IsConfirmed(rows.Clocks, i) && LatestMql(rows.Stages, clock.SentAt) is { } mql && (facts.Count == 0 || facts[^1].MqlAt != mql))
            {
                facts.Add(new HandOverFact(mql, clock.SentAt, null, null));
            }
        }

        for (var i = 0; i < facts.Count; i++)
        {
            var at = facts[i].HandedOverAt!.Value;
            Instant? next = i + 1 < facts.Count ? facts[i + 1].HandedOverAt : null;
            facts[i] = facts[i] with { DueAt = Due(rows.Clocks, at, next), FirstContactAt = ContactAfterHandOver.First(at, next, rows.Contacts, _calendar) };
        }

        return facts;
    }

    private static bool IsResent(List<ReportedClock> clocks, int place)
    {
        for (var i = 0; i < place; i++)
        {
            if (!clocks[i].IsDue && clocks[i].Written == clocks[place].Written)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsConfirmed(List<ReportedClock> clocks, int first)
    {
        for (var i = first; i < clocks.Count; i++)
        {
            if (!clocks[i].IsDue && clocks[i].IsConfirmed && clocks[i].Written == clocks[first].Written)
            {
                return true;
            }
        }

        return false;
    }

    private static Instant? LatestMql(List<StageChange> stages, Instant by)
    {
        Instant? latest = null;
        foreach (var stage in stages)
        {
            if (stage.IsNewMql && stage.At <= by && stage.SeenAt <= by && !(latest >= stage.At))
            {
                latest = stage.At;
            }
        }

        return latest;
    }

    private static Instant? Due(List<ReportedClock> clocks, Instant handedOverAt, Instant? next)
    {
        string? due = null;
        foreach (var clock in clocks)
        {
            due = clock.IsDue && clock.IsConfirmed && clock.SentAt >= handedOverAt && !(clock.SentAt >= next) ? clock.Written : due;
        }

        return due is not null && Instant.TryRead(due, out var at) ? at : null;
    }

    /// <summary>An incoming call is none of ours; the other kinds are kept only where a user did them.</summary>
    private static bool IsOfUser(ReportedContact contact)
    {
        if (contact.Kind != "call" || !contact.Attributes.Contains("direction", StringComparison.Ordinal))
        {
            return true;
        }

        using var attributes = JsonDocument.Parse(contact.Attributes);
        return !attributes.RootElement.TryGetProperty("direction", out var direction) || direction.GetString()?.Contains("inbound", StringComparison.OrdinalIgnoreCase) != true;
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

    private sealed class Rows
    {
        public StandingRow? Standing { get; set; }

        public List<StageChange> Stages { get; } = [];

        public List<VerdictFact> Verdicts { get; } = [];

        public List<DealRow> Deals { get; } = [];

        public List<ReportedClock> Clocks { get; } = [];

        public List<ContactAct> Contacts { get; } = [];
    }
}
