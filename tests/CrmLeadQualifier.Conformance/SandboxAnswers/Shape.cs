using System.Text.Json;

namespace CrmLeadQualifier.Conformance.SandboxAnswers;

/// <summary>
/// What a body is made of: the path of every key with its JSON type, all elements of an array taken together. A null fits any type. The keys under
/// "properties" and "propertiesWithHistory" are data, not shape, unless the caller says otherwise.
/// </summary>
internal static class Shape
{
    public static void AssertSame(JsonElement recorded, JsonElement answered, bool propertyNames = false, params string[] exceptKeys)
    {
        var (expected, actual) = (Of(recorded, propertyNames), Of(answered, propertyNames));
        foreach (var key in exceptKeys)
        {
            expected = Without(expected, key);
            actual = Without(actual, key);
        }
        foreach (var (path, types) in expected)
        {
            if (HasNullAbove(path, actual))
                continue;
            Assert.True(actual.TryGetValue(path, out var found), $"The recording has {path}, the sandbox's answer has not: {answered}");
            Assert.True(Fit(types, found!), $"{path} is {string.Join('|', types)} in the recording and {string.Join('|', found!)} in the sandbox's answer.");
        }
        foreach (var path in actual.Keys)
            Assert.True(expected.ContainsKey(path) || HasNullAbove(path, expected), $"The sandbox's answer has {path}, the recording has not.");
    }

    private static bool Fit(HashSet<string> one, HashSet<string> other) =>
        one.Except(["null"]).ToHashSet() is var left && other.Except(["null"]).ToHashSet() is var right
            && (left.Count == 0 || right.Count == 0 || left.SetEquals(right));

    private static Dictionary<string, HashSet<string>> Without(Dictionary<string, HashSet<string>> shape, string key) =>
        shape.Where(pair => !pair.Key.Split('.').Contains(key)).ToDictionary();

    private static bool HasNullAbove(string path, Dictionary<string, HashSet<string>> shape)
    {
        for (var dot = path.LastIndexOf('.'); dot > 0; dot = path.LastIndexOf('.', dot - 1))
        {
            if (shape.TryGetValue(path[..dot], out var types) && types.Count == 1 && types.Contains("null"))
                return true;
        }
        return false;
    }

    private static Dictionary<string, HashSet<string>> Of(JsonElement element, bool propertyNames)
    {
        var shape = new Dictionary<string, HashSet<string>>();
        Add(element, "$");
        return shape;

        void Add(JsonElement value, string path)
        {
            if (!shape.TryGetValue(path, out var types))
                shape[path] = types = [];
            types.Add(value.ValueKind switch { JsonValueKind.True or JsonValueKind.False => "boolean", var kind => kind.ToString().ToLowerInvariant() });
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in value.EnumerateArray())
                    Add(item, path + ".[]");
            }
            if (value.ValueKind != JsonValueKind.Object)
                return;
            var data = !propertyNames && (path.EndsWith(".properties", StringComparison.Ordinal)
                || path.EndsWith(".propertiesWithHistory", StringComparison.Ordinal));
            foreach (var member in value.EnumerateObject())
                Add(member.Value, data ? path + ".*" : $"{path}.{member.Name}");
        }
    }
}
