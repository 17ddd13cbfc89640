using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.Lifecycle;

/// <summary>
/// A verdict as one line in the agreement's language: <c>Rejected 12 Aug by M. Roy: bad timing</c>, <c>Rejeté le 12 août par M. Roy : mauvais
/// timing</c>.
/// </summary>
internal sealed class VerdictText(Definition definition)
{
    /// <summary>The <see cref="Verdict.By"/> of a verdict that a flow set.</summary>
    private const string Automation = "automation";

    private readonly bool _isFrench = definition.Language == Language.French;

    public string Of(Verdict verdict)
    {
        var day = Days.Short(verdict.At, definition);
        var what = FieldTexts.Of("verdict").Choices.First(choice => choice.Value == verdict.Value.Word()).Label.In(definition.Language);
        var by = verdict.By is { } person ? (_isFrench ? " par " : " by ") + Person(person) : "";
        return $"{what} {(_isFrench ? "le " : "")}{day}{by}{Reason(verdict)}";
    }

    public string Person(string by) => by == Automation && _isFrench ? "automatisation" : by;

    private string Reason(Verdict verdict)
    {
        if (verdict.Value != VerdictValue.Rejected)
        {
            return "";
        }

        if (string.IsNullOrWhiteSpace(verdict.Reason))
        {
            return _isFrench ? ", sans motif" : ", no reason given";
        }

        var label = definition.Sales.RejectionReasons.FirstOrDefault(reason => reason.Id == verdict.Reason)?.Label.In(definition.Language);
        return (_isFrench ? "\u00A0: " : ": ") + (label is null ? verdict.Reason : WithinSentence(label));
    }

    /// <summary>Without its capital, unless more of them follow (<c>CRM in place</c>).</summary>
    private static string WithinSentence(string label) =>
        label.Length > 1 && char.IsUpper(label[0]) && !char.IsUpper(label[1]) ? char.ToLowerInvariant(label[0]) + label[1..] : label;
}
