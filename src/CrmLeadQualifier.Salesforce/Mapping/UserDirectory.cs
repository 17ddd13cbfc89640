using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.Salesforce.Http;
using CrmLeadQualifier.Salesforce.Queries;

namespace CrmLeadQualifier.Salesforce.Mapping;

/// <summary>Who works in the org: standard users, which of them are programs, and queues. Read again once an hour.</summary>
internal sealed class UserDirectory(SalesforceTransport transport, QueryReading queries, SalesforceMapping mapping, KnownOrg known, TimeProvider clock)
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromHours(1);
    private static readonly CallContext Call = new("the users", "users");

    private readonly SemaphoreSlim _reading = new(1);

    public async Task<Users> GetAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return known.Users is var (users, readAt) && clock.GetElapsedTime(readAt) <= GoodFor ? users : await ReadAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>The page of the users' stream: users and queues, few enough for one.</summary>
    public async Task<StreamPage> ReadPageAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var users = await ReadAsync(cancellation).ConfigureAwait(false);
            var answer = await queries.FirstAsync(Call, "SELECT Id, Name FROM Group WHERE Type = 'Queue' ORDER BY Id", withDeleted: false,
                cancellation).ConfigureAwait(false);
            var queues = (answer.Body.Records ?? []).Where(row => row?.Id is not null)
                .Select(row => new CrmOwner(row!.Id!, null, null, row.Get("Name"), IsActive: true));
            CrmOwner[] owners = [.. users.Owners, .. queues];
            return new StreamPage(answer.Date, null) { Content = new StreamRows { Owners = owners }, RowsRead = owners.Length };
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<Users> ReadAsync(CancellationToken cancellation)
    {
        const string soql = "SELECT Id, Username, Name, Email, IsActive FROM User WHERE UserType = 'Standard' ORDER BY Id";
        var rows = await queries.ReadAllAsync(Call, soql, withDeleted: false, cancellation).ConfigureAwait(false);
        var ours = await transport.GetUserIdAsync(cancellation).ConfigureAwait(false);
        var users = new Users(rows, ours, mapping);
        known.Users = (users, clock.GetTimestamp());
        return users;
    }
}

internal sealed class Users
{
    private readonly HashSet<string> _people;
    private readonly HashSet<string> _connectors;

    public Users(IReadOnlyList<Api.SalesforceRow> rows, string? ours, SalesforceMapping mapping)
    {
        var standard = rows.Where(row => row.Id is not null).ToList();
        Ours = ours;
        Owners = [.. standard.Select(row => new CrmOwner(row.Id!, row.Id, row.Get("Email"), row.Get("Name"), row.Is("IsActive")))];
        _connectors = [.. standard.Where(row => row.Id != ours
            && (mapping.ConnectorUsers.Count > 0 ? IsListed(row, mapping.ConnectorUsers) : IsOfHubSpot(row))).Select(row => row.Id!)];
        _people = [.. standard.Where(row => row.Id != ours && !IsListed(row, mapping.AutomationUsers) && !_connectors.Contains(row.Id!))
            .Select(row => row.Id!)];
    }

    /// <summary>Our integration user.</summary>
    public string? Ours { get; }

    public IReadOnlyList<CrmOwner> Owners { get; }

    public IReadOnlyCollection<string> Connectors => _connectors;

    /// <summary>A standard user by whom no program works.</summary>
    public bool IsPerson(string? id) => id is not null && _people.Contains(id);

    /// <summary>Another CRM's connector: what it creates is a copy.</summary>
    public bool IsConnector(string? id) => id is not null && _connectors.Contains(id);

    private static bool IsOfHubSpot(Api.SalesforceRow row) =>
        new[] { row.Get("Name"), row.Get("Username") }.Any(name => name?.Contains("hubspot", StringComparison.OrdinalIgnoreCase) == true);

    private static bool IsListed(Api.SalesforceRow row, IReadOnlyList<string> list) =>
        list.Any(listed => SalesforceId.To18(listed) == row.Id || listed.Equals(row.Get("Username"), StringComparison.OrdinalIgnoreCase));
}
