namespace CrmLeadQualifier.Core.Definitions;

/// <summary>
/// Something wrong (error) or doubtful (warning) in a definition file, at the place where it stands.
/// </summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters.</param>
/// <param name="Path">Such as <c>behaviour.criteria[2].where.url</c>; empty for the file as a whole.</param>
/// <param name="Message">What is wrong and, where it can be guessed, what was meant.</param>
public sealed record DefinitionProblem(ProblemSeverity Severity, string File, int Line, int Column, string Path, string Message)
{
    /// <summary><c>file:line:column: error: path: message</c></summary>
    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"{File}:{Line}:{Column}: {(Severity == ProblemSeverity.Error ? "error" : "warning")}: {(Path.Length > 0 ? Path + ": " : "")}{Message}");
}

public enum ProblemSeverity
{
    Error,
    Warning,
}
