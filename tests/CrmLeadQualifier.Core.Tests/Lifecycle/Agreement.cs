using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using CrmLeadQualifier.Core.Scoring;
using NodaTime;
using Instant = CrmLeadQualifier.Core.Time.Instant;

namespace CrmLeadQualifier.Core.Tests.Lifecycle;

/// <summary>The example agreement of the definition language, made by hand: only what the lifecycle reads of it is true to the page.</summary>
internal static class Agreement
{
    private static readonly Condition Any = new AllOf([]);

    public static BusinessHours Hours { get; } = new(
        DateTimeZoneProviders.Tzdb["Europe/Paris"],
        new HashSet<IsoDayOfWeek> { IsoDayOfWeek.Monday, IsoDayOfWeek.Tuesday, IsoDayOfWeek.Wednesday, IsoDayOfWeek.Thursday, IsoDayOfWeek.Friday },
        new LocalTime(9, 0),
        new LocalTime(18, 0),
        new HashSet<LocalDate> { new(2026, 12, 25) });

    public static Definition OneStep { get; } = new()
    {
        Name = "B2B SaaS France",
        Language = Language.English,
        ReviewEvery = TimeSpan.FromDays(90),
        Attributes = AttributeSchema.Standard,
        Requires = ["email", "company"],
        Profile = new Section("profile", 100,
        [
            new AttributeCriterion("decision_maker", new("Decision maker", "Décideur"), [new Tier(Any, 30)]),
            new AttributeCriterion("company_size", new("Company size", "Taille d'entreprise"), [new Tier(Any, 30)]),
            new AttributeCriterion("freemail", new("Personal mailbox", "Adresse personnelle"), [new Tier(Any, -15)]),
        ]),
        Behaviour = new Section("behaviour", 60, [new ActivityCriterion("pricing_page", new("Viewed pricing", "Page tarifs consultée"), [], 15)]),
        Intent = new Section("intent", 100, [new ActivityCriterion("demo_request", new("Demo requested", "Démo demandée"), [], 60)]),
        Exclusions =
        [
            new Exclusion("student", new("Student", "Étudiant"), new ExclusionMatch { If = Any }, null),
            new Exclusion("competitor", new("Competitor", "Concurrent"), new ExclusionMatch { If = Any }, null),
        ],
        Mql = new MqlRule(Any) { Always = ["demo_request"], ExpiresAfter = TimeSpan.FromDays(60) },
        Sql = new SqlRule(null, new Evidence(["need", "budget", "timeframe"], 2)),
        Sales = new SalesRule
        {
            FirstContactWithin = TimeSpan.FromHours(8),
            BusinessHours = Hours,
            TwoStep = false,
            CoolDown = new Dictionary<string, TimeSpan> { ["expired"] = TimeSpan.FromDays(30), ["deal_lost"] = TimeSpan.FromDays(60) },
            RejectionReasons =
            [
                new RejectionReason("not_target", new("Out of target", "Hors cible"), AfterRejection.Disqualify, null),
                new RejectionReason("no_need", new("No need", "Pas de besoin"), AfterRejection.Recycle, TimeSpan.FromDays(180)),
                new RejectionReason("bad_timing", new("Bad timing", "Mauvais timing"), AfterRejection.Recycle, TimeSpan.FromDays(20)),
                new RejectionReason("someday", new("Someday", "Un jour"), AfterRejection.Recycle, null),
            ],
        },
        AgreementFingerprint = new string('a', 64),
        ScoringFingerprint = new string('1', 64),
    };

    public static Definition TwoStep { get; } = OneStep with { Sales = OneStep.Sales with { TwoStep = true } };

    public static Definition French { get; } = OneStep with { Language = Language.French };

    public static Definition Next { get; } = OneStep with { ScoringFingerprint = new string('2', 64) };

    public static LeadScore Qualified { get; } = new() { Status = LeadStatus.Qualified, Profile = 60, Intent = 60 };

    public static LeadScore NotYet { get; } = new() { Status = LeadStatus.NotYet, Profile = 30 };

    public static LeadScore Excluded { get; } = new() { Status = LeadStatus.Excluded, Profile = 60, Intent = 60, ExcludedBy = ["student"] };

    public static LeadScore Unscorable { get; } = new() { Status = LeadStatus.Unscorable, Missing = ["company"] };

    /// <summary>09:00 UTC of a day of November 2026, counted from the first (0 and less lie before, 31 and more after).</summary>
    public static Instant Day(double day) => Instant.From(new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero).AddDays(day - 1));

    public static Instant At(string text) => Instant.TryRead(text, out var instant) ? instant : throw new ArgumentException(text);
}
