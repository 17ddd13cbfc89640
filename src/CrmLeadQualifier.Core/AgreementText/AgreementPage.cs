using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>The agreement as people read it: blocks of one language, without markup. How they look is the renderers' matter.</summary>
/// <param name="Subtitle">What the page is, and of which version.</param>
public sealed record AgreementPage(Language Language, string Title, string Subtitle, IReadOnlyList<PageBlock> Blocks);

public abstract record PageBlock;

public sealed record PageHeading(string Text) : PageBlock;

/// <summary>A heading below a <see cref="PageHeading"/>.</summary>
public sealed record PageSubheading(string Text) : PageBlock;

public sealed record PageParagraph(string Text) : PageBlock;

public sealed record PageList(IReadOnlyList<PageItem> Items) : PageBlock;

public sealed record PageTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows) : PageBlock;

/// <summary>Where both sign on paper; a signature that was given already is shown in its place.</summary>
public sealed record PageSignatures(IReadOnlyList<PageSignature> Lines) : PageBlock;

/// <param name="Term">What the item is about, set off from the rest; empty: nothing.</param>
public sealed record PageItem(string Term, string Text, IReadOnlyList<PageItem> Items)
{
    public PageItem(string term, string text)
        : this(term, text, [])
    {
    }
}

/// <param name="For">Such as <c>For marketing</c>.</param>
/// <param name="Given">Who signed and when; empty: not signed yet.</param>
public sealed record PageSignature(string For, string NameLabel, string DateLabel, string Given);
