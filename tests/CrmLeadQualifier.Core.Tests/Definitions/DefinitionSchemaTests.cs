using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CrmLeadQualifier.Core.Definitions.Schema;
using NJsonSchema;
using NJsonSchema.Validation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace CrmLeadQualifier.Core.Tests.Definitions;

/// <summary>The schema says what the reader says, as far as a schema can: whatever the reader takes it takes, and the usual mistakes it marks.</summary>
public sealed partial class DefinitionSchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromJsonAsync(DefinitionSchema.Json).GetAwaiter().GetResult();
    private static readonly string English = File.ReadAllText(Path.Combine(Examples.Repository, "definitions", "b2b-software.en.yaml"));

    [Theory]
    [InlineData("definitions/b2b-software.en.yaml")]
    [InlineData("definitions/b2b-software.fr.yaml")]
    [InlineData("definitions/x-education.yaml")]
    [InlineData("tests/CrmLeadQualifier.Core.Tests/Definitions/language-example.yaml")]
    [InlineData("tests/CrmLeadQualifier.Core.Tests/AgreementText/odd.yaml")]
    public void A_valid_definition_fits_the_schema(string file)
    {
        Assert.Empty(Check(File.ReadAllText(Path.Combine(Examples.Repository, file))).Select(error => error.ToString()));
    }

    [Theory]
    [InlineData("b2b-software.en.yaml")]
    [InlineData("b2b-software.fr.yaml")]
    [InlineData("x-education.yaml")]
    public void An_example_names_its_schema_where_editors_look_for_it(string file)
    {
        var first = File.ReadLines(Path.Combine(Examples.Repository, "definitions", file)).First();

        Assert.Equal("# yaml-language-server: $schema=./definition.schema.json", first);
        Assert.Equal(DefinitionSchema.Json.Trim(), File.ReadAllText(Path.Combine(Examples.Repository, "definitions", "definition.schema.json")).Trim());
    }

    [Theory]
    [InlineData("schema: 1", "schema: 2")]
    [InlineData("mql:\n  when:", "mlq:\n  when:")]
    [InlineData("language: en ", "language: de ")]
    [InlineData("review_every: 90d", "review_every: 90 days")]
    [InlineData("seats_wanted: number ", "seats_wanted: integer ")]
    [InlineData("has_word: [manager", "has_wrod: [manager")]
    [InlineData("employees: { more_than: 1000 }", "employees: { more_than: many }")]
    [InlineData("employees: { more_than: 1000 }", "employees: { contains: 1000 }")]
    [InlineData("employees: { between: [50, 1000] }", "employees: { between: [50] }")]
    [InlineData("on: page_view\n      where: { url: { contains: /pricing } }", "on: page_veiw\n      where: { url: { contains: /pricing } }")]
    [InlineData("where: { url: { contains: /pricing } }", "where: { link: { contains: /pricing } }")]
    [InlineData("distinct_by: url             #", "distinct_by: link             #")]
    [InlineData("points: 35 }", "points: 3500 }")]
    [InlineData("points: 35 }", "points: \"35\" }")]
    [InlineData("decay: { lose: 50%, every: 30d }", "decay: { lose: 50, every: 30d }")]
    [InlineData("- id: pricing_page", "- id: Pricing page")]
    [InlineData("if: { is_customer: true }", "if: { is_customer: \"yes\" }")]
    [InlineData("if: { is_customer: true }", "if: {}")]
    [InlineData("unless: { on: form_submission, where:", "unless: { where:")]
    [InlineData("{ grade: { in: [A1, A2] } }", "{ garde: { in: [A1, A2] } }")]
    [InlineData("first_contact_within: 4h", "first_contact_within: 4 hours")]
    [InlineData("then: disqualify }", "then: disqualified }")]
    [InlineData("{ id: no_need, label: No need, then: recycle, after: 180d }", "{ id: no_need, label: No need, after: 180d }")]
    [InlineData("mql_to_sql: { at_least: 35% }", "mql_to_sql: { at_least: 0.35 }")]
    [InlineData("profile: { A: 70, B: 50, C: 25 }", "profile: { A: 70, B: 50, E: 25 }")]
    public void A_mistake_does_not(string right, string wrong)
    {
        Assert.Contains(right, English, StringComparison.Ordinal);
        var broken = English.Replace(right, wrong, StringComparison.Ordinal);

        Assert.NotNull(Examples.Read(English).Definition);
        Assert.Null(Examples.Read(broken).Definition);
        Assert.NotEmpty(Check(broken));
    }

    private static ICollection<ValidationError> Check(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return Schema.Validate(Json(stream.Documents[0].RootNode)!.ToJsonString());
    }

    /// <summary>As editors see it: plain scalars by YAML 1.2's core schema.</summary>
    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(entry => KeyValuePair.Create(((YamlScalarNode)entry.Key).Value!, Json(entry.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } => text switch
        {
            null or "" or "~" or "null" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when Whole().IsMatch(text) => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
            _ when Float().IsMatch(text) => JsonValue.Create(double.Parse(text, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(text),
        },
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    [GeneratedRegex(@"\A[-+]?[0-9]+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"\A[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\z")]
    private static partial Regex Float();
}
