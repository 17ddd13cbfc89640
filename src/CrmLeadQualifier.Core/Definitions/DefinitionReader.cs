using CrmLeadQualifier.Core.Definitions.Fingerprints;
using CrmLeadQualifier.Core.Definitions.Reading;
using CrmLeadQualifier.Core.Definitions.Yaml;

namespace CrmLeadQualifier.Core.Definitions;

/// <summary>
/// Reads and checks a definition file: YAML's events become positioned nodes behind a depth guard, the nodes become a <see cref="Definition"/>.
/// A syntax error ends the check; every other problem is reported, each at its place.
/// </summary>
public static class DefinitionReader
{
    /// <summary>The version of the language that this program reads.</summary>
    public const int Schema = 1;

    private static readonly TimeSpan DefaultReview = TimeSpan.FromDays(90);

    private static readonly string[] Keys =
    [
        "definition", "schema", "ideal_customer", "language", "review_every", "attributes", "requires", "profile", "behaviour", "intent", "exclusions", "grades", "mql", "sql",
        "sales", "targets",
    ];

    private static readonly Dictionary<string, Language> Languages = new(StringComparer.Ordinal) { ["en"] = Language.English, ["fr"] = Language.French };

    /// <param name="utf8">The file's bytes.</param>
    /// <param name="fileName">As it is to be named in problems.</param>
    public static DefinitionReading Read(ReadOnlyMemory<byte> utf8, string fileName)
    {
        var problems = new ProblemList(fileName);
        var definition = YamlEventReader.Read(utf8, problems) is { } root ? Read(new Place(root, ""), problems) : null;
        return new DefinitionReading(problems.HasErrors ? null : definition, problems.InOrder);
    }

    private static Definition? Read(Place root, ProblemList problems)
    {
        if (MappingReader.Open(root, problems, Keys) is not { } entries)
        {
            return null;
        }

        var scalars = new ScalarReader(problems);
        var operands = new OperandReader(problems);
        var conditions = new ConditionReader(problems, scalars, operands);
        var activities = new ActivityMatchReader(problems, scalars, conditions);
        var ids = new IdRegister(problems, scalars);
        var attributes = new LeadAttributes(entries.Find("attributes"), problems, scalars);
        var sections = new SectionReader(problems, scalars, new CriterionReader(problems, scalars, conditions, activities, ids, attributes.Scope));

        var name = entries.Require("definition") is { } namePlace ? scalars.Text(namePlace) : null;
        if (entries.Require("schema") is { } schema && scalars.Whole(schema, 1, int.MaxValue) is { } version && version != Schema)
        {
            problems.Error(schema, $"Version {version} of the language is not known here: this program reads version {Schema}.");
        }

        var idealCustomer = entries.Find("ideal_customer") is { } ideal ? scalars.Localized(ideal) : null;
        var language = entries.Find("language") is { } languagePlace ? scalars.Choice(languagePlace, Languages) : null;
        var review = entries.Find("review_every") is { } reviewPlace ? scalars.Duration(reviewPlace) : null;
        var requires = entries.Find("requires") is { } requiresPlace ? attributes.Names(requiresPlace, mayBeEmpty: true) : ["email"];

        var errorsBefore = problems.ErrorCount;
        var profile = sections.Read("profile", entries.Find("profile"));
        var behaviour = sections.Read("behaviour", entries.Find("behaviour"));
        var intent = sections.Read("intent", entries.Find("intent"));
        if (!entries.Has("profile") && !entries.Has("behaviour") && !entries.Has("intent"))
        {
            problems.Error(root, "At least one criterion is needed, in `profile`, `behaviour` or `intent`.");
        }

        var criterionIds = sections.Places.Select(IdOf).OfType<string>().ToList();
        var grades = entries.Find("grades") is { } gradesPlace ? new GradesReader(problems, scalars).Read(gradesPlace) : null;
        var bounds = problems.ErrorCount == errorsBefore ? new ScoreBounds([profile, behaviour, intent], grades) : null;
        var exclusions = entries.Find("exclusions") is { } exclusionsPlace
            ? new ExclusionReader(problems, scalars, conditions, activities, ids, attributes.Scope).Read(exclusionsPlace)
            : [];
        var mql = entries.Require("mql") is { } mqlPlace
            ? new MqlReader(problems, scalars, conditions).Read(mqlPlace, [profile, behaviour, intent], criterionIds, entries.Has("grades"), bounds)
            : null;
        var sql = entries.Find("sql") is { } sqlPlace ? new SqlReader(problems, scalars, attributes).Read(sqlPlace) : null;
        var sales = entries.Find("sales") is { } salesPlace ? new SalesReader(problems, scalars, ids).Read(salesPlace) : SalesReader.Default;
        var targets = entries.Find("targets") is { } targetsPlace ? new TargetsReader(problems, scalars, operands).Read(targetsPlace) : null;
        if (problems.HasErrors)
        {
            return null;
        }

        return new Definition
        {
            Name = name!,
            IdealCustomer = idealCustomer,
            Language = language ?? Language.English,
            ReviewEvery = review ?? DefaultReview,
            Attributes = attributes.Schema,
            Requires = requires!,
            Profile = profile,
            Behaviour = behaviour,
            Intent = intent,
            Exclusions = exclusions,
            Grades = grades,
            Mql = mql!,
            Sql = sql,
            Sales = sales,
            Targets = targets,
            AgreementFingerprint = Fingerprint.OfAgreement((YamlMapping)root.Node),
            ScoringFingerprint = Fingerprint.OfScoring((YamlMapping)root.Node),
        };
    }

    private static string? IdOf(Place criterion)
        => criterion.Node is YamlMapping mapping && mapping.Entries.FirstOrDefault(entry => entry.Key.Text == "id")?.Value is YamlScalar id ? id.Text : null;
}

/// <summary>What reading a file gave: a definition if and only if there is no error among the problems.</summary>
public sealed record DefinitionReading(Definition? Definition, IReadOnlyList<DefinitionProblem> Problems);
