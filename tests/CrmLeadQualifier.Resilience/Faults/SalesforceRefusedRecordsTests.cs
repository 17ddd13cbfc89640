namespace CrmLeadQualifier.Resilience.Faults;

/// <summary>What keeps single records from being written, for a while or for good: each is set aside with Salesforce's words, or waits, or is known to be gone; all others are written, once.</summary>
public sealed class SalesforceRefusedRecordsTests(RefusedRecords refused) : IClassFixture<RefusedRecords>
{
    [Theory]
    [InlineData("FIELD_CUSTOM_VALIDATION_EXCEPTION: A person without a city cannot be visited", 1)]
    [InlineData("ENTITY_IS_LOCKED: entity is locked for editing", 1)]
    [InlineData("INSUFFICIENT_ACCESS_OR_READONLY: insufficient access rights on object id", 1)]
    [InlineData("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY: LeadTrigger: execution of BeforeUpdate", 1)]
    [InlineData("CANNOT_EXECUTE_FLOW_TRIGGER: We can't save this record", 1)]
    [InlineData("DUPLICATES_DETECTED: Use one of these records?", 2)]
    public void What_the_org_refuses_is_in_quarantine_in_its_own_words(string words, int records) =>
        Assert.Equal(records, refused.Quarantine.Count(entry => entry.Value.StartsWith(words, StringComparison.Ordinal)));

    /// <summary>A trigger and a flow broke on everything that was saved together with two records: nobody else is set aside for it.</summary>
    [Fact]
    public void Nobody_else_is_in_quarantine_and_the_run_tells_by_its_exit_code()
    {
        Assert.Equal(7, refused.Quarantine.Count);
        Assert.Equal(1, refused.FirstExitCode);
        Assert.All(refused.Quarantine.Keys, lead => Assert.DoesNotContain(refused.HistoriesFirst.Keys, written => written.StartsWith(lead, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Everybody_else_is_written_at_once_and_once()
    {
        var statuses = await refused.Org.ValuesAsync("LQ_Status__c");
        // Deleted, merged and converted: three that are not among the Leads any more.
        Assert.Equal(RefusedRecords.Leads - 3, statuses.Count);
        Assert.Equal(refused.QuarantineInTheEnd.Keys.Order(StringComparer.Ordinal), statuses.Where(lead => lead.Value.Length == 0).Select(lead => lead.Key));
        var twice = refused.HistoriesFirst.Where(history => history.Value.Contains(" > ", StringComparison.Ordinal)).ToList();
        Assert.True(twice.Count == 0, $"{string.Join('\n', twice)}\n{refused.SaidFirst}");
        Assert.Equal(RefusedRecords.Leads - 3 - 7 - 1, refused.HistoriesFirst.Keys.Count(key => key.EndsWith(" LQ_Status__c", StringComparison.Ordinal)));
    }

    /// <summary>It is not the record's fault: no person has to look after it.</summary>
    [Fact]
    public async Task Who_another_transaction_holds_is_written_by_the_first_run_after_it_has_ended()
    {
        Assert.Contains("could not be written for now (UNABLE_TO_LOCK_ROW", refused.SaidFirst, StringComparison.Ordinal);
        Assert.DoesNotContain(refused.Held, refused.Quarantine.Keys);
        Assert.DoesNotContain($"{refused.Held} LQ_Status__c", refused.HistoriesFirst.Keys);
        Assert.NotEmpty(await refused.Org.ValueAsync(refused.Held, "LQ_Status__c"));
        Assert.Equal([0L], Assert.Single(await refused.Org.Workplace.QueryAsync("SELECT count(*) FROM write WHERE state IN ('sent', 'unknown')")));
    }

    [Fact]
    public async Task Whoever_is_mended_leaves_quarantine_by_that_and_is_written()
    {
        Assert.Contains(refused.Invalid, refused.Quarantine.Keys);
        Assert.DoesNotContain(refused.Invalid, refused.QuarantineInTheEnd.Keys);
        Assert.NotEmpty(await refused.Org.ValueAsync(refused.Invalid, "LQ_Status__c"));
    }

    [Fact]
    public void A_duplicate_that_a_rule_blocks_is_one_lead_whose_records_are_both_set_aside() =>
        Assert.All(new[] { refused.Twins.One, refused.Twins.Other }, twin => Assert.StartsWith("DUPLICATES_DETECTED", refused.Quarantine[twin], StringComparison.Ordinal));

    /// <summary>Its own values are written, and never those of the record that it swallowed.</summary>
    [Fact]
    public async Task Of_a_merge_the_survivor_alone_is_written()
    {
        var merged = (await refused.Org.Org.QueryAllAsync("SELECT Id, MasterRecordId FROM Lead WHERE IsDeleted = true AND MasterRecordId != null")).Single();
        var (loser, survivor) = (merged["Id"]!.GetValue<string>(), merged["MasterRecordId"]!.GetValue<string>());
        Assert.DoesNotContain(refused.Histories.Keys, key => key.StartsWith(loser, StringComparison.Ordinal));
        Assert.DoesNotContain(" > ", refused.HistoriesFirst[$"{survivor} LQ_Score__c"], StringComparison.Ordinal);
        Assert.Equal([1L], Assert.Single(await refused.Org.Workplace.QueryAsync($"SELECT count(DISTINCT lead_id) FROM record WHERE external_id IN ('{loser}', '{survivor}')")));
    }

    [Fact]
    public async Task Who_was_deleted_is_gone_and_nobody_has_to_look_after_it()
    {
        var deleted = (await refused.Org.Org.QueryAllAsync("SELECT Id FROM Lead WHERE IsDeleted = true AND MasterRecordId = null")).Single()["Id"]!.GetValue<string>();
        Assert.Equal([[1L]], await refused.Org.Workplace.QueryAsync($"SELECT is_gone FROM record WHERE external_id = '{deleted}'"));
        Assert.DoesNotContain(deleted, refused.Quarantine.Keys);
        Assert.DoesNotContain(refused.Histories.Keys, key => key.StartsWith(deleted, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lead_converted_under_our_write_goes_on_as_its_contact()
    {
        var converted = (await refused.Org.Org.QueryAsync("SELECT Id, ConvertedContactId FROM Lead WHERE IsConverted = true")).Single();
        var (lead, contact) = (converted["Id"]!.GetValue<string>(), converted["ConvertedContactId"]!.GetValue<string>());
        Assert.DoesNotContain(refused.Histories.Keys, key => key.StartsWith(lead, StringComparison.Ordinal));
        Assert.DoesNotContain(lead, refused.Quarantine.Keys);
        // A person who converts says that it is qualified.
        Assert.Equal("sql", await refused.Org.ValueAsync(contact, "LQ_Stage__c"));
        Assert.Equal([[1L]], await refused.Org.Workplace.QueryAsync($"SELECT count(DISTINCT lead_id) FROM record WHERE external_id IN ('{lead}', '{contact}')"));
    }

    /// <summary>An update runs the assignment rule unless it says not to.</summary>
    [Fact]
    public async Task Nobody_was_given_to_somebody_else()
    {
        var now = await refused.Org.ValuesAsync("OwnerId");
        Assert.All(now, lead => Assert.Equal(refused.Owners[lead.Key], lead.Value));
    }
}
