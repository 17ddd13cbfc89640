using CrmLeadQualifier.Storage.Rows;

namespace CrmLeadQualifier.Storage.Tests.Compliance;

public abstract class DefinitionCompliance(LedgerStore store) : LedgerCompliance(store)
{
    [SkippableFact]
    public async Task Versions_are_numbered_from_1_without_gaps_and_the_newest_content_again_gets_no_new_one()
    {
        Assert.Equal(1, await ProposeAsync("a"));
        Assert.Equal(1, await ProposeAsync("a"));
        Assert.Equal(2, await ProposeAsync("b"));
        Assert.Equal(3, await ProposeAsync("a"));

        Assert.Equal([1, 2, 3], (await ReadAsync(tx => tx.Definitions.ListAsync())).Select(row => row.Version));
        Assert.Equal(
            new DefinitionRow(2, "b", "scoring b", "name: b # é", T) { ProposedBy = "Ann", Note = "why" }, await ReadAsync(tx => tx.Definitions.FindAsync(2)));
        Assert.Null(await ReadAsync(tx => tx.Definitions.FindAsync(4)));
    }

    [SkippableFact]
    public async Task Signatures_come_in_the_order_of_signing_and_a_second_one_of_a_role_stays_beside_the_first()
    {
        await ProposeAsync("a");
        SignatureRow[] signatures =
        [
            new(1, "sales", "Bob", T + TimeSpan.FromDays(1), "a"), new(1, "marketing", "Ann", T, "a"), new(1, "sales", "Eve", T, "a"),
        ];
        foreach (var signature in signatures)
        {
            await WriteAsync(tx => tx.Definitions.SignAsync(signature));
        }

        var kept = await ReadAsync(tx => tx.Definitions.SignaturesAsync());
        Assert.Equal(signatures, kept.Select(signature => signature with { Id = 0 }));
        Assert.Equal(kept.Select(signature => signature.Id).Order().Distinct(), kept.Select(signature => signature.Id));
    }

    [SkippableFact]
    public async Task A_signature_keeps_its_note_and_who_withdrew_it_first()
    {
        await ProposeAsync("a");
        await WriteAsync(tx => tx.Definitions.SignAsync(new SignatureRow(1, "sales", "Bob", T, "a") { Note = "agreed on 3 March" }));
        await WriteAsync(tx => tx.Definitions.SignAsync(new SignatureRow(1, "marketing", "Ann", T, "a")));
        var bob = (await ReadAsync(tx => tx.Definitions.SignaturesAsync()))[0];

        await WriteAsync(tx => tx.Definitions.WithdrawAsync(bob.Id, T + TimeSpan.FromHours(1), "Eve"));
        await WriteAsync(tx => tx.Definitions.WithdrawAsync(bob.Id, T + TimeSpan.FromHours(2), "Bob"));

        var kept = await ReadAsync(tx => tx.Definitions.SignaturesAsync());
        Assert.Equal(bob with { WithdrawnAt = T + TimeSpan.FromHours(1), WithdrawnBy = "Eve" }, kept[0]);
        Assert.Equal("agreed on 3 March", kept[0].Note);
        Assert.Equal((null, null, null), (kept[1].Note, kept[1].WithdrawnAt, kept[1].WithdrawnBy));
    }

    private Task<int> ProposeAsync(string content) =>
        WriteAsync(tx => tx.Definitions.AddAsync(content, $"scoring {content}", $"name: {content} # é", T, "Ann", "why"));
}
