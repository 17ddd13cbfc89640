namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>What was asked for cannot be done as asked; the message says what to do instead.</summary>
internal sealed class UsageException(string message) : Exception(message);
