using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using Microsoft.Extensions.Time.Testing;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

/// <summary>What every engine's suite starts from: an open ledger with one connection, <c>hub</c>.</summary>
public abstract class LedgerCompliance(LedgerStore store) : IAsyncLifetime
{
    protected static readonly Instant T = Instant.From(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));

    protected LedgerStore Store { get; } = store;

    protected FakeTimeProvider Clock { get; } = new(T.ToDateTimeOffset());

    protected ILedger Ledger { get; private set; } = null!;

    /// <summary>The connection's id.</summary>
    protected long Hub { get; private set; }

    public virtual async Task InitializeAsync()
    {
        Ledger = Store.Connect(Clock);
        await Ledger.OpenAsync(default);
        Hub = await WriteAsync(tx => tx.Connections.SaveAsync(new ConnectionRow(0, "hub", "hubspot", "4711") { CreatedAt = T }));
    }

    public virtual async Task DisposeAsync()
    {
        await Ledger.DisposeAsync();
        await Store.DisposeAsync();
    }

    protected async Task<TAnswer> WriteAsync<TAnswer>(Func<ILedgerTransaction, Task<TAnswer>> write)
    {
        await using var transaction = await Ledger.BeginAsync(lease: null, default);
        var answer = await write(transaction);
        await transaction.CommitAsync(default);
        return answer;
    }

    protected async Task WriteAsync(Func<ILedgerTransaction, Task> write)
    {
        await using var transaction = await Ledger.BeginAsync(lease: null, default);
        await write(transaction);
        await transaction.CommitAsync(default);
    }

    protected async Task<TAnswer> ReadAsync<TAnswer>(Func<ILedgerTransaction, Task<TAnswer>> read)
    {
        await using var transaction = await Ledger.BeginReadAsync(default);
        return await read(transaction);
    }

    /// <summary>A contact of the connection, linked to a lead or to none; answers its ledger id.</summary>
    protected async Task<long> AddContactAsync(string externalId, long lead = 0, params string[] emails) => await WriteAsync(async tx =>
    {
        var id = (await tx.Records.SaveAsync([Contact(externalId) with { LeadId = lead }]))[0];
        await tx.Records.SaveKeysAsync([new(id, [.. emails.Select(email => new IdentityKey("email", email))])]);
        return id;
    });

    /// <summary>A lead with one contact, looked at already: nothing is due.</summary>
    protected async Task<long> AddLeadAsync(string externalId, params string[] emails)
    {
        var lead = await WriteAsync(async tx =>
        {
            var id = (await tx.Leads.CreateAsync(1))[0];
            await tx.Leads.SaveAsync([new LeadRow(id) { IsDue = false }]);
            return id;
        });
        await AddContactAsync(externalId, lead, emails);
        return lead;
    }

    protected RecordRow Contact(string externalId) => new(0, Hub, "contact", externalId) { Stamp = T };

    protected async Task<LeadRow> LeadAsync(long id) => Assert.Single(await ReadAsync(tx => tx.Leads.GetAsync([id])));

    protected async Task<bool> IsDueAsync(long lead) => (await LeadAsync(lead)).IsDue;

    /// <summary>Says that the leads were looked at.</summary>
    protected Task SettleAsync(params long[] leads) => WriteAsync(async tx =>
        await tx.Leads.SaveAsync([.. (await tx.Leads.GetAsync(leads)).Select(lead => lead with { IsDue = false })]));

    protected static IReadOnlyDictionary<string, string> Texts(params (string Name, string Value)[] texts) => texts.ToDictionary(t => t.Name, t => t.Value);
}
