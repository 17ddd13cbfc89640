using System.Globalization;

namespace CrmLeadQualifier.Sandbox.Faults;

/// <summary>One entry of a list of faults.</summary>
/// <param name="Argument">Null: the fault takes none.</param>
/// <param name="Call">The call at which, or from which on; null: no call was named.</param>
internal sealed record NamedFault(FaultDescription Fault, string? Argument, long? Call);

/// <summary>Reads NAME[=ARGUMENT][@CALL],…; <c>transient</c> stands for every transient fault.</summary>
internal static class FaultList
{
    private const string AllTransient = "transient";

    public static readonly IReadOnlyList<NamedFault> None = [];

    public static bool TryRead(string? list, out IReadOnlyList<NamedFault> faults, out string error)
    {
        var read = new List<NamedFault>();
        faults = read;
        error = "";
        foreach (var entry in (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (entry == AllTransient)
            {
                read.AddRange(FaultCatalogue.All.Where(fault => fault.Class == FaultClass.Transient && fault.Span != FaultSpan.PlannedCall)
                    .Select(fault => new NamedFault(fault, fault.Argument, null)));
                continue;
            }
            var at = entry.LastIndexOf('@');
            long? call = null;
            if (at >= 0)
            {
                if (!long.TryParse(entry.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < 1)
                    return Refuse(entry, "CALL is a number from 1", out error);
                call = number;
            }
            var named = at < 0 ? entry : entry[..at];
            var equals = named.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? named : named[..equals];
            if (FaultCatalogue.Find(name) is not { } fault)
                return Refuse(entry, $"NAME is {AllTransient}, or one of {string.Join(", ", FaultCatalogue.All.Select(known => known.Name))}", out error);
            if (equals >= 0 && fault.Argument is null)
                return Refuse(entry, $"{name} takes no argument", out error);
            if (fault.Span == FaultSpan.PlannedCall && call is null)
                return Refuse(entry, $"{name} needs its call, {name}@CALL", out error);
            read.Add(new NamedFault(fault, equals < 0 ? fault.Argument : named[(equals + 1)..], call));
        }
        return true;
    }

    private static bool Refuse(string entry, string why, out string error)
    {
        error = $"'{entry}' is no fault: write NAME[=ARGUMENT][@CALL]; {why}.";
        return false;
    }
}
