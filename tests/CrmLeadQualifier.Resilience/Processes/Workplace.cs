using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CrmLeadQualifier.Resilience.Processes;

/// <summary>A data folder, the ledger in it or in PostgreSQL, and the program run on them.</summary>
public sealed class Workplace : IDisposable
{
    private const string LedgerVariable = "ConnectionStrings__Ledger";

    private readonly TemporaryFolder _folder = new();

    private readonly PostgresDatabase? _database;

    public Workplace(Engine engine = Engine.Sqlite)
        : this(engine == Engine.Postgres ? PostgresDatabase.Create() : null)
    {
    }

    private Workplace(PostgresDatabase? database)
    {
        _database = database;
        if (database is not null)
        {
            Environment[LedgerVariable] = database.ConnectionString;
        }
    }

    public string Folder => _folder.Path;

    public string Data => _folder.File("data");

    public string File(string name) => _folder.File(name);

    /// <summary>What the program's processes kept in the log.</summary>
    public string Log => string.Concat(Directory.EnumerateFiles(Path.Combine(Data, "logs")).Order().Select(System.IO.File.ReadAllText));

    /// <summary>Null: the ledger is in the data folder.</summary>
    public PostgresDatabase? Database => _database;

    /// <summary>Of every process that is run here.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Another workplace that stands where this one stands now; no process may be at work in it.</summary>
    public Workplace Copy()
    {
        var copy = new Workplace(_database is null ? null : PostgresDatabase.Create(_database));
        foreach (var file in Directory.EnumerateFiles(Data, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Data, Path.GetRelativePath(Data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            System.IO.File.Copy(file, target);
        }

        return copy;
    }

    /// <summary>What the ledger says, row by row.</summary>
    public async Task<IReadOnlyList<IReadOnlyList<object>>> QueryAsync(string sql)
    {
        await using DbConnection connection = _database is null
            ? new SqliteConnection($"Data Source={Path.Combine(Data, "ledger.db")};Mode=ReadOnly;Pooling=False")
            : new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_database.ConnectionString) { SearchPath = "ledger", Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<IReadOnlyList<object>>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Makes the SQLite ledger stand as a process left it that was killed; no process may be at work.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(Data, "ledger.db")};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    public Task<Finished> RunAsync(params string[] arguments) => WorkerProcess.RunAsync(Folder, [.. arguments, "--data", Data], Environment);

    public WorkerProcess Start(params string[] arguments) => WorkerProcess.Start(Folder, [.. arguments, "--data", Data], Environment);

    public async Task<Finished> RunWithAsync(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        await WorkerProcess.RunAsync(Folder, [.. arguments, "--data", Data], Environment.Concat(environment).ToDictionary());

    /// <summary>Proposes an agreement and signs it as version 1 for both roles.</summary>
    public async Task SignAsync(string definition, string at)
    {
        await AddSignatoriesAsync();
        (await RunAsync("definition", "propose", definition, "--at", at)).Expect(0);
        (await SignAsync(1, "marketing", at)).Expect(0);
        (await SignAsync(1, "sales", at)).Expect(0);
    }

    /// <summary>Ann signs for marketing, Ben for sales.</summary>
    public async Task AddSignatoriesAsync()
    {
        (await RunWithAsync(Password, "account", "add", "Ann", "--role", "marketing")).Expect(0);
        (await RunWithAsync(Password, "account", "add", "Ben", "--role", "sales")).Expect(0);
    }

    public Task<Finished> SignAsync(int version, string role, string at, params string[] more) =>
        RunWithAsync(Password, ["definition", "sign", $"{version}", "--role", role, "--by", role == "marketing" ? "Ann" : "Ben", "--at", at, .. more]);

    public static IReadOnlyDictionary<string, string?> Password { get; } = new Dictionary<string, string?> { ["CLQ_PASSWORD"] = "signs for the tests" };

    /// <summary>Connects as <c>hub</c>, provisions and goes live.</summary>
    public async Task GoLiveAsync(string baseUrl, string token, string at)
    {
        (await RunWithAsync(new Dictionary<string, string?> { ["CLQ_HUBSPOT_TOKEN"] = token }, "connect", "hubspot", "--name", "hub", "--base-url", baseUrl, "--at", at)).Expect(0);
        (await RunAsync("provision", "hub", "--at", at)).Expect(0);
        (await RunAsync("mode", "hub", "live", "--at", at)).Expect(0);
    }

    /// <summary>Connects Salesforce as <c>sf</c>, provisions and goes live.</summary>
    /// <param name="loginUrl">Another way to the org; null: its own address.</param>
    public async Task GoLiveAsync(OrgUnderTest org, string at, string? loginUrl = null)
    {
        (await RunWithAsync(
            new Dictionary<string, string?> { ["CLQ_SALESFORCE_CLIENT_SECRET"] = org.ClientSecret },
            "connect", "salesforce", "--name", "sf", "--client-id", org.ClientId, "--login-url", loginUrl ?? org.BaseUrl, "--at", at)).Expect(0);
        (await RunAsync("provision", "sf", "--at", at)).Expect(0);
        (await RunAsync("mode", "sf", "live", "--at", at)).Expect(0);
    }

    public void Dispose()
    {
        _folder.Dispose();
        _database?.Dispose();
    }
}
