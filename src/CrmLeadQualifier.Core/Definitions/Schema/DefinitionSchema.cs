using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CrmLeadQualifier.Core.Definitions.Reading;
using CrmLeadQualifier.Core.Facts;

namespace CrmLeadQualifier.Core.Definitions.Schema;

/// <summary>
/// The definition language as a JSON Schema: completion and a first check while typing. It keeps to words that drafts 4 to 7 share, which every editor's YAML extension knows. Built from the tables that the reader
/// reads by, so that kinds, attributes and operators are never two lists. What a schema cannot say (an id used twice, a branch that can never hold) only the reader says.
/// </summary>
public static class DefinitionSchema
{
    private const string Id = "^[a-z][a-z0-9_]*$";

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as a file has it.</summary>
    public static string Json => Build().ToJsonString(Format);

    /// <summary>The whole schema.</summary>
    public static JsonObject Build() => new()
    {
        ["$schema"] = "http://json-schema.org/draft-07/schema#",
        ["title"] = "Qualification definition",
        ["description"] = "The agreement between marketing and sales on what a quality lead is.",
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = Names("definition", "schema", "mql"),
        ["anyOf"] = new JsonArray([.. ((string[])["profile", "behaviour", "intent"]).Select(section => new JsonObject { ["required"] = Names(section) })]),
        ["properties"] = Root(),
        ["definitions"] = Definitions(),
    };

    private static JsonObject Root() => new()
    {
        ["definition"] = Text("What the agreement is called."),
        ["schema"] = With(new JsonObject { ["enum"] = new JsonArray(DefinitionReader.Schema) }, "The version of the language."),
        ["ideal_customer"] = Ref("localized", "The sentence that both teams say: who is looked for."),
        ["language"] = Choice("The language of the reasons that sales reads in the CRM. Default: en.", "en", "fr"),
        ["review_every"] = Ref("duration", "After that the agreement is overdue for review. Default: 90d."),
        ["attributes"] = new JsonObject
        {
            ["description"] = "Attributes of your own, each with its type; the standard ones are there without being declared.",
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["patternProperties"] = new JsonObject { [Id] = Choice("The type of its values.", "text", "number", "boolean", "date", "list") },
        },
        ["requires"] = With(List(Ref("attributeName")), "Without these a lead is not scored (unscorable). Default: [email]."),
        ["profile"] = Section("Who they are.", "attributeCriterion", hasDecay: false),
        ["behaviour"] = Section("What they do.", "criterion", hasDecay: true),
        ["intent"] = Section("What they say they want.", "criterion", hasDecay: true),
        ["exclusions"] = With(List(Ref("exclusion")), "Out of target, however high the score: never handed over."),
        ["grades"] = Mapping("A letter for the profile and a digit for behaviour and intent; thresholds fall.", ["profile", "engagement"],
            ("profile", Marks("Below the last: D.", "A", "B", "C")), ("engagement", Marks("Below the last: 4.", "1", "2", "3"))),
        ["mql"] = Mapping("The moment a lead may be handed to sales.", ["when"],
            ("when", Ref("scoreCondition", "Over profile, behaviour, intent, total, grade and criterion.ID.")),
            ("always", With(List(new JsonObject { ["type"] = "string", ["pattern"] = Id }), "Criteria on activities: a new one ends any rest.")),
            ("daily_limit", Whole(1, 1_000_000, "How many held leads are released a day, the highest totals first.")),
            ("expires_after", Ref("duration", "Without an answer from sales by then, the lead goes back to marketing."))),
        ["sql"] = Mapping("What sales confirms.", [],
            ("means", Ref("localized", "What an SQL means, in words that both teams say.")),
            ("evidence", Mapping("What should be known of an SQL.", ["of", "at_least"],
                ("of", List(Ref("attributeName"), least: 1)), ("at_least", Whole(1, 1000, "How many of them."))))),
        ["sales"] = Sales(),
        ["targets"] = Mapping("What the teams promise each other.", [],
            ("mql_per_week", Mapping("How many leads are handed over a week.", [],
                ("at_least", Number()), ("at_most", Number()), ("between", Pair(Number())))),
            ("mql_to_sql", AtLeast("How many of them become SQL.")),
            ("sla_met", AtLeast("How many are contacted, or rejected, in time.")),
            ("reasons_given", AtLeast("How many rejections come with a reason."))),
    };

    private static JsonObject Sales() => Mapping("What sales promises in return.", [],
        ("first_contact_within", Ref("duration", "In business hours. Default: 8h.")),
        ("business_hours", Mapping("When sales works. Default: Monday to Friday, 09:00 to 18:00 UTC.", [],
            ("timezone", Text("Such as Europe/Paris.")),
            ("days", With(List(Choice("A day.", "mon", "tue", "wed", "thu", "fri", "sat", "sun"), least: 1), "The days on which sales works.")),
            ("from", Pattern("^[0-2][0-9]:[0-5][0-9]$", "In quotes: \"09:00\".")),
            ("to", Pattern("^[0-2][0-9]:[0-5][0-9]$", "In quotes: \"18:00\".")),
            ("holidays", With(List(Pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "A day.")), "Days on which nobody works.")))),
        ("two_step", With(new JsonObject { ["type"] = "boolean" }, "true: accepted gives SAL, qualified gives SQL; false: accepted gives SQL.")),
        ("cool_down", Mapping("How long a lead rests. Default: 90d each.", [], ("expired", Ref("duration")), ("deal_lost", Ref("duration")))),
        ("rejection_reasons", With(List(Ref("rejectionReason")), "Why sales turns a lead down, and what follows.")));

    private static JsonObject Definitions() => new()
    {
        ["localized"] = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                Scalar(),
                new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = false,
                    ["minProperties"] = 1,
                    ["properties"] = new JsonObject { ["en"] = Scalar(), ["fr"] = Scalar() },
                }),
        },
        ["duration"] = Pattern("^[0-9]+[mhdw]$", "A whole number and m, h, d or w, such as 30d."),
        ["attributeName"] = new JsonObject
        {
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = Names([.. AttributeSchema.StandardAttributes.Select(attribute => attribute.Name)]) },
                new JsonObject { ["type"] = "string", ["pattern"] = Id }),
        },
        ["kinds"] = new JsonObject
        {
            ["description"] = "A kind of activity, or a list of kinds.",
            ["anyOf"] = new JsonArray(Ref("kind"), List(Ref("kind"), least: 1)),
        },
        ["kind"] = new JsonObject { ["enum"] = Names([.. ActivityKind.All.Select(kind => kind.Name)]) },
        ["decay"] = new JsonObject
        {
            ["description"] = "What an activity loses with time, or none.",
            ["anyOf"] = new JsonArray(
                new JsonObject { ["enum"] = Names("none") },
                Mapping("What each period takes.", ["lose", "every"], ("lose", Percent("A whole percentage.")), ("every", Ref("duration")))),
        },
        ["points"] = Whole(-CriterionReader.MostPoints, CriterionReader.MostPoints, "Negative ones take away."),
        ["attributeCriterion"] = AttributeCriterion(),
        ["activityCriterion"] = ActivityCriterion(),
        ["criterion"] = new JsonObject { ["anyOf"] = new JsonArray(Ref("activityCriterion"), Ref("attributeCriterion")) },
        ["exclusion"] = Exclusion(),
        ["rejectionReason"] = Mapping("A reason.", ["id", "label", "then"],
            ("id", IdText()), ("label", Ref("localized")),
            ("then", Choice("recycle: may come back after a while; disqualify: out, unless sales reopens it.", "recycle", "disqualify")),
            ("after", Ref("duration", "With recycle: how long it rests."))),
        ["condition"] = Conditions("condition", AttributeSchema.StandardAttributes.Select(attribute => (attribute.Name, TestOf(attribute.Type))), ownPattern: Id, ownTest: "anyTest"),
        ["activityCondition"] = Conditions(
            "activityCondition", ActivityKind.All.SelectMany(kind => kind.Attributes).Distinct().Select(name => (name, TestOf(ActivityKind.TypeOf(name)))), null, ""),
        ["scoreCondition"] = Conditions(
            "scoreCondition",
            [.. ((string[])["profile", "behaviour", "intent", "total"]).Select(name => (name, "numberTest")), ("grade", "textTest")],
            ownPattern: $"^criterion\\.{Id[1..]}",
            ownTest: "numberTest"),
        ["textTest"] = Test(AttributeType.Text, Scalar()),
        ["numberTest"] = Test(AttributeType.Number, Number()),
        ["booleanTest"] = Test(AttributeType.Boolean, new JsonObject { ["type"] = "boolean" }),
        ["dateTest"] = Test(AttributeType.Date, new JsonObject { ["type"] = "string" }),
        ["listTest"] = Test(AttributeType.List, Scalar()),
        ["anyTest"] = new JsonObject
        {
            ["anyOf"] = new JsonArray(Ref("textTest"), Ref("numberTest"), Ref("booleanTest"), Ref("dateTest"), Ref("listTest")),
        },
    };

    private static JsonObject AttributeCriterion()
    {
        var tier = Mapping("Of several the first that holds counts.", ["if", "points"], ("if", Ref("condition")), ("points", Ref("points")));
        var criterion = Mapping("A criterion on what the lead is.", ["id", "label"],
            ("id", IdText()), ("label", Ref("localized")), ("if", Ref("condition")), ("points", Ref("points")), ("tiers", List(tier, least: 1)));
        criterion["oneOf"] = new JsonArray(new JsonObject { ["required"] = Names("if", "points") }, new JsonObject { ["required"] = Names("tiers") });
        return criterion;
    }

    private static JsonObject ActivityCriterion() => Mapping("A criterion on what the lead did.", ["id", "label", "on", "points"],
        ("id", IdText()), ("label", Ref("localized")), ("on", Ref("kinds")), ("points", Ref("points", "For each activity that matches.")),
        ("where", Ref("activityCondition", "Which activities count.")),
        ("if", Ref("condition", "It counts only if this holds for the lead.")),
        ("at_most", Ref("points", "Never more than that in all; the sign of the points.")),
        ("within", Ref("duration", "Only activities of that time count.")),
        ("needs", Whole(1, CriterionReader.MostNeeds, "Fewer count nothing.")),
        ("distinct_by", new JsonObject
        {
            ["description"] = "Activities with the same value of this attribute count once.",
            ["enum"] = Names([.. ActivityKind.All.SelectMany(kind => kind.Attributes).Distinct()]),
        }),
        ("decay", Ref("decay")));

    private static JsonObject Exclusion()
    {
        (string, JsonNode)[] match = [("if", Ref("condition", "On the lead.")), ("on", Ref("kinds")), ("where", Ref("activityCondition")), ("within", Ref("duration"))];
        var unless = Mapping("What lifts the exclusion.", [], match);
        Needs(unless);
        var exclusion = Mapping("Such a lead is never handed over.", ["id", "label"],
            [("id", IdText()), ("label", Ref("localized")), .. match.Select(part => (part.Item1, part.Item2.DeepClone())), ("unless", unless)]);
        Needs(exclusion);
        return exclusion;

        static void Needs(JsonObject of)
        {
            // What is said of activities needs a kind of them.
            of["anyOf"] = new JsonArray(
                new JsonObject { ["required"] = Names("on") },
                new JsonObject
                {
                    ["required"] = Names("if"),
                    ["not"] = new JsonObject { ["anyOf"] = new JsonArray(new JsonObject { ["required"] = Names("where") }, new JsonObject { ["required"] = Names("within") }) },
                });
        }
    }

    private static JsonObject Conditions(string self, IEnumerable<(string Name, string Test)> subjects, string? ownPattern, string ownTest)
    {
        var properties = new JsonObject();
        foreach (var (name, what) in ((string, string)[])[("all", "All of these hold."), ("any", "At least one of these holds."), ("none", "None of these holds.")])
        {
            properties[name] = With(List(Ref(self), least: 1), what);
        }

        foreach (var (name, test) in subjects)
        {
            properties[name] = Ref(test);
        }

        var conditions = new JsonObject { ["type"] = "object", ["minProperties"] = 1, ["properties"] = properties, ["additionalProperties"] = false };
        if (ownPattern is not null)
        {
            // Names that are none of the above: the combinators would match it too.
            conditions["patternProperties"] = new JsonObject { [ownPattern.Replace("^[a-z]", "^(?!(all|any|none)$)[a-z]", StringComparison.Ordinal)] = Ref(ownTest) };
        }

        return conditions;
    }

    /// <summary>A scalar, a list, or the operators that fit the type.</summary>
    private static JsonObject Test(AttributeType type, JsonObject operand)
    {
        var operators = OperatorForm.All.Where(form => form.For.Contains(type)).ToList();
        var mapping = new JsonObject
        {
            ["type"] = "object",
            ["minProperties"] = 1,
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(operators.Select(form => KeyValuePair.Create(form.Name, (JsonNode?)Operand(form, operand)))),
        };
        return new JsonObject { ["anyOf"] = new JsonArray(operand.DeepClone(), List((JsonObject)operand.DeepClone(), least: 1), mapping) };
    }

    private static JsonObject Operand(OperatorForm form, JsonObject operand) => form.Takes switch
    {
        OperandForm.One => (JsonObject)operand.DeepClone(),
        OperandForm.Several => List((JsonObject)operand.DeepClone(), least: 1),
        OperandForm.OneOrSeveral or OperandForm.Phrases => new JsonObject { ["anyOf"] = new JsonArray(operand.DeepClone(), List((JsonObject)operand.DeepClone(), least: 1)) },
        OperandForm.Pattern => With(new JsonObject { ["type"] = "string", ["maxLength"] = PatternReader.MaxLength }, "A regular expression."),
        OperandForm.Pair => Pair(operand),
        OperandForm.Duration => Ref("duration"),
        OperandForm.Boolean => new JsonObject { ["type"] = "boolean" },
        _ => throw new ArgumentOutOfRangeException(nameof(form)),
    };

    private static string TestOf(AttributeType type) => type switch
    {
        AttributeType.Text => "textTest",
        AttributeType.Number => "numberTest",
        AttributeType.Boolean => "booleanTest",
        AttributeType.Date => "dateTest",
        _ => "listTest",
    };

    private static JsonObject Section(string description, string criterion, bool hasDecay)
    {
        List<(string, JsonNode)> properties = [("cap", Whole(0, SectionReader.MostCap, "The section's score is held between 0 and this. Default: 100.")), ("criteria", List(Ref(criterion), least: 1))];
        if (hasDecay)
        {
            properties.Add(("decay", Ref("decay", "For criteria that have none of their own.")));
        }

        return Mapping(description, ["criteria"], [.. properties]);
    }

    private static JsonObject Marks(string description, params string[] marks) =>
        Mapping(description, [], [.. marks.Select(mark => (mark, (JsonNode)Whole(0, 2 * SectionReader.MostCap, "From this score on.")))]);

    private static JsonObject Mapping(string description, string[] required, params (string Name, JsonNode Schema)[] properties)
    {
        var mapping = new JsonObject
        {
            ["description"] = description,
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Name, (JsonNode?)property.Schema))),
        };
        if (required.Length > 0)
        {
            mapping["required"] = Names(required);
        }

        return mapping;
    }

    private static JsonObject List(JsonObject items, int least = 0)
    {
        var list = new JsonObject { ["type"] = "array", ["items"] = items };
        if (least > 0)
        {
            list["minItems"] = least;
        }

        return list;
    }

    private static JsonObject Pair(JsonObject operand) => new() { ["type"] = "array", ["items"] = operand.DeepClone(), ["minItems"] = 2, ["maxItems"] = 2 };

    private static JsonObject Whole(int least, int greatest, string description) => new() { ["description"] = description, ["type"] = "integer", ["minimum"] = least, ["maximum"] = greatest };

    private static JsonObject Number() => new() { ["type"] = "number" };

    /// <summary>A text as written: what YAML takes for a number or a boolean is a text here.</summary>
    private static JsonObject Scalar() => new() { ["type"] = Names("string", "number", "boolean") };

    private static JsonObject Text(string description) => With(Scalar(), description);

    private static JsonObject IdText() => Pattern(Id, "Small letters, digits and _; unique in the file.");

    private static JsonObject Pattern(string pattern, string description) => new() { ["description"] = description, ["type"] = "string", ["pattern"] = pattern };

    private static JsonObject Percent(string description) => Pattern("^([0-9]|[1-9][0-9]|100)%$", description);

    private static JsonObject AtLeast(string description) =>
        Mapping(description, ["at_least"], ("at_least", Pattern("^[0-9]+(\\.[0-9]+)?%$", "A percentage, such as 35%.")));

    private static JsonObject Choice(string description, params string[] choices) => new() { ["description"] = description, ["enum"] = Names(choices) };

    private static JsonObject Ref(string definition) => new() { ["$ref"] = $"#/definitions/{definition}" };

    /// <summary>Beside <c>$ref</c> nothing counts in draft 7, so what is said stands around it.</summary>
    private static JsonObject Ref(string definition, string description) => new() { ["description"] = description, ["allOf"] = new JsonArray(Ref(definition)) };

    private static JsonObject With(JsonObject schema, string description)
    {
        schema["description"] = description;
        return schema;
    }

    private static JsonArray Names(params string[] names) => new([.. names.Select(name => (JsonNode)name)]);
}
