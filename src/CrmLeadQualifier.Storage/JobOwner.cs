using System.Globalization;
using CrmLeadQualifier.Storage.Sqlite;

namespace CrmLeadQualifier.Storage;

/// <summary>A worker's process, as the ledger's jobs name it.</summary>
public static class JobOwner
{
    private const char Between = '|';

    /// <summary>This process.</summary>
    public static string Current { get; } =
        string.Create(CultureInfo.InvariantCulture, $"{ProcessIdentity.Current.Machine}{Between}{ProcessIdentity.Current.Id}{Between}{ProcessIdentity.Current.Started}");

    /// <summary>It ran on this machine and has ended. False where this cannot be told.</summary>
    public static bool IsGone(string owner) =>
        owner.Split(Between) is [var machine, var id, var started]
        && int.TryParse(id, CultureInfo.InvariantCulture, out var number)
        && new ProcessIdentity(machine, number, started).IsGone();

    /// <summary>Host and process id, for people.</summary>
    public static string ForPeople(string owner) => owner.Split(Between) is [var machine, var id, _] ? $"{machine.Split(' ')[0]}, process {id}" : owner;
}
