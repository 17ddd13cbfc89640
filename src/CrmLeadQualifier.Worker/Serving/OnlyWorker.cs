using CrmLeadQualifier.Worker.CommandLine;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.Serving;

/// <summary>One worker at a time on an embedded ledger: a lock that the system frees with the process, however that ends.</summary>
internal sealed class OnlyWorker : IDisposable
{
    private readonly FileStream _lock;

    private OnlyWorker(FileStream file) => _lock = file;

    /// <exception cref="UsageException">Another worker serves this data folder.</exception>
    public static OnlyWorker Take(DataFolder folder)
    {
        folder.Create();
        try
        {
            return new OnlyWorker(new FileStream(Path.Combine(folder.Path, "serve.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new UsageException(
                $"Another worker serves {folder.Path} already. The embedded ledger takes one; several work together on PostgreSQL (ConnectionStrings:Ledger). Every other command may run beside it.");
        }
    }

    public void Dispose() => _lock.Dispose();
}
