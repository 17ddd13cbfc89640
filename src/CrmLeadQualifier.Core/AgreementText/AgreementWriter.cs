using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>What is known of a version beside its content; for the page's head and the place of the signatures.</summary>
/// <param name="Fingerprint">Of the agreement, whole.</param>
public sealed record PageVersion(int Number, string Fingerprint, IReadOnlyList<PageSigner> Signers)
{
    /// <summary>Null: it is not in force.</summary>
    public Instant? InForceSince { get; init; }
}

/// <param name="Role"><c>marketing</c> or <c>sales</c>.</param>
public sealed record PageSigner(string Role, string Name, Instant At);

/// <summary>
/// Writes an agreement in plain language: every rule that it has, in the order in which a salesperson asks: who is looked for, what counts, when a lead comes, what then is to be
/// done, what was promised. Nothing of the definition that decides anything is left out.
/// </summary>
public static class AgreementWriter
{
    /// <param name="version">Null: a file that is no version yet.</param>
    public static AgreementPage Write(Definition definition, Language language, PageVersion? version = null)
    {
        var phrases = Phrases.In(language);
        var say = PageSentences.Of(phrases, definition);
        List<PageBlock> blocks =
        [
            .. IdealCustomer(definition, say),
            .. Scoring(definition, say),
            .. definition.Sections.Where(section => section.Criteria.Count > 0).SelectMany(section => Section(section, say)),
            .. Exclusions(definition, say),
            .. Grades(definition, say),
            .. Mql(definition, say),
            .. Sales(definition, say),
            .. Rejections(definition, say),
            .. Returns(definition, say),
            .. Promises(definition, say),
            new PageHeading(say.SignaturesHeading),
            new PageParagraph(say.BothSign),
            new PageSignatures([.. say.Roles.Select(role => Signature(role, say, version))]),
        ];
        return new AgreementPage(language, Phrases.OneLine(definition.Name), say.Subtitle(version), blocks);
    }

    private static IEnumerable<PageBlock> IdealCustomer(Definition definition, PageSentences say) => definition.IdealCustomer is { } ideal
        ? [new PageHeading(say.IdealCustomerHeading), new PageParagraph(say.Sentence(ideal))]
        : [];

    private static IEnumerable<PageBlock> Scoring(Definition definition, PageSentences say)
    {
        yield return new PageHeading(say.ScoringHeading);
        yield return new PageParagraph(say.ScoreIs([.. definition.Sections.Where(section => section.Criteria.Count > 0)]));
        if (definition.Requires.Count > 0)
        {
            yield return new PageParagraph(say.ScoredOnlyIf(definition.Requires));
        }

        yield return new PageParagraph(say.HowToRead);
    }

    private static IEnumerable<PageBlock> Section(Section section, PageSentences say)
    {
        yield return new PageSubheading(say.SectionTitle(section));
        if (section.Decay is { } decay && section.Criteria.OfType<ActivityCriterion>().Any(criterion => criterion.Decay == decay))
        {
            yield return new PageParagraph(say.SectionDecay(decay, hasOthers: section.Criteria.OfType<ActivityCriterion>().Any(criterion => criterion.Decay != decay)));
        }

        yield return new PageList([.. section.Criteria.Select(criterion => say.Criterion(criterion, section.Decay))]);
    }

    private static IEnumerable<PageBlock> Exclusions(Definition definition, PageSentences say) => definition.Exclusions.Count == 0 ? [] :
    [
        new PageHeading(say.ExclusionsHeading),
        new PageParagraph(say.ExclusionsIntroduction),
        new PageList([.. definition.Exclusions.Select(say.Exclusion)]),
    ];

    private static IEnumerable<PageBlock> Grades(Definition definition, PageSentences say) => definition.Grades is { } grades
        ? [new PageHeading(say.GradesHeading), new PageList([say.Letters(grades), say.Digits(grades)])]
        : [];

    private static IEnumerable<PageBlock> Mql(Definition definition, PageSentences say)
    {
        yield return new PageHeading(say.MqlHeading);
        var branches = say.MqlBranches();
        if (branches is [{ Items.Count: 0 } only])
        {
            yield return new PageParagraph(say.HandedOverWhen(only.Text));
        }
        else
        {
            yield return new PageParagraph(branches.Count == 1 ? say.HandedOverWhen(branches[0].Text) : say.HandedOverWhenAny);
            yield return new PageList([.. (branches.Count == 1 ? branches[0].Items : branches).Select(say.AsSentence)]);
        }

        yield return new PageParagraph(say.BecomesMql);
        if (definition.Mql.DailyLimit is { } limit)
        {
            yield return new PageParagraph(say.DailyLimit(limit));
        }
    }

    private static IEnumerable<PageBlock> Sales(Definition definition, PageSentences say)
    {
        yield return new PageHeading(say.SalesHeading);
        yield return new PageParagraph(say.FirstContact);
        yield return new PageParagraph(say.BusinessHours);
        yield return new PageParagraph(say.Acceptance);
        if (definition.Sql?.Evidence is { } evidence)
        {
            yield return new PageParagraph(say.Evidence(evidence));
        }

        yield return new PageParagraph(definition.Mql.ExpiresAfter is { } expires ? say.ExpiresAfter(expires) : say.NeverExpires);
    }

    private static IEnumerable<PageBlock> Rejections(Definition definition, PageSentences say)
    {
        yield return new PageHeading(say.RejectionHeading);
        if (definition.Sales.RejectionReasons.Count == 0)
        {
            yield return new PageParagraph(say.NoReasons);
            yield break;
        }

        yield return new PageParagraph(say.OneOfTheReasons);
        yield return new PageTable(say.ReasonColumns, [.. definition.Sales.RejectionReasons.Select(reason => (IReadOnlyList<string>)[say.Text(reason.Label), say.AfterRejection(reason)])]);
        yield return new PageParagraph(say.OtherCoolDowns);
    }

    private static IEnumerable<PageBlock> Returns(Definition definition, PageSentences say)
    {
        yield return new PageHeading(say.ReturnHeading);
        if (definition.Sales.RejectionReasons.Count == 0)
        {
            yield return new PageParagraph(say.OtherCoolDowns);
        }

        yield return new PageParagraph(say.ComesBack);
        if (definition.Mql.Always.Count > 0)
        {
            yield return new PageParagraph(say.EndsCoolDown(definition.Mql.Always));
        }

        yield return new PageParagraph(say.ThirdReturn);
    }

    private static IEnumerable<PageBlock> Promises(Definition definition, PageSentences say)
    {
        yield return new PageHeading(say.PromisesHeading);
        if (definition.Targets is { } targets && say.Targets(targets) is { Count: > 0 } promises)
        {
            yield return new PageParagraph(say.PromisesIntroduction);
            yield return new PageList(promises);
        }

        yield return new PageParagraph(say.Review);
    }

    private static PageSignature Signature((string Role, string Text) role, PageSentences say, PageVersion? version)
    {
        var given = version?.Signers.FirstOrDefault(signer => signer.Role == role.Role);
        return new PageSignature(role.Text, say.NameLabel, say.DateLabel, given is null ? "" : say.Signed(given));
    }
}
