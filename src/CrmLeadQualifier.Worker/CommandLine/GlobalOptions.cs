using System.CommandLine;
using System.CommandLine.Parsing;
using CrmLeadQualifier.Core.Time;

namespace CrmLeadQualifier.Worker.CommandLine;

/// <summary>Options that mean the same on every command that has them.</summary>
internal static class GlobalOptions
{
    public const string Json = "json";

    public static readonly Option<string?> Data = new("--data")
    {
        HelpName = "DIR",
        Recursive = true,
        Description = "The folder of the embedded database, keys and logs. Default: data beside appsettings.json.",
    };

    public static readonly Option<string> Format = new Option<string>("--format")
    {
        HelpName = "text|json",
        Recursive = true,
        Description = "For a person or for a program.",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong("text", Json);

    /// <summary>On every command that writes the ledger.</summary>
    public static readonly Option<Instant?> At = InstantOption("--at", "The program's clock, which then stands still. Default: now.");

    public static Option<Instant?> InstantOption(string name, string description) => new(name)
    {
        HelpName = "INSTANT",
        Description = description,
        CustomParser = ReadInstant,
    };

    private static Instant? ReadInstant(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Instant.TryRead(text, out var instant))
        {
            return instant;
        }

        argument.AddError($"'{text}' is no instant. Write a day (2026-11-23) or a time with its offset (2026-11-23T09:30:00Z).");
        return null;
    }
}
