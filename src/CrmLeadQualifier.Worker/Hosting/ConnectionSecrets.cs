using System.Security.Cryptography;
using System.Text;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Worker.CommandLine;
using Microsoft.AspNetCore.DataProtection;

namespace CrmLeadQualifier.Worker.Hosting;

/// <summary>Encrypts what a connection authenticates with, by keys that lie in the data folder beside the ledger.</summary>
internal sealed class ConnectionSecrets(DataFolder folder)
{
    private IDataProtector? _protector;

    public byte[] Protect(string secret)
    {
        var secrets = Protector().Protect(Encoding.UTF8.GetBytes(secret));
        foreach (var key in Directory.EnumerateFiles(folder.Keys))
        {
            folder.Restrict(key);
        }

        return secrets;
    }

    /// <exception cref="UsageException">The keys are not those that encrypted it.</exception>
    public string Unprotect(ConnectionRow connection) => Unprotect(connection.Secrets, connection.Name, connection.Crm);

    /// <inheritdoc cref="Unprotect(ConnectionRow)"/>
    public string Unprotect(byte[] secrets, string name, string crm = "hubspot")
    {
        try
        {
            return Encoding.UTF8.GetString(Protector().Unprotect(secrets));
        }
        catch (CryptographicException)
        {
            throw new UsageException($"The secrets of connection {name} cannot be opened: the keys in {folder.Keys} are not those that closed them. "
                + $"Bring the keys back, or run connect {crm} --name {name} --replace.");
        }
    }

    private IDataProtector Protector()
    {
        if (_protector is null)
        {
            folder.CreateKeys();
            _protector = DataProtectionProvider
                .Create(new DirectoryInfo(folder.Keys), builder => builder.SetApplicationName(CommandRunner.ProgramName))
                .CreateProtector("connection secrets");
        }

        return _protector;
    }
}
