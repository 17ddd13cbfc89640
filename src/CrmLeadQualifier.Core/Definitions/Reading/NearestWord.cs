namespace CrmLeadQualifier.Core.Definitions.Reading;

/// <summary>Guesses which word was meant.</summary>
internal static class NearestWord
{
    private const int MostShown = 25;

    /// <summary>The end of a sentence: <c>: did you mean `contains`?</c>, or else the words there are.</summary>
    public static string Ask(string word, IEnumerable<string> known)
    {
        var words = known.ToList();
        return Find(word, words) is { } nearest ? $": did you mean `{nearest}`?"
            : words.Count == 0 ? "."
            : words.Count <= MostShown ? $"; there is {string.Join(", ", words.Select(w => $"`{w}`"))}."
            : ".";
    }

    /// <summary>The word fewest typing errors away (a letter wrong, missing, too many, or two swapped), if those are at most a third of its letters.</summary>
    public static string? Find(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var candidate in known)
        {
            // As many errors as letters more or less, at least. A guard against a kilobyte of key, and against many thousands of them.
            if (Math.Abs(candidate.Length - word.Length) > Math.Min(4, Tolerance(candidate)) || word.Length > 100)
            {
                continue;
            }

            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance < least && distance <= Tolerance(candidate))
            {
                least = distance;
                nearest = candidate;
            }
        }

        return nearest;
    }

    // One of two letters is half a word: a guess would be as good as any.
    private static int Tolerance(string candidate) => candidate.Length < 3 ? 0 : Math.Max(1, candidate.Length / 3);

    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            d[i, 0] = i;
        }

        for (var j = 0; j <= b.Length; j++)
        {
            d[0, j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var changed = d[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                d[i, j] = Math.Min(changed, Math.Min(d[i - 1, j], d[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
                }
            }
        }

        return d[a.Length, b.Length];
    }
}
