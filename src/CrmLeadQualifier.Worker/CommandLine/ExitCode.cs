namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>What the program's end tells whoever started it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>Done, with failures that were listed.</summary>
    public const int DoneWithFailures = 1;

    /// <summary>Wrong usage, configuration or definition: nothing was done.</summary>
    public const int WrongUsage = 2;

    /// <summary>A connection refused us: an admin has to act.</summary>
    public const int Refused = 3;
}
