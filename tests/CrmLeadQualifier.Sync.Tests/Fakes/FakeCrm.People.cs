using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;

namespace CrmLeadQualifier.Sync.Tests.Fakes;

/// <summary>What people do in the CRM.</summary>
public sealed partial class FakeCrm
{
    public FakeContact Add(string id, string email, params (string Name, string Value)[] attributes)
    {
        var contact = new FakeContact(id);
        _contacts.Add(id, contact);
        contact.Attributes["created_at"] = Now.ToString();
        contact.Lifecycle = "lead";
        if (email.Length > 0)
        {
            contact.Emails.Add(email);
            contact.Attributes["email"] = email;
        }

        foreach (var (name, value) in attributes)
        {
            contact.Attributes[name] = value;
        }

        Touch(contact);
        return contact;
    }

    public void Change(string id, Action<FakeContact> change)
    {
        change(_contacts[id]);
        Touch(_contacts[id]);
    }

    /// <summary>A Lead of Salesforce.</summary>
    public FakeContact AddLead(string id, string email, params (string Name, string Value)[] attributes)
    {
        var lead = Add(id, email, attributes);
        lead.Object = "lead";
        return lead;
    }

    /// <summary>Alice makes a Contact of a Lead, which is read-only from then on.</summary>
    public FakeContact Convert(string lead, string contact)
    {
        var made = Add(contact, _contacts[lead].Emails.FirstOrDefault() ?? "", [.. _contacts[lead].Attributes.Where(x => x.Key is not ("email" or "created_at")).Select(x => (x.Key, x.Value))]);
        Change(lead, converted =>
        {
            converted.SameAs.Add(contact);
            converted.Conversion = new CrmConversion(Now, IsPerson: true, "u-alice");
        });
        return made;
    }

    /// <summary>A person, or something else, sets fields in one save.</summary>
    public void Set(string id, string source, string? user, params (string Field, string Value)[] fields)
    {
        var contact = _contacts[id];
        Touch(contact);
        foreach (var (field, value) in fields)
        {
            Put(contact.Fields, field, value);
            contact.History.Add(new FieldChange(id, field, value, contact.Stamp, source == "CRM_UI", user, source));
        }
    }

    /// <summary>Sales answers.</summary>
    public void Say(string id, string verdict, string reason = "", string user = "u-alice") => Set(id, "CRM_UI", user, ("verdict", verdict), ("rejection_reason", reason));

    public void Visit(string contact, string url = "https://us.example/pricing", string? id = null, Instant? at = null) => AddActivity(new CrmActivity(
        id ?? $"visit:{_activities.Count + 1}", "page_view", at ?? Now, new Dictionary<string, string> { ["url"] = url }) { RecordIds = [contact] });

    public void Call(string contact, string? user = "u-alice", Instant? at = null, string? copyOf = null) => AddActivity(
        new CrmActivity($"call:{_activities.Count + 1}", "call", at ?? Now, new Dictionary<string, string> { ["outcome"] = "Connected" })
        {
            RecordIds = [contact], UserId = user, CopyOf = copyOf,
        });

    public void AskForDemo(string contact, Instant? at = null) => AddActivity(Demo(at) with { RecordIds = [contact] });

    public void AskForDemoByEmail(string email) => AddActivity(Demo(null) with { Email = email });

    /// <summary>A deal by which the connector mirrors an opportunity.</summary>
    public void AddMirror(string id, string opportunity, DealState state, params string[] contacts)
    {
        AddDeal(id, state, contacts);
        _deals[id] = _deals[id] with { CopyOf = "salesforce:" + opportunity };
    }

    public void AddDeal(string id, DealState state, params string[] contacts)
    {
        var created = _deals.TryGetValue(id, out var before) ? before.CreatedAt : Now;
        _deals[id] = new CrmDeal(id, NextStamp(), created, state, state == DealState.Open ? null : Now, 1000m) { RecordIds = contacts };
    }

    public void SetCompany(string id, params (string Name, string Value)[] attributes) =>
        _companies[id] = new CrmCompany(id, NextStamp(), attributes.ToDictionary(x => x.Name, x => x.Value));

    public void SetOwner(string id, bool isActive) => _owners[id] = new CrmOwner(id, $"u-{id}", $"{id}@us.example", id, isActive);

    /// <summary>The second contact becomes part of the first, which keeps its id.</summary>
    public void Merge(string survivor, string merged)
    {
        var (kept, gone) = (_contacts[survivor], _contacts[merged]);
        gone.IsGone = true;
        kept.Aliases.Add(merged);
        kept.Emails.AddRange(gone.Emails.Except(kept.Emails));
        Touch(kept);
    }

    /// <summary>Two contacts become one with a new id, as HubSpot merges them: it has the histories of both, and the first one's values where both have one.</summary>
    public FakeContact MergeAnew(string primary, string other, string survivor)
    {
        var made = Add(survivor, "");
        foreach (var part in new[] { _contacts[other], _contacts[primary] })
        {
            foreach (var (name, value) in part.Attributes)
            {
                made.Attributes[name] = value;
            }

            foreach (var (field, value) in part.Fields)
            {
                made.Fields[field] = value;
            }

            made.Emails.InsertRange(0, part.Emails.Except(made.Emails));
            made.Aliases.AddRange(part.Aliases.Append(part.Id));
            made.History.AddRange(part.History.Select(change => change with { RecordId = survivor }));
            (made.OwnerId, made.Lifecycle) = (part.OwnerId, part.Lifecycle);
            part.IsGone = true;
            Move(part.Id, survivor, isTold: false);
        }

        return made;
    }

    /// <summary>Two Leads or Contacts of Salesforce become one: the loser is deleted and names the winner.</summary>
    public void MergeInto(string winner, string loser)
    {
        Move(loser, winner, isTold: true);
        Change(loser, gone =>
        {
            gone.IsGone = true;
            gone.SameAs.Add(winner);
        });
        Touch(_contacts[winner]);
    }

    /// <summary>Alice converts a Lead to a Contact that is there; its activities become the Contact's.</summary>
    public void ConvertTo(string lead, string contact)
    {
        Move(lead, contact, isTold: true);
        Change(lead, converted =>
        {
            converted.SameAs.Add(contact);
            converted.Conversion = new CrmConversion(Now, IsPerson: true, "u-alice");
        });
    }

    /// <summary>To the recycle bin, or out of it.</summary>
    public void Delete(string id, bool restore = false) => Change(id, contact => contact.IsGone = !restore);

    /// <summary>What hung on one record hangs on another.</summary>
    /// <param name="isTold">The activities count as modified.</param>
    private void Move(string from, string to, bool isTold)
    {
        for (var i = 0; i < _activities.Count; i++)
        {
            var (indexedAt, activity) = _activities[i];
            if (activity.RecordIds.Contains(from))
            {
                activity = activity with { RecordIds = [.. activity.RecordIds.Select(id => id == from ? to : id).Distinct()] };
                _activities[i] = isTold ? (Now + IndexingLag, activity with { Stamp = NextStamp() }) : (indexedAt, activity);
            }
        }
    }

    /// <summary>What no modification time tells: a deletion, a value that something wrote without moving it.</summary>
    public void ChangeUnseen(string id, Action<FakeContact> change) => change(_contacts[id]);

    /// <summary>A contact that no window ever shows.</summary>
    public FakeContact AddUnseen(string id, string email, params (string Name, string Value)[] attributes)
    {
        var contact = Add(id, email, attributes);
        contact.Stamp = new Instant(0);
        return contact;
    }

    /// <summary>Somebody moves an activity to other contacts, or a deal: no modification time tells.</summary>
    public void Associate(string id, params string[] contacts)
    {
        var place = _activities.FindIndex(row => row.Activity.Id == id);
        if (place >= 0)
        {
            _activities[place] = (_activities[place].IndexedAt, _activities[place].Activity with { RecordIds = contacts });
        }
        else
        {
            _deals[id] = _deals[id] with { RecordIds = contacts };
        }
    }
}
