using CrmLeadQualifier.Sandbox.Salesforce.Records;

namespace CrmLeadQualifier.Sandbox.Salesforce.Behaviours;

/// <summary>What an org's automation and load do to its writes: nothing, unless a fault switches it on.</summary>
internal sealed class OrgBehaviours
{
    /// <summary>Without automation: a second per two thousand rows.</summary>
    private const double PerRow = 0.5;

    /// <summary>Milliseconds that every chunk of two hundred rows takes, however few they are; null: by the row.</summary>
    public long? EveryChunkTakes { get; set; }

    /// <summary>Chunks of more rows than this run into the limit of CPU time and fail whole.</summary>
    public int? CpuLimitRows { get; set; }

    /// <summary>The next job stops for good after so many rows.</summary>
    public int? NextJobStopsAfter { get; set; }

    /// <summary>Contacts of one Account that are saved in chunks beside each other lock each other out.</summary>
    public bool SiblingLocks { get; set; }

    /// <summary>Deleted campaign members and contact roles leave no row behind.</summary>
    public bool RelationsVanish { get; set; }

    public bool ApiDisabled { get; set; }

    public DuplicateRule Duplicates { get; set; }

    /// <summary>An edit in a page saves every long text of the record anew: trimmed, with CRLF.</summary>
    public bool PageEditsRewriteTexts { get; set; }

    /// <summary>Milliseconds for which jobs wait in addition.</summary>
    public long QueueTakes { get; set; }

    /// <summary>What the admin lets happen at every save, as whoever saves.</summary>
    public List<RecordFlow> Flows { get; } = [];

    /// <summary>Fields that another program sets back after each change by the API user.</summary>
    public HashSet<string> WrittenBack { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Records on which the org's automation breaks, with whatever is saved in one chunk with them.</summary>
    public Dictionary<string, SaveError> Breaking { get; } = new(StringComparer.Ordinal);

    public static readonly SaveError BrokenTrigger = new("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "LeadTrigger: execution of BeforeUpdate caused by: System.NullPointerException: Attempt to de-reference a null object");

    public static readonly SaveError BrokenFlow = new("CANNOT_EXECUTE_FLOW_TRIGGER",
        "We can't save this record because the \"Rate Leads\" process failed. Give your Salesforce admin these details. This error occurred when the flow tried to look up records");

    /// <param name="withParent">What it hangs on is deleted, and it with that.</param>
    public bool Vanishes(string type, bool withParent) => (type is "TaskRelation" or "EventRelation" && !withParent) || (RelationsVanish && type is "CampaignMember" or "OpportunityContactRole");

    public long ChunkTakes(int rows) => rows == 0 ? 0 : EveryChunkTakes ?? (long)(rows * PerRow);

    public bool JobStops(int rowsDone)
    {
        if (NextJobStopsAfter is not { } rows || rowsDone < rows)
            return false;
        NextJobStopsAfter = null;
        return true;
    }

    /// <summary>Why a chunk fails whole. Rows that fail by themselves before the automation runs have their own error all the same.</summary>
    public SaveError? RefuseChunk(IReadOnlyCollection<string?> ids)
    {
        var guilty = Breaking.Count == 0 ? null
            : ids.Select(id => id is null ? null : SalesforceId.Read(id)).FirstOrDefault(id => id is not null && Breaking.ContainsKey(id));
        return guilty is not null ? Breaking[guilty]
            : ids.Count > CpuLimitRows ? new SaveError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                "LeadTrigger: execution of BeforeUpdate caused by: System.LimitException: Apex CPU time limit exceeded")
            : null;
    }
}
