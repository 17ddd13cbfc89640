namespace CrmLeadQualifier.Core.Text;

/// <summary>How texts are made comparable (definition language, section 3).</summary>
public static class TextFolding
{
    public static string Fold(string text) => throw new InvalidOperationException("Being written.");
}
