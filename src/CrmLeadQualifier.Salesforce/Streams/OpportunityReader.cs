using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Mapping;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Streams;

/// <summary>Opportunities and their people: contact roles, the primary contact, and the Leads that were converted into them.</summary>
internal sealed class OpportunityReader(SalesforceMapping mapping, QueryReading queries, ObjectDescriptions descriptions, Organization organization, Currencies currencies)
    : IRowReader
{
    /// <summary>Where the Account is a person: an opportunity on it is that person's, without any contact role.</summary>
    public const string PersonOfAccount = "Account.PersonContactId";

    private const string ConvertedTo = "ConvertedOpportunityId";

    private static readonly CallContext RolesCall = new("the contact roles of opportunities", "opportunities");
    private static readonly CallContext LeadsCall = new("the leads of opportunities", "opportunities");

    public string SObject => "Opportunity";

    public IReadOnlyList<string> Fields { get; } =
        ["IsClosed", "IsWon", "CloseDate", "LastStageChangeDate", "Amount", "CurrencyIsoCode", "CreatedDate", "Type", "ContactId", "RecordType.DeveloperName",
            PersonOfAccount];

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var counted = rows.Where(IsCounted).ToList();
        var people = await PeopleAsync([.. counted.Where(row => !row.IsDeleted).Select(row => row.Id!)], cancellation).ConfigureAwait(false);
        var days = counted.Count > 0 ? await organization.GetDaysAsync(cancellation).ConfigureAwait(false) : default;
        foreach (var row in counted)
        {
            if (row.Time("CreatedDate") is not { } created)
            {
                collector.Unreadable(row.Id!, "no readable CreatedDate");
                continue;
            }

            var state = row.Is("IsWon") ? DealState.Won : row.Is("IsClosed") ? DealState.Lost : DealState.Open;
            IEnumerable<string> onIt = row.IsDeleted ? [] : people[row.Id!].Concat(new[] { row.Get("ContactId"), row.Get(PersonOfAccount) }.OfType<string>());
            Instant? closed = state == DealState.Open ? null : ClosedAt(row, created, days);
            collector.Deals.Add(new CrmDeal(row.Id!, row.Stamp()!.Value, created, state, closed, await AmountAsync(row, cancellation).ConfigureAwait(false))
            {
                // A deleted opportunity is nobody's any more.
                RecordIds = [.. onIt.Where(SalesforceId.IsPerson).Distinct()],
            });
        }
    }

    private static Instant ClosedAt(SalesforceRow row, Instant created, OrgDays days)
    {
        var closed = row.Time("CloseDate") is { } day ? days.Of(day, row.Time("LastStageChangeDate")).At
            : row.Time("LastStageChangeDate") ?? row.Stamp()!.Value;

        // The day of closing begins before what was created on it.
        return Instant.Latest(created, closed);
    }

    /// <summary>In the corporate currency, at the rate of the reading; one of several currencies without a rate is not comparable, and left out.</summary>
    private async Task<decimal?> AmountAsync(SalesforceRow row, CancellationToken cancellation) =>
        !decimal.TryParse(row.Get("Amount"), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) ? null
        : row.Get("CurrencyIsoCode") is { } currency ? await currencies.ConvertAsync(amount, currency, cancellation).ConfigureAwait(false)
        : amount;

    private bool IsCounted(SalesforceRow row) =>
        (mapping.OpportunityTypes.Count == 0 || mapping.OpportunityTypes.Contains(row.Get("Type") ?? ""))
        && (mapping.OpportunityRecordTypes.Count == 0 || mapping.OpportunityRecordTypes.Contains(row.Get("RecordType.DeveloperName") ?? ""));

    private async Task<ILookup<string, string>> PeopleAsync(IReadOnlyCollection<string> opportunities, CancellationToken cancellation)
    {
        if (opportunities.Count == 0)
        {
            return Enumerable.Empty<string>().ToLookup(id => id);
        }

        var people = new List<(string Opportunity, string Person)>();
        var roles = await TryAsync(() => queries.ReadByIdsAsync(
            RolesCall, "OpportunityContactRole", ["OpportunityId", "ContactId"], "OpportunityId", opportunities, withDeleted: false, null, cancellation))
            .ConfigureAwait(false);
        people.AddRange(roles.Select(row => (row.Get("OpportunityId") ?? "", row.Get("ContactId") ?? "")));
        var leads = await TryAsync(async () =>
        {
            var isDescribed = (await descriptions.ExistingAsync("Lead", [ConvertedTo], "opportunities", cancellation).ConfigureAwait(false)).Count > 0;
            return isDescribed
                ? await queries.ReadByIdsAsync(LeadsCall, "Lead", ["Id", ConvertedTo], ConvertedTo, opportunities, withDeleted: false, null, cancellation)
                    .ConfigureAwait(false)
                : [];
        }).ConfigureAwait(false);
        people.AddRange(leads.Select(row => (row.Get(ConvertedTo) ?? "", row.Id ?? "")));
        return people.ToLookup(pair => pair.Opportunity, pair => pair.Person);
    }

    /// <summary>An opportunity still tells how it stands where our user may not see who is on it.</summary>
    private static async Task<IReadOnlyList<SalesforceRow>> TryAsync(Func<Task<IReadOnlyList<SalesforceRow>>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is StreamRefusedException or StaleDescriptionException)
        {
            return [];
        }
    }
}

/// <summary>Contact roles that changed: adding one does not touch its opportunity, so that those are read again.</summary>
internal sealed class ContactRoleReader : IRowReader
{
    public string SObject => "OpportunityContactRole";

    public IReadOnlyList<string> Fields { get; } = ["OpportunityId"];

    /// <summary>None: the opportunities' own first read brings them all.</summary>
    public string FirstReadCondition => "Id = null";

    /// <summary>The stream of opportunities.</summary>
    public required ObjectStream Opportunities { get; init; }

    public bool MayVanish => true;

    /// <summary>A role that vanished does not say whose opportunity it was.</summary>
    public ObjectStream? ReadAgain => Opportunities;

    public async ValueTask ReadAsync(IReadOnlyList<SalesforceRow> rows, RowCollector collector, CancellationToken cancellation)
    {
        var ids = rows.Select(row => row.Get("OpportunityId")).OfType<string>().Distinct().ToList();
        if (ids.Count > 0)
        {
            collector.Deals.AddRange((await Opportunities.FetchAsync(ids, cancellation).ConfigureAwait(false)).Deals);
        }
    }
}
