namespace CrmLeadQualifier.HubSpot.Streams;

/// <summary>Where the first read of all forms goes on.</summary>
/// <param name="LastBegun">Forms are begun in the order of their ids; empty: none was.</param>
/// <param name="Open">Those that have a next page.</param>
internal sealed record FormPosition(string LastBegun, IReadOnlyList<OpenForm> Open)
{
    public static FormPosition Parse(string? text)
    {
        if (text is null)
        {
            return new FormPosition("", []);
        }

        var lines = text.Split('\n');
        return new FormPosition(lines[0], [.. lines.Skip(1).Select(line => line.Split('|', 2)).Where(parts => parts.Length == 2).Select(parts => new OpenForm(parts[0], parts[1]))]);
    }

    public override string ToString() => string.Join('\n', Open.Select(form => $"{form.Id}|{form.After}").Prepend(LastBegun));
}

internal sealed record OpenForm(string Id, string? After);
