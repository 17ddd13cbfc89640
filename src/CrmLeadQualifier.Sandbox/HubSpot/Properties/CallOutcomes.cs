namespace CrmLeadQualifier.Sandbox.HubSpot.Properties;

/// <summary>HubSpot's default call outcomes: a call carries the id, people see the label.</summary>
internal static class CallOutcomes
{
    private static readonly (string Id, string Label)[] Defaults =
    [
        ("9d9162e7-6cf3-4944-bf63-4dff82258764", "Busy"),
        ("f240bbac-87c9-4f6e-bf70-924b57d47db7", "Connected"),
        ("a4c4c377-d246-4b32-a13b-75a56a4cd0ff", "Left live message"),
        ("b2cf5968-551e-4856-9783-52b3da59a7d0", "Left voicemail"),
        ("73a0d17f-1163-4015-bdd5-ec830791da20", "No answer"),
        ("17b47fee-58de-441e-a44c-c6300d46f273", "Wrong number"),
    ];

    public static string[] Ids => [.. Defaults.Select(outcome => outcome.Id)];

    public static string LabelOf(string id) => Array.Find(Defaults, outcome => outcome.Id == id) is { Label: { } label } ? label : id;

    /// <summary>The id of an outcome named by its label in any case; any other text stands for itself.</summary>
    public static string IdOf(string label) =>
        Array.Find(Defaults, outcome => string.Equals(outcome.Label, label.Trim(), StringComparison.OrdinalIgnoreCase)) is { Id: { } id } ? id : label;
}
