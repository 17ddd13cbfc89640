using CrmLeadQualifier.Core.Scoring;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>The words of stages, answers, verdicts and statuses as CRMs, the ledger and JSON hold them: <c>mql</c>, <c>to_answer</c>, <c>not_yet</c>.</summary>
public static class Wording
{
    private static readonly Dictionary<Stage, string> Stages = Words<Stage>();
    private static readonly Dictionary<Answer, string> Answers = Words<Answer>();
    private static readonly Dictionary<VerdictValue, string> Verdicts = Words<VerdictValue>();
    private static readonly Dictionary<LeadStatus, string> Statuses = Words<LeadStatus>();
    private static readonly Dictionary<string, Stage> StagesByWord = Stages.ToDictionary(x => x.Value, x => x.Key);
    private static readonly Dictionary<string, Answer> AnswersByWord = Answers.ToDictionary(x => x.Value, x => x.Key);
    private static readonly Dictionary<string, VerdictValue> VerdictsByWord = Verdicts.ToDictionary(x => x.Value, x => x.Key);
    private static readonly Dictionary<string, LeadStatus> StatusesByWord = Statuses.ToDictionary(x => x.Value, x => x.Key);

    public static string Word(this Stage stage) => Stages[stage];

    /// <summary>Empty for <see cref="Answer.None"/>.</summary>
    public static string Word(this Answer answer) => answer == Answer.None ? "" : Answers[answer];

    public static string Word(this VerdictValue verdict) => Verdicts[verdict];

    public static string Word(this LeadStatus status) => Statuses[status];

    public static Stage ToStage(string word) => StagesByWord[word];

    public static Answer ToAnswer(string word) => word.Length == 0 ? Answer.None : AnswersByWord[word];

    /// <summary>Null for a word that is no verdict: sales typed it, it is shown, not lost.</summary>
    public static VerdictValue? ToVerdict(string word) => VerdictsByWord.TryGetValue(word, out var verdict) ? verdict : null;

    public static LeadStatus ToStatus(string word) => StatusesByWord[word];

    private static Dictionary<T, string> Words<T>()
        where T : struct, Enum
        => Enum.GetValues<T>().ToDictionary(value => value, value => SnakeCase(value.ToString()));

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
