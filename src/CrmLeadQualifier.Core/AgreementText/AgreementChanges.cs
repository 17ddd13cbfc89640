using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Definitions.Reading;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>Compares what two agreements say, element by element.</summary>
internal sealed class AgreementChanges
{
    private readonly Phrases _phrases;
    private readonly bool _isFrench;
    private readonly Definition _before;
    private readonly Definition _after;

    private AgreementChanges(Definition before, Definition after, Language language)
    {
        _phrases = Phrases.In(language);
        _isFrench = language == Language.French;
        _before = before;
        _after = after;
    }

    public static IReadOnlyList<AgreementChange> Of(Definition before, Definition after, Language language)
    {
        var changes = new AgreementChanges(before, after, language);
        var (old, present) = (changes.Elements(before), changes.Elements(after));
        return [.. changes.OfElements(old, present), .. changes.OfMql()];
    }

    private Dictionary<string, AgreementElement> Elements(Definition definition)
    {
        // A criterion that moves to another section is the same one.
        var elements = new AgreementFacts(definition, _phrases, PageSentences.Of(_phrases, definition)).Elements();
        return elements.ToDictionary(element => Identity(element.Key), StringComparer.Ordinal);
    }

    private static string Identity(string key) => key.Split('.') is ["profile" or "behaviour" or "intent", var id] ? "criterion." + id : key;

    private IEnumerable<AgreementChange> OfElements(Dictionary<string, AgreementElement> old, Dictionary<string, AgreementElement> present)
    {
        foreach (var (identity, element) in present)
        {
            if (!old.TryGetValue(identity, out var was))
            {
                yield return new AgreementChange(ChangeKind.Added, element.Key, null, element.Whole, Line($"{element.Kind} {In("added", "ajouté" + E(element))}", $"{element.Label} ({element.Whole.TrimEnd('.')})"));
                continue;
            }

            foreach (var change in OfFacts(was, element))
            {
                yield return change;
            }
        }

        foreach (var (identity, element) in old)
        {
            if (!present.ContainsKey(identity))
            {
                yield return new AgreementChange(ChangeKind.Removed, element.Key, element.Whole, null, Line($"{element.Kind} {In("removed", "supprimé" + E(element))}", element.Label));
            }
        }
    }

    private string E(AgreementElement element) => _isFrench && element.Kind == "Exclusion" ? "e" : "";

    private IEnumerable<AgreementChange> OfFacts(AgreementElement was, AgreementElement element)
    {
        var old = was.Facts.ToDictionary(fact => fact.Key);
        var present = element.Facts.ToDictionary(fact => fact.Key);
        foreach (var key in element.Facts.Select(fact => fact.Key).Concat(was.Facts.Select(fact => fact.Key).Where(key => !present.ContainsKey(key))))
        {
            var (before, after) = (old.GetValueOrDefault(key), present.GetValueOrDefault(key));
            if (before?.Value == after?.Value)
            {
                continue;
            }

            var fact = after ?? before!;
            var subject = element.Label.Length == 0 ? fact.What : fact.What.Length == 0 ? element.Label : $"{element.Label}, {fact.What}";
            var at = element.Key.Length == 0 ? key : $"{element.Key}.{key}";
            var text = before?.Condition is { } one && after?.Condition is { } other && Within(one, other) is { } inner ? Line(subject, inner)
                : Line(subject, before is { Short: { } brief } && after?.Short is not null ? $"{brief} -> {after.Value}" : $"{before?.Value ?? None} -> {after?.Value ?? None}");
            yield return new AgreementChange(before is null ? ChangeKind.Added : after is null ? ChangeKind.Removed : ChangeKind.Changed, at, before?.Value, after?.Value, text);
        }
    }

    /// <summary>Where two conditions ask the same of the same and differ in texts only: which came and which went. Null: they differ in more.</summary>
    private string? Within(Condition before, Condition after)
    {
        var (old, present) = (Leaves(before).ToList(), Leaves(after).ToList());
        if (!old.Select(Form).SequenceEqual(present.Select(Form)) || Shape(before) != Shape(after))
        {
            return null;
        }

        var changes = new List<string>();
        for (var i = 0; i < old.Count; i++)
        {
            if (old[i].Test.Texts.Count == 0 && !Same(old[i].Test, present[i].Test))
            {
                return null;
            }

            Add(In("added", "ajouté"), Missing(present[i].Test, old[i].Test));
            Add(In("removed", "retiré"), Missing(old[i].Test, present[i].Test));
        }

        return changes.Count == 0 ? null : string.Join("; ", changes);

        void Add(string word, IReadOnlyList<string> texts)
        {
            if (texts.Count > 0)
            {
                changes.Add($"{word} {string.Join(", ", texts.Select(text => _phrases.Quote(Phrases.OneLine(text))))}");
            }
        }
    }

    private static bool Same(Test a, Test b) => a.Numbers.SequenceEqual(b.Numbers) && a.Booleans.SequenceEqual(b.Booleans) && a.Instants.SequenceEqual(b.Instants)
        && a.Window == b.Window && a.Pattern?.ToString() == b.Pattern?.ToString();

    private static IReadOnlyList<string> Missing(Test from, Test other) => [.. from.Texts.Zip(from.Written).Where(text => !other.Texts.Contains(text.First)).Select(text => text.Second)];

    private static (string Subject, Operator Operator) Form((string Subject, Test Test) leaf) => (leaf.Subject, leaf.Test.Operator == Operator.In ? Operator.Is : leaf.Test.Operator);

    private static IEnumerable<(string Subject, Test Test)> Leaves(Condition condition) => condition switch
    {
        AllOf all => all.Parts.SelectMany(Leaves),
        AnyOf any => any.Parts.SelectMany(Leaves),
        NoneOf none => none.Parts.SelectMany(Leaves),
        SubjectCondition subject => subject.Tests.Select(test => (subject.Subject, test)),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    private static string Shape(Condition condition) => condition switch
    {
        AllOf all => $"all({string.Concat(all.Parts.Select(Shape))})",
        AnyOf any => $"any({string.Concat(any.Parts.Select(Shape))})",
        NoneOf none => $"none({string.Concat(none.Parts.Select(Shape))})",
        _ => "t",
    };

    /// <summary>The ways into sales, matched by what they ask about: a threshold that moves is a change, a way that comes or goes is said as such.</summary>
    private IEnumerable<AgreementChange> OfMql()
    {
        var (old, present) = (Ways(_before), Ways(_after));
        var gone = old.Where(way => present.TrueForAll(other => other.Text != way.Text)).ToList();
        foreach (var way in present.Where(way => old.TrueForAll(other => other.Text != way.Text)))
        {
            var was = gone.FirstOrDefault(other => other.Asks is { } asks && way.Asks is { } present && asks.Select(ask => ask.Subject).SequenceEqual(present.Select(ask => ask.Subject)));
            if (was.Text is null)
            {
                yield return new AgreementChange(ChangeKind.Added, "mql.when", null, way.Text, Line(In("Handed over also when", "Transmis aussi quand"), way.Text));
                continue;
            }

            gone.Remove(was);
            yield return new AgreementChange(ChangeKind.Changed, "mql.when", was.Text, way.Text, Threshold(was, way));
        }

        foreach (var way in gone)
        {
            yield return new AgreementChange(ChangeKind.Removed, "mql.when", way.Text, null, Line(In("No longer handed over when", "Plus transmis quand"), way.Text));
        }
    }

    private string Threshold(Way was, Way way)
    {
        var moved = was.Asks!.Zip(way.Asks!).Where(ask => ask.First.Least != ask.Second.Least)
            .Select(ask => _isFrench
                ? $"{_phrases.Number(ask.Second.Least)} au lieu de {_phrases.Number(ask.First.Least)} ({Quantity(ask.Second.Subject, _after)})"
                : $"{_phrases.Number(ask.Second.Least)} instead of {_phrases.Number(ask.First.Least)} ({Quantity(ask.Second.Subject, _after)})");
        var kept = was.Asks!.Zip(way.Asks!).Where(ask => ask.First.Least == ask.Second.Least)
            .Select(ask => $"{Quantity(ask.Second.Subject, _after)} {In("at least", "au moins")} {_phrases.Number(ask.Second.Least)}").ToList();
        var context = kept.Count == 0 ? "" : $"{In(", with ", ", avec ")}{_phrases.And(kept)}";
        return $"{In("MQL needs", "Un MQL exige")} {_phrases.And([.. moved])}{context}";
    }

    private string Quantity(string subject, Definition definition) => subject switch
    {
        "profile" => In("profile score", "score de profil"),
        "behaviour" => In("behaviour score", "score de comportement"),
        "intent" => In("intent score", "score d’intention"),
        "total" => In("total score", "score total"),
        _ => _phrases.Quote(definition.Criteria.FirstOrDefault(criterion => SubjectScope.Criterion + criterion.Id == subject)?.Label.In(_phrases.Language) ?? subject),
    };

    private List<Way> Ways(Definition definition)
    {
        var labels = definition.Criteria.ToDictionary(criterion => criterion.Id, criterion => Phrases.OneLine(criterion.Label.In(_phrases.Language)));
        var texts = _phrases.Branches(definition.Mql.When, labels).Select(AgreementFacts.Flat);
        var branches = Clause.Of(definition.Mql.When) is JoinedClause { IsAll: false } any ? any.Parts : [Clause.Of(definition.Mql.When)];
        return [.. texts.Zip(branches, (text, branch) => new Way(text, Asks(branch)))];
    }

    /// <summary>Null: it asks for more than numbers to be reached.</summary>
    private static IReadOnlyList<(string Subject, double Least)>? Asks(Clause branch)
    {
        var tests = branch is JoinedClause { IsAll: true } all ? all.Parts : [branch];
        return tests.All(test => test is TestClause { Predicates: [{ IsDenied: false, Test: { Operator: Operator.AtLeast, Numbers.Count: 1 } }] })
            ? [.. tests.Cast<TestClause>().Select(test => (test.Subject, test.Predicates[0].Test.Numbers[0])).OrderBy(ask => ask.Subject, StringComparer.Ordinal)]
            : null;
    }

    private string None => In("none", "aucun");

    private string Line(string subject, string what) => $"{subject}{PageAsText.Colon(_phrases.Language)} {what}";

    private string In(string english, string french) => _isFrench ? french : english;

    private readonly record struct Way(string Text, IReadOnlyList<(string Subject, double Least)>? Asks);
}
