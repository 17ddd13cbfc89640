using CrmLeadQualifier.Sandbox.HubSpot.Objects;

namespace CrmLeadQualifier.Sandbox.HubSpot.Associations;

/// <summary>HubSpot's own association type ids: each pair of object types has one per direction, contacts and deals also a primary company.</summary>
internal static class AssociationTypes
{
    private static readonly Dictionary<(ObjectType From, ObjectType To), (int Plain, int? Primary)> Defined = Build();

    public static (int Plain, int? Primary)? Of(ObjectType from, ObjectType to) => Defined.TryGetValue((from, to), out var ids) ? ids : null;

    private static Dictionary<(ObjectType, ObjectType), (int, int?)> Build()
    {
        var ids = new Dictionary<(ObjectType, ObjectType), (int, int?)>
        {
            [(ObjectType.Contact, ObjectType.Contact)] = (449, null),
            [(ObjectType.Contact, ObjectType.Company)] = (279, 1),
            [(ObjectType.Company, ObjectType.Contact)] = (280, 2),
            [(ObjectType.Contact, ObjectType.Deal)] = (4, null),
            [(ObjectType.Deal, ObjectType.Contact)] = (3, null),
            [(ObjectType.Deal, ObjectType.Company)] = (341, 5),
            [(ObjectType.Company, ObjectType.Deal)] = (342, 6),
        };
        Engagement(ObjectType.Call, 193, 181, 205);
        Engagement(ObjectType.Email, 197, 185, 209);
        Engagement(ObjectType.Meeting, 199, 187, 211);
        Engagement(ObjectType.Note, 201, 189, 213);
        Engagement(ObjectType.Task, 203, 191, 215);
        ids[(ObjectType.Contact, ObjectType.Communication)] = (82, null);
        ids[(ObjectType.Communication, ObjectType.Contact)] = (81, null);
        ids[(ObjectType.Company, ObjectType.Communication)] = (88, null);
        ids[(ObjectType.Communication, ObjectType.Company)] = (87, null);
        ids[(ObjectType.Deal, ObjectType.Communication)] = (86, null);
        ids[(ObjectType.Communication, ObjectType.Deal)] = (85, null);
        return ids;

        void Engagement(ObjectType type, int fromContact, int fromCompany, int fromDeal)
        {
            ids[(ObjectType.Contact, type)] = (fromContact, null);
            ids[(type, ObjectType.Contact)] = (fromContact + 1, null);
            ids[(ObjectType.Company, type)] = (fromCompany, null);
            ids[(type, ObjectType.Company)] = (fromCompany + 1, null);
            ids[(ObjectType.Deal, type)] = (fromDeal, null);
            ids[(type, ObjectType.Deal)] = (fromDeal + 1, null);
        }
    }
}
