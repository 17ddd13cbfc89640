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
    /// <param name="mappedAttributes">The attributes that some connection fills, for a warning of each other one that is used; null: not known, no such warning.</param>
    public static DefinitionReading Read(ReadOnlyMemory<byte> utf8, string fileName, IReadOnlySet<string>? mappedAttributes = null)
    {
        var problems = new ProblemList(fileName);
        var definition = YamlEventReader.Read(utf8, problems) is { } root ? Read(root, problems, mappedAttributes) : null;
        return new DefinitionReading(problems.HasErrors ? null : definition, problems.InOrder);
    }

    private static Definition? Read(YamlNode root, ProblemList problems, IReadOnlySet<string>? mappedAttributes)
    {
        if (MappingReader.Open(root, problems, Keys) is not { } entries)
        {
            return null;
        }

        var scalars = new ScalarReader(problems);
        var operands = new OperandReader(problems, scalars);
        var conditions = new ConditionReader(problems, scalars, operands);
        var activities = new ActivityMatchReader(problems, scalars, conditions);
        var ids = new IdRegister(problems, scalars);
        var attributes = new LeadAttributes(entries.Find("attributes"), problems, scalars);
        var sections = new SectionReader(problems, scalars, new CriterionReader(problems, scalars, conditions, activities, ids, attributes.Scope));

        var name = entries.Require("definition") is { } nameNode ? scalars.Text(nameNode) : null;
        if (entries.Require("schema") is { } schema && scalars.Whole(schema, 1, 1000) is { } version && version != Schema)
        {
            problems.Error(schema, $"Version {version} of the language is not known here: this program reads version {Schema}.");
        }

        var idealCustomer = entries.Find("ideal_customer") is { } ideal ? scalars.Localized(ideal) : null;
        var language = entries.Find("language") is { } languageNode ? scalars.Choice(languageNode, Languages) : null;
        var review = entries.Find("review_every") is { } reviewNode ? scalars.Duration(reviewNode) : null;
        var requires = entries.Find("requires") is { } requiresNode ? attributes.Names(requiresNode, mayBeEmpty: true) : ["email"];

        var errorsBefore = problems.ErrorCount;
        var profile = sections.Read("profile", entries.Find("profile"));
        var behaviour = sections.Read("behaviour", entries.Find("behaviour"));
        var intent = sections.Read("intent", entries.Find("intent"));
        if (!entries.Has("profile") && !entries.Has("behaviour") && !entries.Has("intent"))
        {
            problems.Error(root, "At least one criterion is needed, in `profile`, `behaviour` or `intent`.");
        }

        var criterionIds = sections.Nodes.Select(IdOf).OfType<string>().ToList();
        var grades = entries.Find("grades") is { } gradesNode ? new GradesReader(problems, scalars).Read(gradesNode) : null;

        // What a score can reach is known only if all that makes it could be read.
        var bounds = problems.ErrorCount == errorsBefore && sections.AllRead ? new ScoreBounds([profile, behaviour, intent], grades) : null;
        var exclusions = entries.Find("exclusions") is { } exclusionsNode
            ? new ExclusionReader(problems, scalars, conditions, activities, ids, attributes.Scope).Read(exclusionsNode)
            : [];
        var mql = entries.Require("mql") is { } mqlNode
            ? new MqlReader(problems, scalars, conditions).Read(mqlNode, [profile, behaviour, intent], criterionIds, entries.Has("grades"), bounds)
            : null;
        var sql = entries.Find("sql") is { } sqlNode ? new SqlReader(problems, scalars, attributes).Read(sqlNode) : null;
        var sales = entries.Find("sales") is { } salesNode ? new SalesReader(problems, scalars, ids).Read(salesNode) : SalesReader.Default;
        var targets = entries.Find("targets") is { } targetsNode ? new TargetsReader(problems, scalars, operands).Read(targetsNode) : null;
        if (mappedAttributes is not null)
        {
            attributes.WarnOfUnmapped(mappedAttributes);
        }

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
            AgreementFingerprint = Fingerprint.OfAgreement((YamlMapping)root),
            ScoringFingerprint = Fingerprint.OfScoring((YamlMapping)root),
        };
    }

    private static string? IdOf(YamlNode criterion)
        => criterion is YamlMapping mapping && mapping.Entries.FirstOrDefault(entry => entry.Key.Text == "id")?.Value is YamlScalar id ? id.Text : null;
}

/// <summary>What reading a file gave: a definition if and only if there is no error among the problems.</summary>
public sealed record DefinitionReading(Definition? Definition, IReadOnlyList<DefinitionProblem> Problems);
