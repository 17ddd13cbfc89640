using System.Globalization;
using System.Text.Json;
using CrmLeadQualifier.Sandbox.Clock;
using CrmLeadQualifier.Sandbox.HubSpot.Wire;

namespace CrmLeadQualifier.Sandbox.HubSpot.Account;

/// <summary>A user who can own records. The owner's id is not the user's.</summary>
internal sealed record Owner(string Id, long UserId, string Email, string FirstName, string LastName, long CreatedAt, bool Archived);

internal sealed class Owners
{
    private const long FirstId = 31871817;
    private const long FirstUserId = 2506672;

    private readonly List<Owner> _all = [];

    public IReadOnlyList<Owner> All => _all;

    public Owner? ById(string id) => _all.Find(owner => owner.Id == id);

    public Owner? ByEmail(string email) => _all.Find(owner => string.Equals(owner.Email, email.Trim(), StringComparison.OrdinalIgnoreCase));

    public Owner Add(string email, string firstName, string lastName, long createdAt, bool archived = false)
    {
        var id = (FirstId + (83 * _all.Count)).ToString(CultureInfo.InvariantCulture);
        var owner = new Owner(id, FirstUserId + (611 * _all.Count), email.Trim().ToLowerInvariant(), firstName, lastName, createdAt, archived);
        _all.Add(owner);
        return owner;
    }

    public Answer Get(HubSpotCall call)
    {
        var owner = _all.Find(known => (call.Query("idProperty") == "userId" ? known.UserId.ToString(CultureInfo.InvariantCulture) : known.Id)
            == call.Route("id") && known.Archived == call.QueryFlag("archived"));
        return owner is null ? throw HubSpotRefusal.NotFoundPage() : Answer.Json(200, json => Write(json, owner)) with { RowsRead = 1 };
    }

    public Answer List(HubSpotCall call)
    {
        var limit = call.QueryLimit(100, 500);
        var archived = call.QueryFlag("archived");
        var email = call.Query("email");
        var after = long.TryParse(call.Query("after"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 0;
        var found = _all.Where(owner => owner.Archived == archived && (email is null || owner.Email == email.Trim().ToLowerInvariant())
            && long.Parse(owner.Id, CultureInfo.InvariantCulture) >= after).ToList();
        return Answer.Json(200, json =>
        {
            json.WriteStartArray("results");
            foreach (var owner in found.Take(limit))
            {
                json.WriteStartObject();
                Write(json, owner);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            if (found.Count > limit)
                Paging.Write(json, found[limit].Id, call);
        }) with { RowsRead = Math.Min(limit, found.Count) };
    }

    private static void Write(Utf8JsonWriter json, Owner owner)
    {
        json.WriteString("id", owner.Id);
        json.WriteString("email", owner.Email);
        json.WriteString("type", "PERSON");
        json.WriteString("firstName", owner.FirstName);
        json.WriteString("lastName", owner.LastName);
        if (owner.Archived)
            json.WriteNull("userId");
        else
            json.WriteNumber("userId", owner.UserId);
        json.WriteNumber("userIdIncludingInactive", owner.UserId);
        json.WriteString("createdAt", Instant.Iso(owner.CreatedAt));
        json.WriteString("updatedAt", Instant.Iso(owner.CreatedAt));
        json.WriteBoolean("archived", owner.Archived);
    }
}
