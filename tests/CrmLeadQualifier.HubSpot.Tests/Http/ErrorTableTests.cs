using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.HubSpot.Http;

namespace CrmLeadQualifier.HubSpot.Tests.Http;

public sealed class ErrorTableTests
{
    private static readonly CallContext Contacts = new("contacts");
    private static readonly CallContext Deals = new("deals", "deals");
    private static readonly CallContext Write = new("the batch update", IsWrite: true);

    private const string Scopes = """{"status":"error","message":"One or more scopes are required.","context":{"requiredGranularScopes":["crm.objects.deals.read"]},"category":"MISSING_SCOPES"}""";

    // status, body, then what it is for: a read of contacts, a read of a stream, a write; a suffix "+" says that the same call is tried again.
    public static TheoryData<int, string?, string, string, string> Rows => new()
    {
        { 400, """{"status":"error","message":"Unable to infer object type from: deals"}""", "Fatal", "StreamRefused", "BatchRefused" },
        { 401, """{"category":"EXPIRED_AUTHENTICATION","message":"The OAuth token used to make this call expired 5 second(s) ago."}""", "Fatal", "Fatal", "Fatal" },
        { 401, """{"category":"INVALID_AUTHENTICATION"}""", "Fatal", "Fatal", "Fatal" },
        { 403, Scopes, "Fatal", "StreamRefused", "Fatal" },
        { 403, "", "Fatal", "StreamRefused", "Fatal" },
        { 404, "<html><body>HTTP ERROR 404</body></html>", "Fatal", "StreamRefused", "Fatal" },
        { 409, """{"message":"Contact already exists","category":"CONFLICT"}""", "Retriable", "Retriable", "BatchRefused" },
        { 414, "<html></html>", "Fatal", "StreamRefused", "Fatal" },
        { 423, "", "Retriable+", "Retriable+", "Retriable+" },
        { 429, """{"policyName":"TEN_SECONDLY_ROLLING","errorType":"RATE_LIMIT"}""", "Retriable+", "Retriable+", "Retriable+" },
        { 429, """{"policyName":"SECONDLY"}""", "Retriable+", "Retriable+", "Retriable+" },
        { 429, """{"policyName":"DAILY"}""", "Retriable", "Retriable", "Retriable" },
        { 429, "", "Retriable+", "Retriable+", "Retriable+" },
        { 477, "", "Retriable", "Retriable", "Retriable" },
        { 500, """{"message":"internal error"}""", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 502, "<html></html>", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 503, "", "Retriable+", "Retriable+", "Retriable+" },
        { 504, "", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 520, "", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 521, "", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 522, "", "Retriable", "Retriable", "UnknownOutcome" },
        { 523, "", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 524, "", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 525, "", "Retriable", "Retriable", "UnknownOutcome" },
        { 526, "", "Retriable", "Retriable", "UnknownOutcome" },
        { 530, "", "Retriable", "Retriable", "UnknownOutcome" },
        { 200, "<html>maintenance</html>", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 200, "", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 207, """{"results":[{"id":""", "Retriable+", "Retriable+", "UnknownOutcome" },
        { 302, "", "Fatal", "Fatal", "Fatal" },
        { 418, "", "Fatal", "StreamRefused", "Fatal" },
        { 0, null, "Retriable+", "Retriable+", "UnknownOutcome" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void Each_status_and_body_has_its_recovery(int status, string? body, string ofContacts, string ofStream, string ofWrite)
    {
        var answer = new FailedAnswer(status, body) { Fault = "fault" };
        Assert.Equal(ofContacts, Named(HubSpotErrors.Of(Contacts, answer)));
        Assert.Equal(ofStream, Named(HubSpotErrors.Of(Deals, answer)));
        Assert.Equal(ofWrite, Named(HubSpotErrors.Of(Write, answer)));
    }

    [Fact]
    public void A_connection_that_was_never_made_repeats_a_write_too() =>
        Assert.Equal("Retriable+", Named(HubSpotErrors.Of(Write, new FailedAnswer(0, null) { NotSent = true, Fault = "ConnectionError" })));

    [Fact]
    public void A_missing_scope_is_named()
    {
        var refused = Assert.IsType<StreamRefusedException>(HubSpotErrors.Of(Deals, new FailedAnswer(403, Scopes)).Exception);
        Assert.Equal("deals", refused.Stream);
        Assert.Contains("crm.objects.deals.read", refused.Advice);
        Assert.Contains("crm.objects.deals.read", Assert.IsType<FatalCrmException>(HubSpotErrors.Of(Contacts, new FailedAnswer(403, Scopes)).Exception).Advice);
    }

    [Theory]
    [InlineData("""{"policyName":"TEN_SECONDLY_ROLLING"}""", null, 10, false)]
    [InlineData("""{"message":"You have reached your ten_secondly_rolling limit."}""", null, 10, false)]
    [InlineData("""{"policyName":"SECONDLY"}""", null, 1, true)]
    [InlineData("""{"message":"You have reached your secondly limit."}""", null, 1, true)]
    [InlineData("""{"policyName":"SECONDLY"}""", 3, 3, true)]
    [InlineData("""{"policyName":"TEN_SECONDLY_ROLLING"}""", 4, 4, false)]
    public void A_rate_limit_is_waited_for_by_its_policy(string body, int? retryAfter, int seconds, bool searchOnly)
    {
        var failure = HubSpotErrors.Of(Contacts, new FailedAnswer(429, body, retryAfter is { } s ? TimeSpan.FromSeconds(s) : null));
        Assert.Equal(TimeSpan.FromSeconds(seconds), failure.RetryIn);
        Assert.True(failure.IsRateLimit);
        Assert.Equal(searchOnly, failure.PausesSearchOnly);
    }

    [Fact]
    public void The_days_quota_is_waited_for_until_the_accounts_midnight()
    {
        var failure = HubSpotErrors.Of(Contacts, new FailedAnswer(429, """{"policyName":"DAILY"}""") { UntilMidnight = TimeSpan.FromHours(7) });
        Assert.Equal(TimeSpan.FromHours(7), Assert.IsType<RetriableCrmException>(failure.Exception).NotBefore);
    }

    [Fact]
    public void A_migration_is_waited_for_a_day_at_most()
    {
        var failure = HubSpotErrors.Of(Contacts, new FailedAnswer(477, "", TimeSpan.FromDays(3)));
        Assert.Equal(TimeSpan.FromHours(24), Assert.IsType<RetriableCrmException>(failure.Exception).NotBefore);
    }

    [Fact]
    public void Of_unknown_properties_ours_are_named_as_fields()
    {
        const string body = """
            {"category":"VALIDATION_ERROR","errors":[
              {"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["lq_score"]}},{"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["lq_score"]}},
              {"code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["theirs"]}}]}
            """;
        Assert.Equal(["score"], Assert.IsType<BatchRefusedException>(HubSpotErrors.Of(Write, new FailedAnswer(400, body)).Exception).UnknownFields);
    }

    [Theory]
    [InlineData("""{"message":"Property values were not valid: [{\"isValid\":false,\"message\":\"Anna Secret was not one of the allowed options\",\"error\":\"INVALID_OPTION\",\"name\":\"lq_stage\"}]","category":"VALIDATION_ERROR"}""", "INVALID_OPTION lq_stage")]
    [InlineData("""{"message":"Contact anna@secret.com already exists","category":"CONFLICT"}""", "CONFLICT")]
    [InlineData("""{"message":"\"Anna Secret\" was not a valid integer","category":"VALIDATION_ERROR"}""", "was not a valid integer")]
    [InlineData("""{"message":"Property \"lq_x\" does not exist","errors":[{"message":"anna@secret.com","code":"PROPERTY_DOESNT_EXIST","context":{"propertyName":["lq_x"]}}]}""", "PROPERTY_DOESNT_EXIST lq_x")]
    public void Messages_say_what_was_wrong_and_carry_no_values(string body, string expected)
    {
        var message = HubSpotErrors.Of(Write, new FailedAnswer(400, body)).Exception.Message;
        Assert.Contains(expected, message);
        Assert.DoesNotContain("anna", message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("""{"errors":["a text where objects stand elsewhere"],"message":"x"}""")]
    [InlineData("""{"errors":5}""")]
    [InlineData("[1,2]")]
    [InlineData("{\"message\":")]
    public void An_error_of_another_shape_is_an_error_all_the_same(string body) =>
        Assert.Equal("BatchRefused", Named(HubSpotErrors.Of(Write, new FailedAnswer(400, body))));

    private static string Named(Failure failure) =>
        failure.Exception.GetType().Name.Replace("CrmException", "").Replace("Exception", "") + (failure.RetryIn is null ? "" : "+");
}
