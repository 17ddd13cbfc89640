namespace CrmLeadQualifier.Sync.Tests.Fakes;

/// <summary>Stands for the end of the process: nothing in the program catches it.</summary>
public sealed class ProcessDiedException : Exception;
