using System.Globalization;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Agreements;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Definition;

/// <summary>What a version's coming into force will do, for a person.</summary>
internal static class ForecastPrinter
{
    public static void Print(Terminal terminal, ForecastReport forecast)
    {
        if (forecast.Connections.Count == 0)
        {
            terminal.Say("No CRM is connected yet: what it will do there is not known.");
            return;
        }

        terminal.Say(Summary(forecast));
        foreach (var connection in forecast.Connections.Where(_ => forecast.Rescores))
        {
            terminal.Say(string.Create(CultureInfo.InvariantCulture, $"- {connection.Name}: {connection.RecordsToWrite} records to write, {connection.Calls} API calls")
                + (connection.Mode is ConnectionMode.Observe or ConnectionMode.Paused ? $" (nothing while it is in mode {connection.Mode.ToString().ToLowerInvariant()})." : "."));
        }

        var lacking = forecast.Facts.Where(facts => facts.Available != FactsAvailable.Complete).ToList();
        if (lacking.Count == 0)
        {
            terminal.Say("Every connection gives the facts of every criterion completely.");
            return;
        }

        terminal.Say("Facts that are not complete:");
        foreach (var facts in lacking)
        {
            terminal.Say($"- {facts.Criterion}, {facts.Connection}: {(facts.Available == FactsAvailable.Partial ? "partial" : "not available")} ({facts.Because}).");
        }
    }

    private static string Summary(ForecastReport forecast)
    {
        if (!forecast.Rescores)
        {
            return "When it comes into force nobody is scored again: what decides scores is as in the version in force.";
        }

        var minutes = forecast.Minutes < 1 ? "less than a minute" : string.Create(CultureInfo.InvariantCulture, $"about {Math.Ceiling(forecast.Minutes):F0} min");
        var about = forecast.Sampled < forecast.Leads ? string.Create(CultureInfo.InvariantCulture, $" (carried over from the first {forecast.Sampled} of them)") : "";
        return string.Create(CultureInfo.InvariantCulture, $"When it comes into force, {forecast.Leads} leads are scored again{about}, which takes {minutes} with writing; {forecast.Held} will be held.");
    }
}
