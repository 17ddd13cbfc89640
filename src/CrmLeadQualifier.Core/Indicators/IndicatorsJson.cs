using System.Text.Json.Nodes;

namespace CrmLeadQualifier.Core.Indicators;

/// <summary>
/// The JSON form of a set of indicators (command line, "JSON forms"): every rate with its counts, numbers rounded to five digits after the point, null with <c>why</c> where
/// something cannot be computed.
/// </summary>
public static class IndicatorsJson
{
    private const string Nobody = "nobody to take a share of";

    public static JsonObject Build(IndicatorSet set) => new()
    {
        ["from"] = set.Window.From.ToString(),
        ["to"] = set.Window.To.ToString(),
        ["as_of"] = set.Window.AsOf.ToString(),
        ["known_at"] = set.Window.KnownAt.ToString(),
        ["definition"] = set.Definition.Name,
        ["agreement"] = set.Definition.AgreementFingerprint,
        ["mqls"] = set.Mqls,
        ["immature"] = set.Maturity.IsImmature,
        ["maturity"] = new JsonObject
        {
            ["youngest_days"] = Rounded(set.Maturity.YoungestDays), ["needed_days"] = Rounded(set.Maturity.NeededDays), ["past_lags"] = set.Maturity.PastLags,
        },
        ["new_leads"] = Build(set.NewLeads),
        ["volume"] = Build(set.Volume),
        ["waiting"] = OfHandOver(set, set.Waiting, Build),
        ["mql_to_sal"] = set.MqlToSal is { } sal ? Build(sal) : Why("the agreement has no such step"),
        ["mql_to_sql"] = Build(set.MqlToSql),
        ["answered"] = Build(set.Answered),
        ["rejected"] = Build(set.Rejected),
        ["accepted"] = WithInterval(Build(set.Rejected.Accepted), set.Rejected.Accepted),
        ["accepted_without_contact"] = OfHandOver(set, set.AcceptedWithoutContact, Build),
        ["system_delay"] = OfHandOver(set, set.SystemDelay, Build),
        ["first_contact"] = OfHandOver(set, set.FirstContact, Build),
        ["sla"] = OfHandOver(set, set.SlaMet, sla => Named("met", sla)),
        ["mql_to_opportunity"] = Build(set.MqlToOpportunity),
        ["close"] = Build(set.Close),
        ["found_by_sales"] = set.FoundBySales,
        ["close_by_source"] = new JsonArray([.. set.BySource.Select(source => Labelled("source", source.Value, WithInterval(Build(source.Close), source.Close.Rate)))]),
        ["by_grade"] = new JsonArray([.. set.ByGrade.Select(GradeOf)]),
        ["by_source"] = Breakdowns("source", set.BySource),
        ["by_owner"] = Breakdowns("owner", set.ByOwner),
        ["by_country"] = Breakdowns("country", set.ByCountry),
        ["by_agreement"] = Breakdowns("agreement", set.ByAgreement),
        ["targets"] = new JsonArray([.. set.Targets.Select(Build)]),
        ["rejected_segments"] = set.RejectedSegments is { } segments ? new JsonArray([.. segments.Select(Build)]) : null,
        ["coverage"] = new JsonArray([.. set.Coverage.Select(Build)]),
        ["problems"] = new JsonArray([.. set.Problems.Select(Build)]),
    };

    /// <summary>Five digits after the point; null stays null.</summary>
    public static JsonNode? Rounded(double? number) => number is { } value ? Math.Round(value, 5, MidpointRounding.AwayFromZero) : null;

    /// <summary><c>{"count", "of", "rate"}</c>, and <c>why</c> where there is no rate.</summary>
    public static JsonObject Build(Rate rate) => Named("count", rate);

    /// <summary>The rate's object with <c>low</c> and <c>high</c>.</summary>
    public static JsonObject WithInterval(JsonObject json, Rate rate)
    {
        json["low"] = Rounded(rate.Wilson?.Low);
        json["high"] = Rounded(rate.Wilson?.High);
        return json;
    }

    private static JsonObject Named(string count, Rate rate)
    {
        var json = new JsonObject { [count] = rate.Count, ["of"] = rate.Of, ["rate"] = Rounded(rate.Value) };
        if (rate.Value is null)
        {
            json["why"] = Nobody;
        }

        return json;
    }

    private static JsonObject Why(string why) => new() { ["count"] = null, ["of"] = null, ["rate"] = null, ["why"] = why };

    private static JsonNode OfHandOver<T>(IndicatorSet set, T? value, Func<T, JsonNode> build)
        where T : struct => value is { } given ? build(given) : new JsonObject { ["rate"] = null, ["why"] = set.WhyNoHandOver };

    private static JsonNode OfHandOver<T>(IndicatorSet set, T? value, Func<T, JsonNode> build)
        where T : class => value is { } given ? build(given) : new JsonObject { ["rate"] = null, ["why"] = set.WhyNoHandOver };

    private static JsonObject Build(Conversion conversion)
    {
        var json = Build(conversion.Rate);
        json["lag_days"] = new JsonObject
        {
            ["median"] = Rounded(conversion.LagDays.Median), ["p25"] = Rounded(conversion.LagDays.At(0.25)), ["p75"] = Rounded(conversion.LagDays.At(0.75)),
        };
        json["at_age"] = AtAges(conversion.AtAges);
        return json;
    }

    private static JsonArray AtAges(IReadOnlyList<RateAtAge> ages) => new([.. ages.Select(age => Labelled("days", age.Days, Build(age.Rate)))]);

    private static JsonObject Build(Rejection rejection)
    {
        var json = Build(rejection.Rate);
        json["by_reason"] = new JsonArray([.. rejection.ByReason.Select(reason => new JsonObject { ["reason"] = reason.Reason, ["count"] = reason.Count })]);
        json["at_age"] = AtAges(rejection.AtAges);
        return json;
    }

    private static JsonObject Build(Delay delay) => new()
    {
        ["business_hours"] = Hours(delay.BusinessHours), ["calendar_hours"] = Hours(delay.CalendarHours), ["of"] = delay.CalendarHours.Count, ["not_yet"] = delay.CalendarHours.NotReached,
    };

    private static JsonObject Hours(Quantiles hours)
    {
        var json = new JsonObject { ["median"] = Rounded(hours.Median), ["p75"] = Rounded(hours.At(0.75)), ["p90"] = Rounded(hours.At(0.9)) };
        if (hours.At(0.9) is null)
        {
            json["why"] = hours.Count == 0 ? "nobody was handed over" : "not reached: too many have not come so far yet";
        }

        return json;
    }

    private static JsonArray Build(IReadOnlyList<Share> shares) => new([.. shares.Select(share => Labelled("owner", share.Value, Build(share.Rate)))]);

    private static JsonObject Build(NewLeads leads) => new()
    {
        ["count"] = leads.Count,
        ["out_of_target"] = OutOfTarget(leads.OutOfTarget),
        ["out_of_target_because"] = new JsonArray([.. leads.OutOfTargetBecause.Select(why => new JsonObject { [why.IsMissing ? "missing" : "exclusion"] = why.Because, ["count"] = why.Count })]),
        ["by_source"] = new JsonArray([.. leads.BySource.Select(source => new JsonObject
        {
            ["source"] = source.Source,
            ["source_detail"] = source.SourceDetail,
            ["count"] = source.ToMql.Of,
            ["lead_to_mql"] = Labelled("lag_days", new JsonObject { ["median"] = Rounded(source.LagDays.Median) }, Build(source.ToMql)),
            ["out_of_target"] = OutOfTarget(source.OutOfTarget),
        })]),
    };

    private static JsonObject OutOfTarget(Rate? rate) => rate is { } known ? Build(known) : Why("the leads' status is not known as of this instant");

    private static JsonObject Build(MqlVolume volume) => new()
    {
        ["per_week"] = Rounded(volume.PerWeek), ["days"] = Build("day", volume.Days), ["weeks"] = Build("week", volume.Weeks), ["months"] = Build("month", volume.Months),
    };

    private static JsonArray Build(string period, IReadOnlyList<VolumeOf> volumes) =>
        new([.. volumes.Select(volume => new JsonObject { [period] = volume.Period, ["mqls"] = volume.Mqls })]);

    /// <summary>A grade's own rate is its conversion to SQL.</summary>
    private static JsonObject GradeOf(Breakdown grade)
    {
        var json = Labelled("grade", grade.Value, WithInterval(Build(grade.MqlToSql), grade.MqlToSql.Rate));
        json["not_monotone"] = grade.IsOutOfOrder;
        json["rejected"] = Build(grade.Rejected);
        json["close"] = Build(grade.Close);
        return json;
    }

    private static JsonArray Breakdowns(string label, IReadOnlyList<Breakdown> breakdowns) => new([.. breakdowns.Select(part => new JsonObject
    {
        [label] = part.Value,
        ["mqls"] = part.Mqls,
        ["answered"] = Build(part.Answered),
        ["mql_to_sql"] = WithInterval(Build(part.MqlToSql), part.MqlToSql.Rate),
        ["rejected"] = WithInterval(Build(part.Rejected), part.Rejected.Rate),
        ["close"] = WithInterval(Build(part.Close), part.Close.Rate),
    })]);

    private static JsonObject Build(TargetResult target)
    {
        var json = new JsonObject
        {
            ["target"] = target.Target, ["at_least"] = target.AtLeast, ["at_most"] = target.AtMost, ["value"] = Rounded(target.Value), ["met"] = target.IsMet,
        };
        if (target.Rate is { } rate)
        {
            (json["count"], json["of"]) = (rate.Count, rate.Of);
        }

        if (target.Value is null)
        {
            json["why"] = target.Rate is null ? "cannot be computed here" : Nobody;
        }

        return json;
    }

    private static JsonObject Build(AttributeCoverage coverage)
    {
        var json = new JsonObject { ["criterion"] = coverage.Criterion, ["attribute"] = coverage.Attribute, ["connection"] = coverage.Connection };
        foreach (var (name, value) in Build(coverage.Known))
        {
            json[name] = value?.DeepClone();
        }

        return json;
    }

    /// <summary>Both rates with their intervals.</summary>
    public static JsonObject Build(RejectedSegment segment) => new()
    {
        ["kind"] = segment.Kind,
        ["name"] = segment.Name,
        ["value"] = segment.Value,
        ["rejected"] = WithInterval(Build(segment.Rejected), segment.Rejected),
        ["rest"] = WithInterval(Build(segment.Rest), segment.Rest),
        ["p"] = segment.P,
        ["q"] = segment.Q,
        ["main_reason"] = segment.MainReason,
        ["let_through_by"] = segment.LetThroughBy,
    };

    private static JsonObject Build(IndicatorProblem problem) => new()
    {
        ["problem"] = problem.Kind, ["sentence"] = problem.Sentence, ["count"] = problem.Count, ["leads"] = new JsonArray([.. problem.Leads.Select(lead => (JsonNode?)lead)]),
    };

    /// <summary>The object with a key in front.</summary>
    private static JsonObject Labelled(string label, JsonNode? value, JsonObject json)
    {
        json.Insert(0, label, value);
        return json;
    }
}
