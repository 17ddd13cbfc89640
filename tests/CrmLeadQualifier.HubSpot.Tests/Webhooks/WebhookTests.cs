using System.Text;
using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.HubSpot.Webhooks;

namespace CrmLeadQualifier.HubSpot.Tests.Webhooks;

public sealed class WebhookTests
{
    private const string Address = "https://leads.example.com/webhooks/hubspot/hub";
    private static readonly Instant Now = new(1_700_000_000_000);

    [Theory]
    [InlineData("""{"subscriptionType":"contact.propertyChange","objectId":501,"propertyName":"jobtitle"}""", "contacts 501")]
    [InlineData("""{"subscriptionType":"object.creation","objectTypeId":"0-1","objectId":"501"}""", "contacts 501")]
    [InlineData("""{"subscriptionType":"contact.deletion","objectId":501}""", "contacts 501")]
    [InlineData("""{"subscriptionType":"contact.privacyDeletion","objectId":501}""", "contacts 501")]
    [InlineData("""{"subscriptionType":"contact.merge","primaryObjectId":1,"mergedObjectIds":[1,2],"newObjectId":3}""", "contacts 3, contacts 1, contacts 2")]
    [InlineData("""{"subscriptionType":"contact.associationChange","associationType":"CONTACT_TO_COMPANY","fromObjectId":1,"toObjectId":2}""", "contacts 1, companies 2")]
    [InlineData("""{"subscriptionType":"object.associationChange","fromObjectTypeId":"0-3","fromObjectId":1,"toObjectTypeId":"0-99","toObjectId":2}""", "deals 1")]
    [InlineData("""{"subscriptionType":"object.creation","objectTypeId":"0-48","objectId":7}""", "calls 7")]
    [InlineData("""{"subscriptionType":"object.propertyChange","objectTypeId":"0-47","objectId":7}""", "meetings 7")]
    [InlineData("""{"subscriptionType":"ticket.creation","objectId":7}""", "")]
    [InlineData("""{"subscriptionType":"nonsense","objectId":7}""", "")]
    public void Each_kind_of_event_names_what_to_read(string happened, string expected)
    {
        var body = "[" + happened.Insert(1, "\"portalId\":4711,") + "," + happened.Insert(1, "\"portalId\":1,") + "]";
        Assert.Equal(expected, string.Join(", ", WebhookEvents.Read(Encoding.UTF8.GetBytes(body), "4711").Select(row => $"{row.Stream} {row.RowId}")));
    }

    [Fact]
    public void More_than_a_hundred_events_are_no_delivery_of_HubSpots()
    {
        var body = "[" + string.Join(',', Enumerable.Repeat("{}", 101)) + "]";
        Assert.Throws<JsonException>(() => WebhookEvents.Read(Encoding.UTF8.GetBytes(body), "4711"));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(-299, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void A_signature_is_good_for_five_minutes(int ageInSeconds, bool isValid)
    {
        var timestamp = $"{(Now - TimeSpan.FromSeconds(ageInSeconds)).UnixMilliseconds}";
        var signature = Convert.ToBase64String(WebhookSignature.Sign("secret", "POST", Address, "[]"u8, timestamp));
        Assert.Equal(isValid, WebhookSignature.IsValid("secret", "POST", Address, "[]"u8, timestamp, signature, Now));
    }

    [Theory]
    [InlineData("secret", "GET", Address, "[]")]
    [InlineData("other", "POST", Address, "[]")]
    [InlineData("secret", "POST", Address + "/", "[]")]
    [InlineData("secret", "POST", Address, "[] ")]
    public void Whatever_differs_makes_it_worthless(string secret, string method, string address, string body)
    {
        var timestamp = $"{Now.UnixMilliseconds}";
        var signature = Convert.ToBase64String(WebhookSignature.Sign("secret", "POST", Address, "[]"u8, timestamp));
        Assert.False(WebhookSignature.IsValid(secret, method, address, Encoding.UTF8.GetBytes(body), timestamp, signature, Now));
        Assert.False(WebhookSignature.IsValid("secret", "POST", Address, "[]"u8, timestamp, signature[..^4], Now));
        Assert.False(WebhookSignature.IsValid("secret", "POST", Address, "[]"u8, "99999999999999999999", signature, Now));
        Assert.False(WebhookSignature.IsValid("secret", "POST", Address, "[]"u8, null, null, Now));
    }
}
