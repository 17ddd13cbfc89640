using CrmLeadQualifier.Crm.Streams;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Streams;

internal sealed class OwnerStream(StreamDescription description, HubSpotTransport transport) : IHubSpotStream
{
    private const int Page = 100;

    private readonly CallContext _call = new(description.Name, description.Name) { Importance = ObjectStream.Importance(description) };
    private readonly LoopGuard _guard = new(description.Name);

    public StreamDescription Description => description;

    public async Task<StreamPage> ReadPageAsync(ChangeWindow? window, string? position, CancellationToken cancellation)
    {
        var answer = await transport.CallAsync(
            _call, t => transport.Account.ListOwnersAsync(transport.Paths.Owners, Page, position, t), cancellation).ConfigureAwait(false);
        var rows = new RowCollector();
        foreach (var (place, owner) in (answer.Body.Results ?? []).Index())
        {
            if (owner?.Id is not { Length: > 0 } id)
            {
                rows.Unreadable(null, place, "no id");
                continue;
            }

            var name = string.Join(' ', new[] { owner.FirstName, owner.LastName }.Where(part => !string.IsNullOrWhiteSpace(part)));
            rows.Owners.Add(new CrmOwner(id, owner.UserId ?? owner.UserIdIncludingInactive, owner.Email, name.Length > 0 ? name : null, owner.Archived != true));
        }

        var next = Cursor.Next(answer.Body.Paging);
        _guard.Follow(position, next);
        return new StreamPage(answer.Date, next) { Content = rows.ToRows(), RowsRead = answer.Body.Results?.Count ?? 0 };
    }

    public Task<StreamRows> FetchAsync(IReadOnlyList<string> ids, CancellationToken cancellation) => throw new NotSupportedException("Owners are read whole.");
}
