using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Crm;
using CrmLeadQualifier.HubSpot;
using CrmLeadQualifier.Salesforce;
using CrmLeadQualifier.Resilience.Processes;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Sync.Runs;
using CrmLeadQualifier.Worker.CommandLine;
using NetArchTest.Rules;

namespace CrmLeadQualifier.Worker.Tests.Architecture;

/// <summary>Who may know whom: the compiler keeps the project references, these tests keep the rest.</summary>
public sealed class WallsTests
{
    private const string Prefix = "CrmLeadQualifier.";

    private static readonly Assembly Core = typeof(DefinitionReader).Assembly;
    private static readonly Assembly Crm = typeof(ICrm).Assembly;
    private static readonly Assembly HubSpot = typeof(HubSpotConnection).Assembly;
    private static readonly Assembly Salesforce = typeof(SalesforceConnection).Assembly;
    private static readonly Assembly Storage = typeof(ILedger).Assembly;
    private static readonly Assembly Sync = typeof(SyncRun).Assembly;
    private static readonly Assembly Worker = typeof(CommandTree).Assembly;

    [Theory]
    [InlineData("Core", new string[0])]
    [InlineData("Crm", new[] { "Core" })]
    [InlineData("HubSpot", new[] { "Core", "Crm" })]
    [InlineData("Storage", new[] { "Core" })]
    [InlineData("Sync", new[] { "Core", "Crm", "Storage" })]
    [InlineData("Salesforce", new[] { "Core", "Crm" })]
    [InlineData("Worker", new[] { "Core", "Crm", "HubSpot", "Salesforce", "Storage", "Sync" })]
    public void A_room_knows_only_the_rooms_on_its_way(string room, string[] allowed)
    {
        string[] forbidden = [.. new[] { "Core", "Crm", "HubSpot", "Salesforce", "Storage", "Sync", "Worker", "Sandbox" }.Except([room, .. allowed]).Select(name => Prefix + name)];

        AssertNone(Of(room), forbidden);
    }

    [Fact]
    public void Core_knows_no_network_no_database_no_file_and_no_dependency_injection() =>
        AssertNone(Core, "System.Net", "System.Data", "Microsoft.Data", "Dapper", "System.IO.File", "System.IO.Directory", "Microsoft.Extensions", "Microsoft.AspNetCore");

    [Fact]
    public void Only_the_worker_knows_the_command_line_and_its_console()
    {
        foreach (var assembly in new[] { Core, Crm, HubSpot, Salesforce, Storage, Sync })
        {
            AssertNone(assembly, "System.CommandLine", "Spectre.Console", "System.Console");
        }
    }

    [Fact]
    public void Only_a_crm_knows_http()
    {
        foreach (var assembly in new[] { Core, Crm, Storage, Sync })
        {
            AssertNone(assembly, "System.Net.Http", "Refit");
        }
    }

    [Fact]
    public void Only_the_storage_knows_sql_and_who_makes_the_tables_of_the_jobs()
    {
        string[] sql = ["Microsoft.Data.Sqlite", "Dapper", "System.Data", "DbUp", "Npgsql"];
        foreach (var assembly in new[] { Core, Crm, HubSpot, Salesforce, Sync })
        {
            AssertNone(assembly, sql);
        }

        var knowing = Types.InAssembly(Worker).That().HaveDependencyOnAny(sql).GetTypes().Select(type => (type.DeclaringType ?? type).Name).Distinct();
        Assert.Equal(["JobEngine", "JobSchema"], knowing.Order());
    }

    [Fact]
    public void Hangfire_is_known_to_the_jobs_and_to_nobody_else()
    {
        foreach (var assembly in new[] { Core, Crm, HubSpot, Salesforce, Storage, Sync })
        {
            AssertNone(assembly, "Hangfire");
        }

        var knowing = Types.InAssembly(Worker).That().HaveDependencyOn("Hangfire").GetTypes().ToList();
        Assert.NotEmpty(knowing);
        Assert.All(knowing, type => Assert.Equal("CrmLeadQualifier.Worker.Jobs", type.Namespace));
    }

    [Fact]
    public void The_sandbox_is_the_other_side_of_the_wire()
    {
        using var file = new PEReader(File.OpenRead(Path.ChangeExtension(Repository.Sandbox, ".dll")));
        var metadata = file.GetMetadataReader();

        var known = metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToList();

        Assert.Contains("System.CommandLine", known);
        Assert.DoesNotContain(known, name => name.StartsWith(Prefix, StringComparison.Ordinal) || name == "crm-lead-qualifier");
    }

    [Fact]
    public void Only_the_terminal_class_touches_the_console()
    {
        var others = Types.InAssembly(Worker).That().HaveDependencyOn("System.Console").GetTypes().Where(type => type != typeof(Terminal) && type.DeclaringType != typeof(Terminal));

        Assert.Empty(others);
    }

    private static Assembly Of(string room) => new[] { Core, Crm, HubSpot, Salesforce, Storage, Sync }.FirstOrDefault(assembly => assembly.GetName().Name == Prefix + room) ?? Worker;

    private static void AssertNone(Assembly assembly, params string[] forbidden) => AssertNone(Types.InAssembly(assembly), forbidden);

    private static void AssertNone(Types types, params string[] forbidden)
    {
        Assert.NotEmpty(types.GetTypes());
        var result = types.ShouldNot().HaveDependencyOnAny(forbidden).GetResult();
        Assert.True(result.IsSuccessful, $"{string.Join(", ", result.FailingTypeNames ?? [])} know one of {string.Join(", ", forbidden)}");
    }
}
