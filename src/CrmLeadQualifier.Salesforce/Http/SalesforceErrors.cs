using System.Text.Json;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Salesforce.Api;
using CrmLeadQualifier.Salesforce.Mapping;

namespace CrmLeadQualifier.Salesforce.Http;

/// <summary>A failed answer, or none.</summary>
/// <param name="Status">0: no answer came.</param>
internal sealed record FailedAnswer(int Status, string? Body)
{
    /// <summary>The request never left: no connection was made.</summary>
    public bool NotSent { get; init; }

    /// <summary>What broke, where no answer or no readable one came: the kind of fault, never its text.</summary>
    public string? Fault { get; init; }
}

/// <param name="Exception">What the caller gets once no further attempt is made.</param>
/// <param name="RetryIn">After how long the same request may be sent again within the call; null: not at all.</param>
/// <param name="RenewsToken">The token has expired: with a new one the same request may be sent once more.</param>
internal sealed record Failure(CrmException Exception, TimeSpan? RetryIn = null, bool RenewsToken = false)
{
    /// <summary>Too many long requests were at work at once, ours or others'.</summary>
    public bool IsCrowded { get; init; }
}

/// <summary>A query's locator is no longer known (they last two days): the reading goes on behind the last row that was read.</summary>
internal sealed class ExpiredLocatorException(string message) : RetriableCrmException(message, TimeSpan.Zero);

/// <summary>A query took Salesforce too long: a narrower one may pass, or one that Salesforce carries out by itself.</summary>
internal sealed class QueryTimeoutException(string message) : RetriableCrmException(message, TimeSpan.FromMinutes(1));

/// <summary>A query named a field that the org does not show any more: its description is to be read anew, once.</summary>
/// <param name="lasting">What it is if it happens again.</param>
internal sealed class StaleDescriptionException(CrmException lasting) : CrmException(lasting.Message)
{
    public CrmException Lasting { get; } = lasting;
}

/// <summary>By what a token is asked for.</summary>
internal enum TokenFlow
{
    Secret,
    Jwt,
    Code,
    Refresh,
}

/// <summary>What to do about a record of a collection that was refused.</summary>
internal enum RowRecovery
{
    /// <summary>Somebody else holds the row for a moment.</summary>
    Retry,

    /// <summary>The org's own automation broke on the records that were saved together; fewer at a time may pass.</summary>
    Together,

    /// <summary>Deleted, or never there.</summary>
    Gone,

    /// <summary>A Lead that was converted: nobody writes it any more.</summary>
    Converted,

    /// <summary>Our user may not write a field: the permission set is missing, and no record will fare better.</summary>
    NoFieldAccess,

    /// <summary>The record's own fault, or the org's rules'.</summary>
    Refused,
}

/// <param name="Reason">Salesforce's words without values.</param>
/// <param name="Fields">API names of the fields that it is about.</param>
internal sealed record RowFailure(RowRecovery Recovery, string Reason, IReadOnlyList<string> Fields);

/// <summary>The one table from Salesforce's status and body to what is to be done about it.</summary>
internal static partial class SalesforceErrors
{
    private static readonly TimeSpan ServerFaultPause = TimeSpan.FromMilliseconds(500);

    // The limit of long requests frees itself as those end.
    private static readonly TimeSpan ConcurrencyPause = TimeSpan.FromSeconds(10);

    // The allocation is of a rolling day: part of it comes back every hour.
    private static readonly TimeSpan QuotaPause = TimeSpan.FromHours(1);

    public static Failure Of(CallContext call, FailedAnswer answer)
    {
        var errors = Parse(answer.Body);
        var code = errors.FirstOrDefault()?.Code;
        var words = $"Salesforce refused {call.Subject} ({answer.Status}{Describe(errors)})";
        return answer.Status switch
        {
            0 when answer.NotSent => Retriable($"Salesforce could not be reached for {call.Subject} ({answer.Fault}).", ServerFaultPause),
            0 => Lost(call, $"The connection to Salesforce broke during {call.Subject} ({answer.Fault})."),
            >= 200 and < 300 => Lost(call, $"Salesforce's answer to {call.Subject} could not be read ({answer.Fault})."),
            >= 300 and < 400 => Fatal($"Salesforce's address answers {call.Subject} with a redirect ({answer.Status}).",
                "Check the connection's login address."),
            400 => Malformed(call, code, errors, words),
            401 => Unauthorized(errors, words),
            403 => Forbidden(call, code, errors, words),
            404 => OfStream(call, words + ": there is no such object or address for our user.",
                "Give the integration user access to the object, and check the connection's API version; or do without."),
            406 or 420 or 429 => Retriable(words + ".", ServerFaultPause),
            414 or 431 => OfStream(call, words + ": the query is too long.", "Map fewer attributes."),
            503 => Retriable(words + ".", ServerFaultPause),
            >= 500 => Lost(call, words + "."),
            _ => OfStream(call, words + ".", "Run check; if all passes there, Salesforce's API may have changed."),
        };
    }

    /// <summary>Of the token endpoint, whose errors have a form of their own.</summary>
    public static Failure OfToken(FailedAnswer answer, TokenFlow flow)
    {
        if (answer.Status is 0 or 406 or 420 or 429 or >= 500 or (>= 200 and < 300))
        {
            return Retriable($"Salesforce gave no token ({(answer.Status == 0 ? answer.Fault : answer.Status)}).", ServerFaultPause);
        }

        var refused = ParseToken(answer.Body);
        var why = refused?.Error is { } error ? $", {error}: {WithoutValues(refused.ErrorDescription)}" : "";
        return Fatal($"Salesforce refused a token ({answer.Status}{why}).", TokenAdvice(refused?.Error, refused?.ErrorDescription ?? "", flow));
    }

    private static string TokenAdvice(string? error, string description, TokenFlow flow) => (flow, error) switch
    {
        (TokenFlow.Jwt, "invalid_client_id" or "invalid_client") =>
            "Check the consumer key of the External Client App, and that its JWT bearer flow has the certificate of this private key: connect salesforce --jwt-key.",
        (_, "invalid_client_id" or "invalid_client") => "Check the consumer key and secret of the External Client App: connect salesforce.",
        (_, "inactive_user" or "inactive_org") => "Activate the integration user (Setup, Users) or the org, or connect with another user.",
        (TokenFlow.Jwt, "invalid_grant") when description.Contains("approved", StringComparison.OrdinalIgnoreCase) =>
            "In the External Client App's policies set Permitted Users to 'Admin approved users are pre-authorized', and give the app's permission set or profile to the integration user.",
        (TokenFlow.Jwt, "invalid_grant") when description.Contains("audience", StringComparison.OrdinalIgnoreCase) =>
            "Check the login address: https://test.salesforce.com or the sandbox's My Domain for a sandbox org, https://login.salesforce.com or the My Domain for production.",
        (TokenFlow.Jwt, "invalid_grant" or "invalid_assertion") =>
            "Check the username (a sandbox org's ends in .SANDBOXNAME), that the app's certificate is this key's, and that this machine's clock is right: an assertion is good for three minutes.",
        (TokenFlow.Refresh, "invalid_grant" or "invalid_request") =>
            "The authorization was withdrawn, has expired by the app's refresh token policy, or its user is inactive: connect salesforce --browser --replace.",
        (TokenFlow.Code, "invalid_grant" or "redirect_uri_mismatch" or "invalid_request") =>
            "Check that the app's callback URL is the one that connect salesforce printed, then run connect salesforce --browser again.",
        (TokenFlow.Secret, "invalid_grant") =>
            "In the External Client App's policies enable the client credentials flow and name an active Run As user, without IP restrictions that exclude us.",
        (_, "unsupported_grant_type" or "invalid_request") => "Use the org's My Domain address: login.salesforce.com and test.salesforce.com do not give this kind of token.",
        _ => "Check the login address (the org's My Domain), the consumer key and the secret: connect salesforce.",
    };

    /// <summary>Of one record of a collection.</summary>
    public static RowFailure OfRow(IReadOnlyList<ErrorBody?>? errors)
    {
        var known = (errors ?? []).OfType<ErrorBody>().ToList();
        var (recovery, advice) = known.FirstOrDefault()?.Code switch
        {
            "UNABLE_TO_LOCK_ROW" or "REQUEST_RUNNING_TOO_LONG" => (RowRecovery.Retry, null),
            "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY" or "CANNOT_EXECUTE_FLOW_TRIGGER" or "LIMIT_EXCEEDED" or "TOO_MANY_APEX_REQUESTS" or "UNKNOWN_EXCEPTION" =>
                (RowRecovery.Together, "a trigger or flow of the org failed: its admin finds it in Setup, Apex Jobs or the flow's error mail"),
            "ENTITY_IS_DELETED" or "INVALID_CROSS_REFERENCE_KEY" or "NOT_FOUND" => (RowRecovery.Gone, null),
            "CANNOT_UPDATE_CONVERTED_LEAD" => (RowRecovery.Converted, null),
            "INVALID_FIELD_FOR_INSERT_UPDATE" or "INVALID_FIELD" => (RowRecovery.NoFieldAccess, null),
            "FIELD_CUSTOM_VALIDATION_EXCEPTION" or "REQUIRED_FIELD_MISSING" or "FIELD_FILTER_VALIDATION_EXCEPTION" or "FIELD_INTEGRITY_EXCEPTION" =>
                (RowRecovery.Refused, "a rule of the org does not let the record be saved: mend the record, or exempt our user from the rule"),
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST" => (RowRecovery.Refused, "run provision: it adds our choices to the field and to each record type"),
            "INSUFFICIENT_ACCESS_OR_READONLY" or "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY" =>
                (RowRecovery.Refused, "give our user access to the record"),
            "ENTITY_IS_LOCKED" => (RowRecovery.Refused, "the record is locked by an approval"),
            "STORAGE_LIMIT_EXCEEDED" => (RowRecovery.Refused, "the org's storage is full"),
            _ => (RowRecovery.Refused, default(string)),
        };
        var words = Describe(known) is { Length: > 2 } described ? described[2..] : "refused without a reason";
        return new RowFailure(recovery, advice is null ? words : $"{words} ({advice})", FieldsOf(known));
    }

    /// <summary>Of one row of a job, whose error is one text: <c>CODE:message:fields--</c>.</summary>
    public static RowFailure OfJobRow(string? error)
    {
        var parts = (error ?? "").Split(':', 2);
        return OfRow(parts is [{ Length: > 0 } code, var message] ? [new ErrorBody { StatusCode = code, Message = message.TrimEnd('-', ':') }] : null);
    }

    /// <summary>Salesforce's words about a whole job, without values.</summary>
    public static string OfJob(string? message) => WithoutValues(message) is { Length: > 0 } words ? words : "it did not say why";

    /// <summary>Our fields among API names.</summary>
    public static IReadOnlyList<string> OurFields(IEnumerable<string> apiNames) =>
        [.. apiNames.Select(LeadFieldNames.FieldOf).OfType<LeadField>().Select(field => field.Name).Distinct()];

    private static Failure Malformed(CallContext call, string? code, IReadOnlyList<ErrorBody> errors, string words)
    {
        switch (code)
        {
            case "INVALID_QUERY_LOCATOR":
                return new(new ExpiredLocatorException(words + "."));
            case "QUERY_TIMEOUT":
                return new(new QueryTimeoutException(words + "."), ServerFaultPause);
            case "UNABLE_TO_LOCK_ROW":
                return Retriable(words + ".", ServerFaultPause);
        }

        if (call.IsWrite)
        {
            return new(new BatchRefusedException(words + ".", OurFields(FieldsOf(errors))));
        }

        var lasting = OfStream(call, words + ".", "Give the integration user access to the object and its fields; run check: it names what is missing.");
        return code == "INVALID_FIELD" ? new(new StaleDescriptionException(lasting.Exception)) : lasting;
    }

    private static Failure Unauthorized(IReadOnlyList<ErrorBody> errors, string words)
    {
        // A new token would be refused for the same reason.
        var isLasting = errors.Any(error => Lasting().IsMatch(error.Message ?? ""));
        return new(
            new FatalCrmException(words + ".", isLasting
                ? "Let the External Client App use the REST API (scope api) and attach it to the integration user."
                : "The token was refused right after it was given: check the integration user's login hours, IP ranges and session policies in Salesforce."),
            RenewsToken: !isLasting);
    }

    private static Failure Forbidden(CallContext call, string? code, IReadOnlyList<ErrorBody> errors, string words) => code switch
    {
        "REQUEST_LIMIT_EXCEEDED" when errors[0].Message?.Contains("Concurrent", StringComparison.OrdinalIgnoreCase) == true =>
            Retriable(words + ": too many long requests at once.", ConcurrencyPause) with { IsCrowded = true },
        "REQUEST_LIMIT_EXCEEDED" => new(new RetriableCrmException(words + ": the org's calls of the day are used up.", QuotaPause)),
        "API_CURRENTLY_DISABLED" or "API_DISABLED_FOR_ORG" =>
            Fatal(words + ".", "Enable the API for the org and the integration user (permission API Enabled)."),
        _ => OfStream(call, words + ".", "Give the integration user the permission, or do without."),
    };

    private static Failure OfStream(CallContext call, string message, string advice) =>
        call.IsWrite || call.Stream is null ? Fatal(message, advice) : new(new StreamRefusedException(call.Stream, message, advice));

    /// <summary>It may have been handled: a read is repeated, a write's outcome is not known.</summary>
    private static Failure Lost(CallContext call, string message) =>
        call.IsWrite ? new(new UnknownOutcomeException(message)) : Retriable(message, ServerFaultPause);

    private static Failure Retriable(string message, TimeSpan retryIn) => new(new RetriableCrmException(message, retryIn), retryIn);

    private static Failure Fatal(string message, string advice) => new(new FatalCrmException(message, advice));

    /// <summary>A list of errors, rarely one alone; HTML and empty bodies are none, and the status decides then.</summary>
    private static IReadOnlyList<ErrorBody> Parse(string? body)
    {
        var start = (body ?? "").AsSpan().TrimStart();
        try
        {
            return start.StartsWith("[") ? [.. (JsonSerializer.Deserialize(body!, SalesforceJson.Default.ListErrorBody) ?? []).OfType<ErrorBody>()]
                : start.StartsWith("{") && JsonSerializer.Deserialize(body!, SalesforceJson.Default.ErrorBody) is { } one ? [one]
                : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static TokenAnswer? ParseToken(string? body)
    {
        try
        {
            return string.IsNullOrWhiteSpace(body) ? null : JsonSerializer.Deserialize(body, TokenJson.Default.TokenAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IReadOnlyList<string> FieldsOf(IEnumerable<ErrorBody> errors) =>
        [.. errors.SelectMany(error => (error.Fields ?? []).OfType<string>().Concat(CustomName().Matches(error.Message ?? "").Select(match => match.Value))).Distinct()];

    private static string Describe(IReadOnlyList<ErrorBody> errors)
    {
        var words = string.Join("; ", errors.Take(3)
            .Select(error => string.Join(": ", new[] { error.Code, Sentence(error) }.Where(part => !string.IsNullOrEmpty(part)))));
        return words.Length == 0 ? "" : ", " + words;
    }

    /// <summary>Of a fault of the query or of the schema the quoted names are what helps; of all others quoted texts may be somebody's.</summary>
    private static string Sentence(ErrorBody error)
    {
        var fields = error.Fields is { Count: > 0 } named ? $" ({string.Join(", ", named.OfType<string>())})" : "";
        return error.Code is "INVALID_FIELD" or "INVALID_TYPE"
            ? (NamesColumn().Match(error.Message ?? "") is { Success: true } match ? match.Value : WithoutValues(error.Message)) + fields
            : WithoutValues(error.Message) + fields;
    }

    /// <summary>The first line, or of a refused query, which is quoted before the fault is named, the last one.</summary>
    private static string WithoutValues(string? message)
    {
        var lines = (message ?? "").Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var position = Array.FindIndex(lines, line => line.StartsWith("ERROR at Row", StringComparison.Ordinal));
        var line = position >= 0 && position < lines.Length - 1 ? lines[position + 1] : lines.FirstOrDefault() ?? "";
        return Spoken().Replace(line, "…").Trim().TrimEnd('.', ':');
    }

    [GeneratedRegex(@"not valid for use with the REST API|not attached to Agent", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Lasting();

    [GeneratedRegex(@"\b[A-Za-z][A-Za-z0-9_]*__c\b", RegexOptions.CultureInvariant)]
    private static partial Regex CustomName();

    [GeneratedRegex(@"No such column '[A-Za-z0-9_.]+' on (entity|sobject of type) '?[A-Za-z0-9_]+'?|sObject type '[A-Za-z0-9_]+' is not supported", RegexOptions.CultureInvariant)]
    private static partial Regex NamesColumn();

    // What follows these words is the value itself; then quoted texts, addresses, ids and numbers.
    [GeneratedRegex(
        @"(?<=value too large: |restricted picklist field: |bad value for |outside the valid range[^:]*: |value found: ).*|""[^""]*""?|'[^']*'|\S+@\S+|\b(?=\w*\d)\w{15}(\w{3})?\b|\S*\d{4,}\S*",
        RegexOptions.CultureInvariant)]
    private static partial Regex Spoken();
}
