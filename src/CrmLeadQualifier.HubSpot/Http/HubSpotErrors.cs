using System.Text.Json;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.HubSpot.Api;
using CrmLeadQualifier.HubSpot.Mapping;

namespace CrmLeadQualifier.HubSpot.Http;

/// <summary>A failed answer, or none.</summary>
/// <param name="Status">0: no answer came.</param>
/// <param name="RetryAfter">Of the header, where it was there.</param>
/// <param name="RateInterval">The span of the burst limit as the headers tell.</param>
internal sealed record FailedAnswer(int Status, string? Body, TimeSpan? RetryAfter = null, TimeSpan? RateInterval = null)
{
    /// <summary>The request never left: no connection was made.</summary>
    public bool NotSent { get; init; }

    /// <summary>What broke, where no answer or no readable one came: the kind of fault, never its text.</summary>
    public string? Fault { get; init; }

    /// <summary>Until the daily quota is given out again, where the account's time zone is known.</summary>
    public TimeSpan? UntilMidnight { get; init; }
}

/// <param name="Exception">What the caller gets once no further attempt is made.</param>
/// <param name="RetryIn">After how long the same request may be sent again within the call; null: not at all.</param>
/// <param name="PausesSearchOnly">The wait is for searches alone; else, where <paramref name="IsRateLimit"/>, for every request.</param>
internal sealed record Failure(CrmException Exception, TimeSpan? RetryIn = null, bool IsRateLimit = false, bool PausesSearchOnly = false);

/// <summary>The one table from HubSpot's status and body to what is to be done about it.</summary>
internal static partial class HubSpotErrors
{
    private static readonly TimeSpan ServerFaultPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LockedPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestMigration = TimeSpan.FromHours(24);
    private static readonly TimeSpan SupportPause = TimeSpan.FromHours(1);

    public static Failure Of(CallContext call, FailedAnswer answer)
    {
        var error = Parse(answer.Body);
        var words = $"HubSpot refused {call.Subject} ({answer.Status}{Describe(error)})";
        return answer.Status switch
        {
            0 when answer.NotSent => Retriable($"HubSpot could not be reached for {call.Subject} ({answer.Fault}).", ServerFaultPause),
            0 => Lost(call, $"The connection to HubSpot broke during {call.Subject} ({answer.Fault})."),
            >= 200 and < 300 => Lost(call, $"HubSpot's answer to {call.Subject} could not be read ({answer.Fault})."),
            >= 300 and < 400 => Fatal($"HubSpot's address answers {call.Subject} with a redirect ({answer.Status}).", "Check the connection's BaseUrl."),
            400 => Refused(call, error, words),
            401 when error?.Category == "EXPIRED_AUTHENTICATION" =>
                Fatal("HubSpot's access token has expired (401).", "Give the connection a new token: connect hubspot --replace."),
            401 => Fatal("HubSpot does not accept the access token (401).",
                "Check that the token is complete and not revoked, then give it again: connect hubspot (with --replace where the connection exists)."),
            402 or 403 => Forbidden(call, error, words),
            404 => NotThere(call, words),
            409 => call.IsWrite ? new(new BatchRefusedException(words + ".", [])) : Retriable(words + ".", null),
            414 => OfStream(call, words + ": the list of properties is too long.", "Map fewer attributes."),
            423 => Retriable(words + ": locked by another process.", Longest(answer.RetryAfter ?? LockedPause, LockedPause)),
            429 => RateLimited(error, answer, words),
            477 => new(new RetriableCrmException(
                words + ": the portal is being moved between data centers.", Shortest(answer.RetryAfter ?? SupportPause, LongestMigration))),
            503 => Retriable(words + ".", answer.RetryAfter ?? ServerFaultPause),
            522 or 525 or 526 => NoAttempt(call, words + ": HubSpot's support has to be told if this lasts.", SupportPause),
            530 => NoAttempt(call, words + ": it may be a malformed token.", SupportPause),
            >= 500 => Lost(call, words + "."),
            _ => OfStream(call, words + ".", "Run check; if all passes there, HubSpot's API may have changed."),
        };
    }

    /// <summary>Why one row of a batch was refused; without values, which may be personal.</summary>
    public static string ReasonOf(ErrorBody? error) => Describe(error) is { Length: > 2 } words ? words[2..] : "refused without a reason";

    private static Failure RateLimited(ErrorBody? error, FailedAnswer answer, string words)
    {
        var policy = (error?.PolicyName ?? error?.Message ?? "").ToUpperInvariant();
        if (policy.Contains("DAILY", StringComparison.Ordinal))
        {
            var pause = answer.UntilMidnight ?? SupportPause;
            return new(new RetriableCrmException(words + ": the account's calls of the day are used up.", pause), IsRateLimit: true);
        }

        // The burst policy's name contains the search policy's.
        var searchOnly = policy.Contains("SECONDLY", StringComparison.Ordinal) && !policy.Contains("TEN_SECONDLY", StringComparison.Ordinal);
        var wait = answer.RetryAfter ?? (searchOnly ? TimeSpan.FromSeconds(1) : answer.RateInterval ?? TimeSpan.FromSeconds(10));
        return new(new RetriableCrmException(words + ": too many calls at once.", wait), wait, IsRateLimit: true, searchOnly);
    }

    private static Failure Refused(CallContext call, ErrorBody? error, string words)
    {
        if (!call.IsWrite)
        {
            return OfStream(call, words + ".", "Run check: it names what HubSpot does not have. If all passes, HubSpot's API may have changed.");
        }

        var missing = (error?.Errors ?? [])
            .Where(detail => detail?.Code == "PROPERTY_DOESNT_EXIST")
            .SelectMany(detail => detail!.Context?.PropertyName ?? [])
            .Select(LeadProperties.FieldOf)
            .OfType<LeadField>()
            .Select(field => field.Name)
            .Distinct()
            .ToList();
        return new(new BatchRefusedException(words + ".", missing));
    }

    private static Failure Forbidden(CallContext call, ErrorBody? error, string words)
    {
        var scopes = error?.Context?.RequiredGranularScopes?.OfType<string>().ToList() ?? [];
        var advice = scopes.Count > 0
            ? $"Give the token the scope {string.Join(", ", scopes)}."
            : "The portal's plan or the token's scopes do not give this; give the token the scope, or do without.";
        return OfStream(call, scopes.Count > 0 ? $"{words}: the scope {string.Join(", ", scopes)} is missing." : words + ".", advice);
    }

    private static Failure NotThere(CallContext call, string words) =>
        OfStream(call, words + ": there is no such address.", "Check the connection's BaseUrl and API version; the portal's plan may not have it either.");

    private static Failure OfStream(CallContext call, string message, string advice) =>
        call.IsWrite || call.Stream is null ? Fatal(message, advice) : new(new StreamRefusedException(call.Stream, message, advice));

    /// <summary>It may have been handled: a read is repeated, a write's outcome is not known.</summary>
    private static Failure Lost(CallContext call, string message) =>
        call.IsWrite ? new(new UnknownOutcomeException(message)) : Retriable(message, ServerFaultPause);

    private static Failure NoAttempt(CallContext call, string message, TimeSpan pause) =>
        call.IsWrite ? new(new UnknownOutcomeException(message)) : new(new RetriableCrmException(message, pause));

    private static Failure Retriable(string message, TimeSpan? retryIn) => new(new RetriableCrmException(message, retryIn ?? TimeSpan.Zero), retryIn);

    private static Failure Fatal(string message, string advice) => new(new FatalCrmException(message, advice));

    private static TimeSpan Longest(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Shortest(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static ErrorBody? Parse(string? body)
    {
        if (string.IsNullOrWhiteSpace(body) || !body.AsSpan().TrimStart().StartsWith("{"))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(body, HubSpotJson.Default.ErrorBody);
        }
        catch (JsonException)
        {
            // Some errors have other shapes (a list of texts where objects stand elsewhere); the status alone decides then.
            return null;
        }
    }

    /// <summary>Codes and names of properties where HubSpot gives them; else its sentence without whatever may be a value.</summary>
    private static string Describe(ErrorBody? error)
    {
        if (error is null)
        {
            return "";
        }

        var details = (error.Errors ?? [])
            .Where(detail => detail?.Code is not null)
            .Select(detail => $"{detail!.Code} {string.Join(", ", detail.Context?.PropertyName ?? detail.Context?.Name ?? [])}".TrimEnd())
            .Concat(EmbeddedDetail().Matches(error.Message ?? "").Select(match => $"{match.Groups["code"].Value} {match.Groups["name"].Value}"))
            .Distinct()
            .Take(5)
            .ToList();
        var words = details.Count > 0 ? string.Join("; ", details) : WithoutValues(error.Message);
        return ", " + string.Join(": ", new[] { error.SubCategory ?? error.Category, words }.Where(part => !string.IsNullOrEmpty(part)));
    }

    private static string WithoutValues(string? message)
    {
        var sentence = (message ?? "").Split('{', '[')[0];
        return Spoken().Replace(sentence, "…").Trim().TrimEnd('.', ':');
    }

    // A batch's validation message carries a JSON list of objects with error before name.
    [GeneratedRegex("\"error\":\"(?<code>[A-Z_]+)\",\"name\":\"(?<name>[a-z0-9_]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex EmbeddedDetail();

    [GeneratedRegex("\"[^\"]*\"?|'[^']*'|\\S+@\\S+|\\S*\\d{4,}\\S*", RegexOptions.CultureInvariant)]
    private static partial Regex Spoken();
}
