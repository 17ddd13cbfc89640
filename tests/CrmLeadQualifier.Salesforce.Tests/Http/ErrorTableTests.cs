using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Salesforce.Http;

namespace CrmLeadQualifier.Salesforce.Tests.Http;

public sealed class ErrorTableTests
{
    private const string Read = "read";
    private const string Stream = "stream";
    private const string Write = "write";

    [Theory]
    [InlineData(Read, 0, null, typeof(RetriableCrmException), true)]
    [InlineData(Write, 0, null, typeof(UnknownOutcomeException), false)]
    [InlineData(Read, 200, "<html>", typeof(RetriableCrmException), true)]
    [InlineData(Write, 200, "", typeof(UnknownOutcomeException), false)]
    [InlineData(Read, 302, "", typeof(FatalCrmException), false)]
    [InlineData(Read, 400, "INVALID_QUERY_LOCATOR", typeof(ExpiredLocatorException), false)]
    [InlineData(Read, 400, "QUERY_TIMEOUT", typeof(QueryTimeoutException), true)]
    [InlineData(Read, 400, "UNABLE_TO_LOCK_ROW", typeof(RetriableCrmException), true)]
    [InlineData(Read, 400, "INVALID_FIELD", typeof(StaleDescriptionException), false)]
    [InlineData(Read, 400, "MALFORMED_QUERY", typeof(FatalCrmException), false)]
    [InlineData(Stream, 400, "MALFORMED_QUERY", typeof(StreamRefusedException), false)]
    [InlineData(Stream, 400, "INVALID_TYPE", typeof(StreamRefusedException), false)]
    [InlineData(Write, 400, "INVALID_FIELD", typeof(BatchRefusedException), false)]
    [InlineData(Write, 400, "JSON_PARSER_ERROR", typeof(BatchRefusedException), false)]
    [InlineData(Read, 401, "INVALID_SESSION_ID", typeof(FatalCrmException), false)]
    [InlineData(Read, 403, "API_CURRENTLY_DISABLED", typeof(FatalCrmException), false)]
    [InlineData(Stream, 403, "API_DISABLED_FOR_ORG", typeof(FatalCrmException), false)]
    [InlineData(Stream, 403, "INSUFFICIENT_ACCESS", typeof(StreamRefusedException), false)]
    [InlineData(Read, 403, "INSUFFICIENT_ACCESS", typeof(FatalCrmException), false)]
    [InlineData(Write, 403, "TXN_SECURITY_METERING_ERROR", typeof(FatalCrmException), false)]
    [InlineData(Stream, 404, "NOT_FOUND", typeof(StreamRefusedException), false)]
    [InlineData(Read, 404, "NOT_FOUND", typeof(FatalCrmException), false)]
    [InlineData(Read, 406, "", typeof(RetriableCrmException), true)]
    [InlineData(Read, 420, "", typeof(RetriableCrmException), true)]
    [InlineData(Read, 429, "", typeof(RetriableCrmException), true)]
    [InlineData(Stream, 414, "", typeof(StreamRefusedException), false)]
    [InlineData(Stream, 431, "", typeof(StreamRefusedException), false)]
    [InlineData(Read, 500, "UNKNOWN_EXCEPTION", typeof(RetriableCrmException), true)]
    [InlineData(Write, 500, "UNKNOWN_EXCEPTION", typeof(UnknownOutcomeException), false)]
    [InlineData(Write, 502, "", typeof(UnknownOutcomeException), false)]
    [InlineData(Write, 503, "SERVER_UNAVAILABLE", typeof(RetriableCrmException), true)]
    [InlineData(Read, 503, "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", typeof(RetriableCrmException), true)]
    [InlineData(Read, 504, "", typeof(RetriableCrmException), true)]
    [InlineData(Stream, 418, "", typeof(StreamRefusedException), false)]
    public void A_failed_answer_is_typed_by_what_to_do_about_it(string kind, int status, string? code, Type expected, bool isRepeated)
    {
        var call = kind switch { Write => new CallContext("the update", IsWrite: true), Stream => new CallContext("tasks", "tasks"), _ =>
            new CallContext("contacts") };
        var body = code is null or "" or "<html>" ? code : FakeOrg.Error(code, "words");
        var failure = SalesforceErrors.Of(call, new FailedAnswer(status, body) { Fault = "empty" });
        Assert.Equal(expected, failure.Exception.GetType());
        Assert.Equal(isRepeated, failure.RetryIn is not null);
    }

    [Fact]
    public void A_request_that_never_left_is_repeated_even_if_it_writes()
    {
        var failure = SalesforceErrors.Of(new CallContext("the update", IsWrite: true), new FailedAnswer(0, null) { NotSent = true });
        Assert.IsType<RetriableCrmException>(failure.Exception);
        Assert.NotNull(failure.RetryIn);
    }

    [Theory]
    [InlineData("TotalRequests Limit exceeded.", 3600, false)]
    [InlineData("ConcurrentPerOrgLongTxn Limit exceeded.", 10, true)]
    [InlineData("ConcurrentRequests (Concurrent API Requests) Limit exceeded.", 10, true)]
    public void A_used_up_day_is_left_alone_for_an_hour_and_a_crowd_for_seconds(string words, int seconds, bool isRepeated)
    {
        var failure = SalesforceErrors.Of(new CallContext("contacts"), new FailedAnswer(403, FakeOrg.Error("REQUEST_LIMIT_EXCEEDED", words)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<RetriableCrmException>(failure.Exception).NotBefore);
        Assert.Equal(isRepeated, failure.RetryIn is not null);
    }

    [Theory]
    [InlineData("Session expired or invalid", true)]
    [InlineData("This session is not valid for use with the REST API", false)]
    [InlineData("Connected app is not attached to Agent", false)]
    public void Only_an_expired_session_is_worth_a_new_token(string words, bool renews)
    {
        var failure = SalesforceErrors.Of(new CallContext("contacts"), new FailedAnswer(401, FakeOrg.Error("INVALID_SESSION_ID", words)));
        Assert.Equal(renews, failure.RenewsToken);
        Assert.NotEmpty(Assert.IsType<FatalCrmException>(failure.Exception).Advice);
    }

    [Theory]
    [InlineData("UNABLE_TO_LOCK_ROW", RowRecovery.Retry)]
    [InlineData("REQUEST_RUNNING_TOO_LONG", RowRecovery.Retry)]
    [InlineData("ENTITY_IS_DELETED", RowRecovery.Gone)]
    [InlineData("INVALID_CROSS_REFERENCE_KEY", RowRecovery.Gone)]
    [InlineData("NOT_FOUND", RowRecovery.Gone)]
    [InlineData("INVALID_FIELD_FOR_INSERT_UPDATE", RowRecovery.NoFieldAccess)]
    [InlineData("CANNOT_UPDATE_CONVERTED_LEAD", RowRecovery.Converted)]
    [InlineData("FIELD_CUSTOM_VALIDATION_EXCEPTION", RowRecovery.Refused)]
    [InlineData("REQUIRED_FIELD_MISSING", RowRecovery.Refused)]
    [InlineData("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", RowRecovery.Refused)]
    [InlineData("STRING_TOO_LONG", RowRecovery.Refused)]
    [InlineData("NUMBER_OUTSIDE_VALID_RANGE", RowRecovery.Refused)]
    [InlineData("INSUFFICIENT_ACCESS_OR_READONLY", RowRecovery.Refused)]
    [InlineData("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", RowRecovery.Refused)]
    [InlineData("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", RowRecovery.Together)]
    [InlineData("LIMIT_EXCEEDED", RowRecovery.Together)]
    [InlineData("UNKNOWN_EXCEPTION", RowRecovery.Together)]
    [InlineData("FIELD_INTEGRITY_EXCEPTION", RowRecovery.Refused)]
    [InlineData("ENTITY_IS_LOCKED", RowRecovery.Refused)]
    [InlineData("DUPLICATES_DETECTED", RowRecovery.Refused)]
    [InlineData("DUPLICATE_VALUE", RowRecovery.Refused)]
    [InlineData("MALFORMED_ID", RowRecovery.Refused)]
    [InlineData("STORAGE_LIMIT_EXCEEDED", RowRecovery.Refused)]
    public void A_row_fares_by_its_code(string code, object recovery)
    {
        var failure = SalesforceErrors.OfRow([new Api.ErrorBody { StatusCode = code, Message = "words of Salesforce", Fields = ["LQ_Score__c"] }]);
        Assert.Equal(recovery, failure.Recovery);
        Assert.Contains(code, failure.Reason);
        Assert.Contains("words of Salesforce", failure.Reason);
        Assert.Equal(["LQ_Score__c"], failure.Fields);
    }

    [Theory]
    [InlineData("STRING_TOO_LONG", "Reasons: data value too large: Jane Miller called (max length=255)", "Jane")]
    [InlineData("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "Stage: bad value for restricted picklist field: secret", "secret")]
    [InlineData("DUPLICATE_VALUE", "duplicate value found: Code__c duplicates value on record with id: 003000000000001AAA", "003000000000001")]
    [InlineData("FIELD_CUSTOM_VALIDATION_EXCEPTION", "jane.miller@example.com may not be changed", "jane")]
    [InlineData("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records: 0010000000aBcDe", "0010000000aBcDe")]
    [InlineData("FIELD_INTEGRITY_EXCEPTION", "'Jane Miller' is not allowed", "Jane")]
    public void The_words_of_a_refusal_show_no_value(string code, string message, string value)
    {
        var reason = SalesforceErrors.OfRow([new Api.ErrorBody { StatusCode = code, Message = message }]).Reason;
        Assert.DoesNotContain(value, reason);
        Assert.StartsWith(code, reason);
    }

    [Theory]
    [InlineData("UNABLE_TO_LOCK_ROW:unable to obtain exclusive access to this record or 200 records: 001000000000001AAA:--", RowRecovery.Retry, "UNABLE_TO_LOCK_ROW: unable to obtain exclusive access")]
    [InlineData("INVALID_CROSS_REFERENCE_KEY:invalid cross reference id:--", RowRecovery.Gone, "INVALID_CROSS_REFERENCE_KEY: invalid cross reference id")]
    [InlineData("CANNOT_UPDATE_CONVERTED_LEAD:cannot reference converted lead:--", RowRecovery.Converted, "CANNOT_UPDATE_CONVERTED_LEAD: cannot reference converted lead")]
    [InlineData("FIELD_CUSTOM_VALIDATION_EXCEPTION:Country is needed: always:LQ_Score__c --", RowRecovery.Refused, "FIELD_CUSTOM_VALIDATION_EXCEPTION: Country is needed: always")]
    [InlineData("", RowRecovery.Refused, "refused without a reason")]
    [InlineData(null, RowRecovery.Refused, "refused without a reason")]
    public void A_row_of_a_job_fares_by_the_same_codes(string? error, object recovery, string words)
    {
        var failure = SalesforceErrors.OfJobRow(error);
        Assert.Equal(recovery, failure.Recovery);
        Assert.StartsWith(words, failure.Reason);
        Assert.DoesNotContain("001000000000001AAA", failure.Reason);
    }

    [Theory]
    [InlineData("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", "run provision")]
    [InlineData("FIELD_CUSTOM_VALIDATION_EXCEPTION", "exempt our user")]
    [InlineData("INSUFFICIENT_ACCESS_OR_READONLY", "give our user access")]
    [InlineData("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "trigger or flow")]
    public void What_a_person_can_do_about_a_refused_row_stands_with_it(string code, string advice) =>
        Assert.Contains(advice, SalesforceErrors.OfRow([new Api.ErrorBody { StatusCode = code, Message = "words" }]).Reason);

    [Fact]
    public void A_missing_column_is_named()
    {
        var words = FakeOrg.Error("INVALID_FIELD",
            "SELECT LQ_Score__c FROM Contact ^ ERROR at Row:1:Column:8 No such column 'LQ_Score__c' on entity 'Contact'. If you are attempting");
        var refused = Assert.IsType<BatchRefusedException>(SalesforceErrors.Of(new CallContext("the update", IsWrite: true),
            new FailedAnswer(400, words)).Exception);
        Assert.Contains("No such column 'LQ_Score__c' on entity 'Contact'", refused.Message);
        Assert.Equal(["score"], refused.UnknownFields);
    }

    [Fact]
    public void A_refused_query_is_told_by_its_fault_and_not_by_its_text()
    {
        var words = FakeOrg.Error("MALFORMED_QUERY", @"\nId FROM Contact WHERE Email = 'jane@example.com' ==\n    ^\nERROR at Row:1:Column:50\nunexpected token: 'jane@example.com'");
        var refused = SalesforceErrors.Of(new CallContext("contacts", "contacts"), new FailedAnswer(400, words)).Exception;
        Assert.Equal("Salesforce refused contacts (400, MALFORMED_QUERY: unexpected token: …).", refused.Message);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"no client credentials user enabled"}""", "Run As")]
    [InlineData(400, """{"error":"invalid_client_id","error_description":"client identifier invalid"}""", "consumer key")]
    [InlineData(400, """{"error":"unsupported_grant_type","error_description":"grant type not supported"}""", "My Domain")]
    [InlineData(404, "<html>", "My Domain")]
    public void A_refused_token_says_what_to_change(int status, string body, string advice) =>
        Assert.Contains(advice, Assert.IsType<FatalCrmException>(SalesforceErrors.OfToken(new FailedAnswer(status, body), TokenFlow.Secret).Exception).Advice);

    [Theory]
    [InlineData(0)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(429)]
    public void A_token_that_does_not_come_may_come_later(int status) =>
        Assert.IsType<RetriableCrmException>(SalesforceErrors.OfToken(new FailedAnswer(status, null), TokenFlow.Secret).Exception);
}
