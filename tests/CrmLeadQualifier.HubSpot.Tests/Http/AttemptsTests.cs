using System.Net;
using CrmLeadQualifier.Crm.Budget;
using CrmLeadQualifier.Crm.Errors;
using CrmLeadQualifier.Crm.Fields;
using CrmLeadQualifier.Crm.Streams;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Moq.Protected;

namespace CrmLeadQualifier.HubSpot.Tests.Http;

public sealed class AttemptsTests
{
    private const string Good = """{"results":[],"total":0}""";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 9, 30, 0, TimeSpan.Zero));
    private readonly Queue<Func<HttpResponseMessage>> _answers = new();
    private int _sent;

    [Theory]
    [InlineData(500, "{}")]
    [InlineData(502, "<html>Bad gateway</html>")]
    [InlineData(503, "")]
    [InlineData(524, "")]
    [InlineData(423, "")]
    [InlineData(200, "")]
    [InlineData(200, "<html>maintenance</html>")]
    [InlineData(200, "{\"results\":[{\"id\":\"1\"")]
    [InlineData(200, "null")]
    [InlineData(200, "{\"results\":5}")]
    public async Task A_read_is_tried_again(int status, string body)
    {
        _answers.Enqueue(() => FakePortal.Json(body, status));
        _answers.Enqueue(() => FakePortal.Json(Good));
        await SearchAsync();
        Assert.Equal(2, _sent);
    }

    [Fact]
    public async Task A_cut_connection_is_tried_again_by_a_read()
    {
        _answers.Enqueue(() => throw new HttpRequestException(HttpRequestError.ResponseEnded));
        _answers.Enqueue(() => FakePortal.Json(Good));
        await SearchAsync();
        Assert.Equal(2, _sent);
    }

    [Fact]
    public async Task A_fault_that_lasts_ends_as_retriable_after_five_attempts()
    {
        for (var i = 0; i < 9; i++)
        {
            _answers.Enqueue(() => FakePortal.Json("{}", 500));
        }

        await Assert.ThrowsAsync<RetriableCrmException>(SearchAsync);
        Assert.Equal(5, _sent);
    }

    [Theory]
    [InlineData("""{"policyName":"TEN_SECONDLY_ROLLING"}""", null, 10)]
    [InlineData("""{"policyName":"SECONDLY"}""", null, 1)]
    [InlineData("""{"policyName":"SECONDLY"}""", "3", 3)]
    public async Task A_rate_limit_is_waited_for(string body, string? retryAfter, int seconds)
    {
        _answers.Enqueue(() => FakePortal.Json(body, 429, retryAfter is null ? [] : [("Retry-After", retryAfter)]));
        _answers.Enqueue(() => FakePortal.Json(Good));
        var start = _clock.GetUtcNow();
        await SearchAsync();
        Assert.InRange((_clock.GetUtcNow() - start).TotalSeconds, seconds, seconds + 1);
        Assert.Equal(2, _sent);
    }

    [Fact]
    public async Task A_wait_of_hours_is_the_callers()
    {
        _answers.Enqueue(() => FakePortal.Json("", 477, ("Retry-After", "7200")));
        Assert.Equal(TimeSpan.FromHours(2), (await Assert.ThrowsAsync<RetriableCrmException>(SearchAsync)).NotBefore);
        Assert.Equal(1, _sent);
    }

    [Theory]
    [InlineData(429, true)]
    [InlineData(423, true)]
    [InlineData(503, true)]
    [InlineData(500, false)]
    [InlineData(502, false)]
    [InlineData(504, false)]
    [InlineData(200, false)]
    public async Task A_write_is_repeated_only_where_it_was_not_handled(int status, bool isRepeated)
    {
        _answers.Enqueue(() => FakePortal.Json("", status));
        _answers.Enqueue(() => FakePortal.Json("""{"results":[{"id":"1"}]}"""));
        if (isRepeated)
        {
            await WriteAsync();
        }
        else
        {
            await Assert.ThrowsAsync<UnknownOutcomeException>(WriteAsync);
        }

        Assert.Equal(isRepeated ? 2 : 1, _sent);
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, true)]
    [InlineData(HttpRequestError.NameResolutionError, true)]
    [InlineData(HttpRequestError.ResponseEnded, false)]
    [InlineData(HttpRequestError.Unknown, false)]
    public async Task A_write_that_never_left_is_repeated_and_one_that_may_have_is_not(HttpRequestError error, bool isRepeated)
    {
        _answers.Enqueue(() => throw new HttpRequestException(error));
        _answers.Enqueue(() => FakePortal.Json("""{"results":[{"id":"1"}]}"""));
        if (isRepeated)
        {
            await WriteAsync();
        }
        else
        {
            await Assert.ThrowsAsync<UnknownOutcomeException>(WriteAsync);
        }
    }

    [Theory]
    [InlineData(HttpRequestError.ConnectionError, "(no connection)")]
    [InlineData(HttpRequestError.NameResolutionError, "(its name could not be resolved)")]
    [InlineData(HttpRequestError.ResponseEnded, "(ResponseEnded)")]
    public async Task Where_no_answer_came_the_message_says_why_in_words(HttpRequestError error, string why)
    {
        for (var i = 0; i < 5; i++)
        {
            _answers.Enqueue(() => throw new HttpRequestException(error));
        }

        Assert.Contains(why, (await Assert.ThrowsAsync<RetriableCrmException>(SearchAsync)).Message);
    }

    [Fact]
    public async Task An_answer_that_never_comes_ends_a_read_as_retriable_and_a_cancelled_one_as_cancelled()
    {
        for (var i = 0; i < 5; i++)
        {
            _answers.Enqueue(() => throw new TaskCanceledException("timeout", new TimeoutException()));
        }

        await Assert.ThrowsAsync<RetriableCrmException>(SearchAsync);
        using var cancelled = new CancellationTokenSource();
        _answers.Enqueue(() =>
        {
            cancelled.Cancel();
            throw new TaskCanceledException();
        });
        using var crm = Client();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => crm.ReadPageAsync(new PageRequest("notes", new ChangeWindow(new(0), new(1)), null), cancelled.Token));
    }

    [Fact]
    public async Task The_token_is_in_no_message()
    {
        _answers.Enqueue(() => FakePortal.Json("""{"message":"token pat-secret-token is bad","category":"INVALID_AUTHENTICATION"}""", 401));
        var fatal = await Assert.ThrowsAsync<FatalCrmException>(SearchAsync);
        Assert.DoesNotContain("pat-secret", fatal.ToString());
        Assert.DoesNotContain("pat-secret", new HubSpotConnection("pat-secret-token").ToString());
    }

    private Task SearchAsync() => RunAsync(crm => crm.ReadPageAsync(new PageRequest("notes", new ChangeWindow(new(0), new(1)), null), default));

    private Task WriteAsync() => RunAsync(crm => crm.WriteAsync("contact", [new RecordWrite("1", new Dictionary<string, string> { ["score"] = "5" })], default));

    private HubSpotCrm Client()
    {
        var handler = new Mock<HttpMessageHandler>();
        handler.Protected().Setup<Task<HttpResponseMessage>>("SendAsync", ItExpr.IsAny<HttpRequestMessage>(), ItExpr.IsAny<CancellationToken>())
            .Returns((HttpRequestMessage request, CancellationToken _) =>
            {
                _sent++;
                try
                {
                    var answer = _answers.Dequeue()();
                    answer.RequestMessage = request;
                    return Task.FromResult(answer);
                }
                catch (Exception fault)
                {
                    return Task.FromException<HttpResponseMessage>(fault);
                }
            });
        return new HubSpotCrm(new HubSpotConnection("pat-secret-token") { BaseUrl = "https://portal.test" }, new HttpClient(handler.Object), new ProcessBudget(_clock), _clock);
    }

    // Outside xunit's synchronization context a delay's continuation runs within Advance, so that the clock never runs ahead of what waited for it.
    private Task RunAsync(Func<HubSpotCrm, Task> act) => Task.Run(async () =>
    {
        using var crm = Client();
        var running = act(crm);
        while (!running.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
        }

        await running;
    });
}
