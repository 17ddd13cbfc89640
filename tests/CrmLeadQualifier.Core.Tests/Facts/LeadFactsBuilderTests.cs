using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.Tests.Facts;

public sealed class LeadFactsBuilderTests
{
    private static readonly ActivityKind PageView = ActivityKind.Find("page_view")!;

    private readonly LeadFactsBuilder _builder = new(new AttributeSchema([new("seats", AttributeType.Number)]));

    [Theory]
    [InlineData("a@Acme.FR", "acme.fr")]
    [InlineData("\"a@b\"@acme.fr", "acme.fr")]
    [InlineData("a@ acme.fr", "acme.fr")]
    [InlineData("a@", null)]
    [InlineData("nobody", null)]
    [InlineData(null, null)]
    public void The_email_s_domain_is_derived(string? email, string? expected)
    {
        _builder.Set("email", email);
        _builder.Set("email_domain", "given.fr");

        Assert.Equal(expected, Text(_builder.Build(), "email_domain"));
    }

    [Fact]
    public void What_cannot_be_read_or_does_not_exist_is_counted()
    {
        _builder.Set("employees", "many");
        _builder.Set("shoe_size", "43");
        _builder.Set("seats", "12");
        _builder.Add("1", "page_view", new Instant(0), false, [new("url", "/"), new("colour", "red")]);
        _builder.Add("2", "dance", new Instant(0), false, []);
        _builder.Add("3", "call", new Instant(0), false, [new("duration_seconds", "long")]);

        Assert.Equal(5, _builder.Problems);
        var facts = _builder.Build();
        Assert.Equal(2, facts.Activities.Length);
        Assert.Equal(12, facts.Values[facts.Schema.IndexOf("seats")].Number);
        Assert.Equal(0, _builder.Problems);
    }

    [Fact]
    public void A_list_kept_as_a_JSON_array_is_read_as_one_and_other_text_is_split()
    {
        _builder.Set("interests", """["CRM", "a;b"]""");
        Assert.Equal(["crm", "a;b"], Elements(_builder.Build()));

        _builder.Set("interests", "[CRM];ERP");
        Assert.Equal(["[crm]", "erp"], Elements(_builder.Build()));

        string[] Elements(LeadFacts facts) => facts.Values[facts.Schema.IndexOf("interests")].Elements;
    }

    [Fact]
    public void Of_an_attribute_given_twice_the_last_counts()
    {
        _builder.Set("country", "FR");
        _builder.Set("country", null);

        Assert.Null(Text(_builder.Build(), "country"));
    }

    [Fact]
    public void Of_the_activities_with_one_id_the_last_one_given_counts()
    {
        _builder.Add("1", new ActivityFact(PageView, new Instant(5)));
        _builder.Add(null, new ActivityFact(PageView, new Instant(6)));
        _builder.Add(null, new ActivityFact(PageView, new Instant(6)));
        _builder.Add("1", new ActivityFact(PageView, new Instant(4)));

        Assert.Equal([6, 6, 4], Instants(_builder.Build()));
    }

    [Fact]
    public void A_copy_or_an_unknown_kind_given_last_takes_the_activity_away()
    {
        _builder.Add("1", new ActivityFact(PageView, new Instant(5)));
        _builder.AddCopy("1");
        _builder.Add("2", new ActivityFact(PageView, new Instant(6)));
        _builder.Add("2", "dance", new Instant(6), false, []);
        _builder.AddCopy("3");
        _builder.Add("3", new ActivityFact(PageView, new Instant(7)));

        Assert.Equal([7], Instants(_builder.Build()));
    }

    [Fact]
    public void One_lead_s_facts_leave_nothing_to_the_next()
    {
        _builder.Set("country", "FR");
        _builder.Add("1", new ActivityFact(PageView, new Instant(5)));
        var first = _builder.Build();
        _builder.Add("1", new ActivityFact(PageView, new Instant(9)));
        var second = _builder.Build();

        Assert.Equal("fr", Text(first, "country"));
        Assert.Null(Text(second, "country"));
        Assert.Equal([5], Instants(first));
        Assert.Equal([9], Instants(second));
    }

    [Fact]
    public void An_activity_keeps_what_its_kind_has()
    {
        var problems = 0;
        var call = ActivityReader.Read(
            ActivityKind.Find("call")!, new Instant(-1), true, [new("outcome", " Won "), new("direction", null), new("duration_seconds", "61.5")], ref problems);
        var task = ActivityReader.Read(
            ActivityKind.Find("task")!, Instant.MaxValue, false, [new("subject", "S"), new("type", "T"), new("status", "Done"), new("status", " ")], ref problems);

        Assert.Equal(("call", new Instant(-1), true, "won", null, null, 61.5), (call.Kind.Name, call.At, call.Approximate, call.Text0, call.Text1, call.Text2, call.DurationSeconds));
        Assert.Equal(("task", Instant.MaxValue, false, "s", "t", null), (task.Kind.Name, task.At, task.Approximate, task.Text0, task.Text1, task.Text2));
        Assert.True(double.IsNaN(task.DurationSeconds));
        Assert.Equal(0, problems);
    }

    [Fact]
    public void Every_kind_and_instant_is_kept_in_the_packed_form()
    {
        foreach (var kind in ActivityKind.All)
        {
            foreach (var at in new[] { Instant.MinValue, new Instant(-1), new Instant(0), Instant.MaxValue })
            {
                Assert.Equal((kind, at, true), (new ActivityFact(kind, at, true).Kind, new ActivityFact(kind, at, true).At, new ActivityFact(kind, at, true).Approximate));
                Assert.Equal((kind, at, false), (new ActivityFact(kind, at).Kind, new ActivityFact(kind, at).At, new ActivityFact(kind, at).Approximate));
            }
        }
    }

    private static string? Text(LeadFacts facts, string name) => facts.Values[facts.Schema.IndexOf(name)] is { IsKnown: true } value ? value.Text : null;

    private static long[] Instants(LeadFacts facts) => [.. facts.Activities.ToArray().Select(activity => activity.At.UnixMilliseconds)];
}
