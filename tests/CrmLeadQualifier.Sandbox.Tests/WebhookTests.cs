using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace CrmLeadQualifier.Sandbox.Tests;

public sealed class WebhookTests
{
    [Fact]
    public async Task Events_come_signed_over_method_address_body_and_time()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.PostAsync("/__sandbox/webhooks", new { url = receiver.Url, client_secret = "s3cret" });
        var id = await sandbox.CreateAsync("contacts", new { email = "a@b.fr" });
        await receiver.UntilAsync(events => events.Any(happened => happened.Type == "contact.creation"));
        var delivery = receiver.Deliveries.First();
        var signed = $"POST{receiver.Url}{delivery.Body}{delivery.Stamp}";
        Assert.Equal(Convert.ToBase64String(HMACSHA256.HashData(Encoding.UTF8.GetBytes("s3cret"), Encoding.UTF8.GetBytes(signed))), delivery.Signature);
        var email = receiver.Events.Single(happened => happened.Type == "contact.propertyChange" && happened.Text("propertyName") == "email");
        Assert.Equal(("a@b.fr", "INTEGRATION", id), (email.Text("propertyValue"), email.Text("changeSource"), email.Text("objectId")));
        Assert.Equal("44237313", email.Text("portalId"));
    }

    [Fact]
    public async Task Merges_deletions_restores_associations_and_engagements_are_told()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var sandbox = await RunningSandbox.StartAsync();
        var (first, second) = (await sandbox.CreateAsync("contacts", new { email = "a@b.fr" }), await sandbox.CreateAsync("contacts", new { email = "c@d.fr" }));
        await sandbox.PostAsync("/__sandbox/webhooks", new { url = receiver.Url });
        var call = await sandbox.CreateAsync("calls", new { hs_timestamp = "2026-11-23T09:00:00Z" });
        await sandbox.PostAsync("/crm/associations/2026-03/calls/contacts/batch/create",
            new { inputs = new[] { new { from = new { id = call }, to = new { id = first } } } });
        var survivor = (await sandbox.PostAsync($"/__sandbox/people/contacts/{first}/merge", new { other = second, user = "2506672" }))["id"].GetString();
        await sandbox.PostAsync($"/__sandbox/people/contacts/{survivor}/delete", new { user = "2506672" });
        await sandbox.PostAsync($"/__sandbox/people/contacts/{survivor}/restore", new { user = "2506672" });
        await sandbox.PostAsync($"/__sandbox/people/contacts/{survivor}/erase", new { user = "2506672" });
        await receiver.UntilAsync(events => events.Any(happened => happened.Type == "contact.privacyDeletion"));
        await receiver.UntilAsync(events => events.Any(happened => happened.Type == "contact.restore"));
        var merge = receiver.Events.Single(happened => happened.Type == "contact.merge");
        Assert.Equal((first, survivor), (merge.Text("primaryObjectId"), merge.Text("newObjectId")));
        Assert.Contains(receiver.Events, happened => happened.Type == "object.creation" && happened.Text("objectTypeId") == "0-48");
        Assert.Contains(receiver.Events, happened => happened.Type == "contact.associationChange" && happened.Text("toObjectId") == call);
        Assert.Contains(receiver.Events, happened => happened.Type == "contact.deletion" && happened.Text("sourceId") == "userId:2506672");
    }

    [Fact]
    public async Task Only_what_was_subscribed_to_comes_in_batches_of_a_hundred_and_again_until_taken()
    {
        await using var receiver = await Receiver.StartAsync(refused: 1);
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.PostAsync("/__sandbox/webhooks", new { url = receiver.Url, subscriptions = new[] { "contact.propertyChange:city" } });
        var created = await sandbox.PostAsync("/crm/v3/objects/contacts/batch/create",
            new { inputs = Enumerable.Range(0, 100).Select(_ => new { properties = new { city = "Lyon", country = "France" } }) });
        Assert.Equal(201, created.Status);
        await receiver.UntilAsync(events => events.Select(happened => happened.Text("objectId")).Distinct().Count() == 100);
        Assert.All(receiver.Events, happened => Assert.Equal("city", happened.Text("propertyName")));
        Assert.All(receiver.Deliveries, delivery => Assert.InRange(JsonDocument.Parse(delivery.Body).RootElement.GetArrayLength(), 1, 100));
        Assert.Contains(receiver.Events, happened => happened.Text("attemptNumber") == "1");
    }

    [Fact]
    public async Task Events_can_come_twice_and_in_disorder()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var sandbox = await RunningSandbox.StartAsync();
        await sandbox.PostAsync("/__sandbox/faults", new { faults = "webhook-duplicates,webhook-disorder" });
        await sandbox.GetAsync("/crm/owners/2026-03");
        await sandbox.PostAsync("/__sandbox/webhooks", new { url = receiver.Url, subscriptions = new[] { "contact.creation" } });
        await sandbox.PostAsync("/crm/v3/objects/contacts/batch/create", new { inputs = Enumerable.Range(0, 60).Select(_ => new { properties = new { } }) });
        await receiver.UntilAsync(events => events.Count == 120);
        var order = receiver.Events.Select(happened => long.Parse(happened.Text("objectId")!)).ToList();
        Assert.Equal(60, order.Distinct().Count());
        Assert.NotEqual(order.Distinct().Order(), order.Distinct());
        Assert.Equal(60, (await sandbox.GetAsync("/__sandbox/webhooks"))["delivered"].GetInt64());
    }

    private sealed record Delivery(string Body, string Stamp, string Signature);

    private sealed record Happened(string Type, JsonElement Json)
    {
        public string? Text(string name) => Json.TryGetProperty(name, out var value) ? value.ToString() : null;
    }

    private sealed class Receiver(WebApplication web) : IAsyncDisposable
    {
        private readonly ConcurrentQueue<Delivery> _deliveries = new();
        private int _toRefuse;

        public string Url => web.Urls.Single() + "/hooks/hub?from=sandbox";

        public IEnumerable<Delivery> Deliveries => _deliveries;

        public List<Happened> Events => [.. _deliveries.SelectMany(delivery => JsonDocument.Parse(delivery.Body).RootElement.EnumerateArray())
            .Select(happened => new Happened(happened.GetProperty("subscriptionType").GetString()!, happened))];

        public static async Task<Receiver> StartAsync(int refused = 0)
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var web = builder.Build();
            var receiver = new Receiver(web) { _toRefuse = refused };
            web.Run(receiver.TakeAsync);
            await web.StartAsync();
            return receiver;
        }

        public async Task UntilAsync(Func<List<Happened>, bool> condition)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            while (!condition(Events))
                await Task.Delay(20, patience.Token);
        }

        public ValueTask DisposeAsync() => web.DisposeAsync();

        private async Task TakeAsync(HttpContext http)
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            if (Interlocked.Decrement(ref _toRefuse) >= 0)
            {
                http.Response.StatusCode = 503;
                return;
            }
            _deliveries.Enqueue(new Delivery(body, http.Request.Headers["X-HubSpot-Request-Timestamp"]!, http.Request.Headers["X-HubSpot-Signature-v3"]!));
        }
    }
}
