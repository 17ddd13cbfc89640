using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Storage.Rows;

/// <summary>Something that is wrong at present and needs a person.</summary>
/// <param name="Subject">A connection's or a job's name.</param>
/// <param name="Cause">The kind of it, in a word or two: one alert for each subject and cause.</param>
/// <param name="Sentence">What is wrong and what to do about it.</param>
public sealed record AlertRow(string Subject, string Cause, string Sentence, Instant RaisedAt);

public interface IAlertRows
{
    /// <summary>In the order of subjects and causes.</summary>
    Task<IReadOnlyList<AlertRow>> ListAsync();

    /// <summary>Inserts, or replaces the one of that subject and cause.</summary>
    Task SaveAsync(AlertRow row);

    /// <summary>It is no longer so; one that is not there changes nothing.</summary>
    Task DeleteAsync(string subject, string cause);
}
