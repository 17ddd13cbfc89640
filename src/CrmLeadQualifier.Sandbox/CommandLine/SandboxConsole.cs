using System.Diagnostics.CodeAnalysis;

namespace CrmLeadQualifier.Sandbox.CommandLine;

/// <summary>The only place that speaks to the terminal: one line of results to standard output, everything else to standard error.</summary>
[SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "The executable's own console.")]
internal static class SandboxConsole
{
    public static TextWriter Out => Console.Out;

    public static TextWriter Error => Console.Error;

    public static Stream OpenInput() => Console.OpenStandardInput();
}
