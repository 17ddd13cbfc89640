namespace CrmLeadQualifier.Crm.Fields;

/// <summary>What a field holds; decides how values are compared in normal form (lifecycle and sync, section 5).</summary>
public enum LeadFieldType
{
    /// <summary>One of a list, by its internal value.</summary>
    Choice,
    Integer,

    /// <summary>Text on one line.</summary>
    Text,
    LongText,

    /// <summary>To the second, written as <c>2026-11-23T09:30:00Z</c>.</summary>
    Instant,

    /// <summary>A day, written as <c>2026-11-23</c>.</summary>
    Date,
}

public enum FieldWriter
{
    Worker,
    Sales,
}

/// <summary>
/// Our fields on a person's record (lifecycle and sync, section 4). The name here is the field's everywhere but on the wire: HubSpot has <c>lq_NAME</c>, Salesforce <c>LQ_Name__c</c>.
/// </summary>
/// <param name="IsMinimal">Also made by <c>provision --minimal</c>.</param>
public sealed record LeadField(string Name, LeadFieldType Type, FieldWriter Writer, bool IsMinimal = false)
{
    /// <summary>HubSpot's and Salesforce's longest text on one line that both take.</summary>
    public const int TextLength = 255;

    /// <summary>A long text is cut to this: Salesforce's usual long text area, well below HubSpot's 65,536.</summary>
    public const int LongTextLength = 32_000;

    public static readonly LeadField Stage = new("stage", LeadFieldType.Choice, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField Status = new("status", LeadFieldType.Choice, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField Answer = new("answer", LeadFieldType.Choice, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField Score = new("score", LeadFieldType.Integer, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField Profile = new("profile", LeadFieldType.Integer, FieldWriter.Worker);
    public static readonly LeadField Behaviour = new("behaviour", LeadFieldType.Integer, FieldWriter.Worker);
    public static readonly LeadField Intent = new("intent", LeadFieldType.Integer, FieldWriter.Worker);
    public static readonly LeadField Grade = new("grade", LeadFieldType.Text, FieldWriter.Worker);
    public static readonly LeadField Reasons = new("reasons", LeadFieldType.LongText, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField Definition = new("definition", LeadFieldType.Text, FieldWriter.Worker);
    public static readonly LeadField HandedOverAt = new("handed_over_at", LeadFieldType.Instant, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField AnswerDueAt = new("answer_due_at", LeadFieldType.Instant, FieldWriter.Worker, IsMinimal: true);
    public static readonly LeadField FirstContactAt = new("first_contact_at", LeadFieldType.Instant, FieldWriter.Worker);
    public static readonly LeadField Previous = new("previous", LeadFieldType.Text, FieldWriter.Worker);
    public static readonly LeadField Verdict = new("verdict", LeadFieldType.Choice, FieldWriter.Sales, IsMinimal: true);
    public static readonly LeadField RejectionReason = new("rejection_reason", LeadFieldType.Choice, FieldWriter.Sales, IsMinimal: true);
    public static readonly LeadField Comment = new("comment", LeadFieldType.LongText, FieldWriter.Sales);
    public static readonly LeadField RecontactOn = new("recontact_on", LeadFieldType.Date, FieldWriter.Sales);
    public static readonly LeadField VerdictAt = new("verdict_at", LeadFieldType.Instant, FieldWriter.Worker);
    public static readonly LeadField VerdictBy = new("verdict_by", LeadFieldType.Text, FieldWriter.Worker);

    public static readonly IReadOnlyList<LeadField> All =
    [
        Stage, Status, Answer, Score, Profile, Behaviour, Intent, Grade, Reasons, Definition, HandedOverAt, AnswerDueAt, FirstContactAt, Previous,
        Verdict, RejectionReason, Comment, RecontactOn, VerdictAt, VerdictBy,
    ];

    /// <summary>What sales enters; the program reads these, and writes them only to copy a verdict or to empty them at a hand-over.</summary>
    public static readonly IReadOnlyList<LeadField> OfSales = [.. All.Where(field => field.Writer == FieldWriter.Sales)];

    private static readonly Dictionary<string, LeadField> ByName = All.ToDictionary(field => field.Name);

    /// <summary>The field of that name, or null.</summary>
    public static LeadField? Find(string name) => ByName.GetValueOrDefault(name);
}

/// <summary>A field as it is to be provisioned: with label, description and options in the agreement's language.</summary>
/// <param name="Options">Of a choice, in order; empty for others. Options that the CRM has and this list lacks are kept.</param>
public sealed record FieldDefinition(LeadField Field, string Label, string Description, IReadOnlyList<FieldOption> Options);

/// <param name="Value">The internal value.</param>
public sealed record FieldOption(string Value, string Label);
