using CrmLeadQualifier.Sandbox.HubSpot.Wire;
using CrmLeadQualifier.Sandbox.Salesforce.Wire;

namespace CrmLeadQualifier.Sandbox.Salesforce.Bulk;

/// <summary>What a call may do to a job in its state.</summary>
internal static class JobState
{
    public static void Expect(SalesforceCall call, params string[] states)
    {
        if (!states.Contains(call.BodyText("state")))
            throw SalesforceRefusal.With(400, "INVALIDJOBSTATE", $"Invalid state: {call.BodyText("state")}");
    }

    public static SalesforceRefusal Refuse(BulkJob job, string what) =>
        SalesforceRefusal.With(400, "INVALIDJOBSTATE", $"A job in state {job.State} cannot be {what}.");

    public static Answer List(Org org, IEnumerable<BulkJob> jobs) => SalesforceJson.Object(200, json =>
    {
        json.WriteBoolean("done", true);
        json.WriteStartArray("records");
        foreach (var job in jobs)
        {
            json.WriteStartObject();
            job.Write(json, org.Users.Integration.Id);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNull("nextRecordsUrl");
    });
}
