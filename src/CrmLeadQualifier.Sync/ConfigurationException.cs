namespace CrmLeadQualifier.Sync;

/// <summary>What the user asked for cannot be done as things are set up; the message says what to do.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
