using System.CommandLine;
using System.Globalization;
using CrmLeadQualifier.Core.Time;
using CrmLeadQualifier.Storage;
using CrmLeadQualifier.Storage.Rows;
using CrmLeadQualifier.Sync.Shadow;
using CrmLeadQualifier.Worker.CommandLine;

namespace CrmLeadQualifier.Worker.Commands.Learning;

internal sealed class ShadowDefinition : ProgramCommand
{
    private const string Off = "off";

    /// <summary>So many days are shown.</summary>
    private const int Days = 30;

    private readonly Argument<string?> _version = new("VERSION|off") { Arity = ArgumentArity.ZeroOrOne, Description = "The version to score beside the one in force, or off. Default: shows the difference day by day." };

    public ShadowDefinition(Terminal terminal)
        : base(terminal, "shadow", "Scores a proposed version beside the active one without writing; the difference is reported daily.", "definition shadow 2")
    {
        Add(_version);
        Add(GlobalOptions.At);
    }

    protected override async Task<int> RunAsync(CommandContext context, ParseResult parsed)
    {
        switch (parsed.GetValue(_version))
        {
            case null:
                break;
            case Off:
                await context.WriteAsync(async ledger => { await ledger.Shadows.SetAsync(null); return true; });
                context.Terminal.Say("No version is shadowed any more.");
                return ExitCode.Done;
            case var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version):
                await context.WriteAsync(async ledger => { await SetAsync(ledger, version, Instant.Now(context.Clock)); return true; });
                await new ShadowScoring(await context.OpenLedgerAsync()).RunAsync(Instant.Now(context.Clock), context.Cancellation);
                break;
            case var text:
                throw new UsageException($"'{text}' is no version: give its number, or off.");
        }

        return await ShowAsync(context);
    }

    private static async Task SetAsync(ILedgerTransaction ledger, int version, Instant at)
    {
        if (await ledger.Definitions.FindAsync(version) is null)
        {
            var known = (await ledger.Definitions.ListAsync()).Select(row => row.Version).ToList();
            throw new UsageException($"There is no version {version}. " + (known.Count > 0 ? $"There is: {string.Join(", ", known)}." : "Run definition propose FILE first."));
        }

        await ledger.Shadows.SetAsync(new ShadowRow(version, at));
    }

    private static async Task<int> ShowAsync(CommandContext context)
    {
        var shadow = await context.ReadAsync(ledger => ledger.Shadows.FindAsync());
        if (shadow is null)
        {
            context.Terminal.Say("No version is shadowed. Run definition shadow VERSION.");
            return ExitCode.Done;
        }

        var days = await context.ReadAsync(ledger => ledger.Shadows.DaysAsync(shadow.Version, Days));
        var names = await context.ReadAsync(ledger => NamesAsync(ledger, [.. days.Take(1).SelectMany(day => day.GainedLeads.Concat(day.LostLeads))]));
        if (context.IsJson)
        {
            context.Terminal.Json(new
            {
                shadow.Version,
                since = shadow.Since.ToString(),
                days = days.Select((day, i) => new
                {
                    day.Day,
                    at = day.At.ToString(),
                    day.ActiveVersion,
                    day.Leads,
                    day.Qualified,
                    day.ActiveQualified,
                    day.Gained,
                    day.Lost,
                    gained_leads = i == 0 ? day.GainedLeads.Select(lead => names[lead]) : null,
                    lost_leads = i == 0 ? day.LostLeads.Select(lead => names[lead]) : null,
                }),
            });
            return ExitCode.Done;
        }

        context.Terminal.Result($"Version {shadow.Version} is shadowed since {shadow.Since}.");
        context.Terminal.Table(
            ["day", "beside version", "leads", "qualified", "by the active", "only by it", "no longer"],
            days.Select(day => (IReadOnlyList<string>)[day.Day, $"{day.ActiveVersion}", $"{day.Leads}", $"{day.Qualified}", $"{day.ActiveQualified}", $"{day.Gained}", $"{day.Lost}"]));
        if (days is [var latest, ..])
        {
            Say("Only by it, such as: ", latest.GainedLeads);
            Say("No longer, such as: ", latest.LostLeads);
        }

        return ExitCode.Done;

        void Say(string what, IReadOnlyList<long> leads)
        {
            if (leads.Count > 0)
            {
                context.Terminal.Result(what + string.Join(", ", leads.Select(lead => names[lead])));
            }
        }
    }

    /// <summary>The leads' addresses; of one without, its number.</summary>
    private static async Task<IReadOnlyDictionary<long, string>> NamesAsync(ILedgerTransaction ledger, IReadOnlyCollection<long> leads)
    {
        var records = (await ledger.Records.OfLeadsAsync(leads)).ToLookup(record => record.LeadId);
        return leads.ToDictionary(lead => lead, lead => records[lead].Select(record => record.Attributes.GetValueOrDefault("email")).FirstOrDefault(email => !string.IsNullOrEmpty(email)) ?? $"lead {lead}");
    }
}
