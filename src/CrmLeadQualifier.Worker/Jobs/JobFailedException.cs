namespace CrmLeadQualifier.Worker.Jobs;

/// <summary>A turn did not do what it should; the message is what the dashboard keeps and shows, so it holds no personal data and no secret.</summary>
internal sealed class JobFailedException(string message) : Exception(message);
