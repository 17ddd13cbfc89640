using System.CommandLine;
using System.Text.Json;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Postgres;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Storage.Sqlite;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.Hosting;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>What a command works with: the terminal, the data folder, the clock, the ledger once it is opened.</summary>
internal sealed class CommandContext : IAsyncDisposable
{
    private readonly IConfiguration _configuration;
    private ILedger? _ledger;
    private CrmClients? _clients;
    private HandOverSettings? _handOvers;

    private readonly bool _isAlwaysEmbedded;

    private CommandContext(Terminal terminal, IConfiguration configuration, DataFolder folder, bool isJson, TimeProvider clock, bool isAlwaysEmbedded, CancellationToken cancellation)
    {
        Terminal = terminal;
        _configuration = configuration;
        Folder = folder;
        IsJson = isJson;
        Clock = clock;
        _isAlwaysEmbedded = isAlwaysEmbedded;
        Cancellation = cancellation;
    }

    public Terminal Terminal { get; }

    public DataFolder Folder { get; }

    public bool IsJson { get; }

    /// <summary>The program's clock: <c>--at</c>, else the machine's.</summary>
    public TimeProvider Clock { get; }

    public CancellationToken Cancellation { get; }

    /// <summary>What appsettings.json says about hand-overs.</summary>
    /// <exception cref="UsageException">It says something that cannot be.</exception>
    public HandOverSettings HandOvers => _handOvers ??= HandOverSettings.Read(_configuration, () => Clients.PlainHttp());

    public IConfiguration Configuration => _configuration;

    /// <summary>Where PostgreSQL is, for the ledger and for Hangfire; null: both are embedded.</summary>
    public string? LedgerConnectionString => !_isAlwaysEmbedded && _configuration.GetConnectionString("Ledger") is { } text && !string.IsNullOrWhiteSpace(text) ? text : null;

    public CrmClients Clients => _clients ??= new CrmClients(_configuration, Folder, () => _ledger ?? throw new InvalidOperationException("A connection's client is opened after the ledger."));

    public static CommandContext Of(Terminal terminal, ParseResult parsed, CancellationToken cancellation)
    {
        var configuration = ApplicationFolder.Configuration();
        return new CommandContext(
            terminal,
            configuration,
            new DataFolder(parsed.GetValue(GlobalOptions.Data) ?? Path.Combine(ApplicationFolder.Path, "data")),
            parsed.GetValue(GlobalOptions.Format) == GlobalOptions.Json,
            parsed.GetValue(GlobalOptions.At) is { } instant ? new StandingClock(instant) : TimeProvider.System,
            isAlwaysEmbedded: false,
            cancellation);
    }

    /// <summary>The demo's own ledger within the data folder: embedded, whatever is configured.</summary>
    public CommandContext InDemoFolder() => new(Terminal, _configuration, Folder.Within("demo"), IsJson, Clock, isAlwaysEmbedded: true, Cancellation);

    /// <summary>The ledger of the data folder; an empty one is created.</summary>
    public async Task<ILedger> OpenLedgerAsync()
    {
        if (_ledger is null)
        {
            var ledger = UnopenedLedger();
            await ledger.OpenAsync(Cancellation);
            Folder.Restrict(Folder.Ledger);
        }

        return _ledger!;
    }

    /// <summary>The ledger whatever its schema is, for <c>migrate</c>.</summary>
    public ILedger UnopenedLedger()
    {
        Folder.Create();
        return _ledger = LedgerConnectionString is { } postgres ? new PostgresLedger(postgres, TimeProvider.System) : new SqliteLedger(Folder.Ledger, TimeProvider.System);
    }

    /// <summary>Reads one consistent state of the ledger.</summary>
    public async Task<T> ReadAsync<T>(Func<ILedgerTransaction, Task<T>> read)
    {
        var ledger = await OpenLedgerAsync();
        await using var transaction = await ledger.BeginReadAsync(Cancellation);
        return await read(transaction);
    }

    /// <summary>Writes the ledger in one transaction.</summary>
    public async Task<T> WriteAsync<T>(Func<ILedgerTransaction, Task<T>> write)
    {
        var ledger = await OpenLedgerAsync();
        await using var transaction = await ledger.BeginAsync(null, Cancellation);
        var result = await write(transaction);
        await transaction.CommitAsync(Cancellation);
        return result;
    }

    public Task<AgreementInForce?> AgreementInForceAsync() => ReadAsync(AgreementInForce.ReadAsync);

    /// <summary>The connection of that name, or all where none is named.</summary>
    public async Task<IReadOnlyList<ConnectionRow>> ConnectionsAsync(string? name)
    {
        var connections = await ReadAsync(ledger => ledger.Connections.ListAsync());
        if (name is null)
        {
            return connections.Count > 0 ? connections : throw new UsageException("There is no connection yet. Run connect hubspot --name NAME first.");
        }

        return [connections.FirstOrDefault(connection => connection.Name == name) ?? throw UnknownConnection(name, connections)];
    }

    public async Task<ConnectionRow> ConnectionAsync(string name) => (await ConnectionsAsync(name))[0];

    /// <summary>The whole content of a file that the user named.</summary>
    public async Task<byte[]> ReadFileAsync(string path)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, Cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw CannotRead(path, e);
        }
    }

    public static UsageException CannotRead(string path, Exception e) => new(e switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: there is no such file.",
        UnauthorizedAccessException when Directory.Exists(path) => $"{path} is a folder, not a file.",
        UnauthorizedAccessException => $"{path} may not be read by this user.",
        _ => $"{path} cannot be read: {e.Message}",
    });

    public async Task<T> ReadJsonFileAsync<T>(string path, string what)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(await ReadFileAsync(path), JsonText.Options) ?? throw new JsonException("it holds null");
        }
        catch (JsonException e)
        {
            throw new UsageException($"{path} is no {what}: not the JSON that this program writes (line {(e.LineNumber ?? 0) + 1}).");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_clients is not null)
        {
            await _clients.DisposeAsync();
        }

        if (_ledger is not null)
        {
            await _ledger.DisposeAsync();
        }
    }

    private static UsageException UnknownConnection(string name, IReadOnlyList<ConnectionRow> connections)
    {
        var names = connections.Select(connection => connection.Name).ToList();
        var nearest = NearestWord.Of(name, names);
        return new UsageException($"There is no connection '{name}'. " + (nearest is not null
            ? $"Did you mean '{nearest}'?"
            : names.Count > 0 ? $"There is: {string.Join(", ", names)}." : $"Run connect hubspot --name {name} first."));
    }
}
