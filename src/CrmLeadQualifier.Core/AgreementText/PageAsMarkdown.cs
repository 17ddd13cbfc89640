using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>The page as Markdown (CommonMark with tables). What the agreement says is escaped: it is text, never markup.</summary>
public static class PageAsMarkdown
{
    public static string Write(AgreementPage page)
    {
        var text = new StringBuilder($"# {Escape(page.Title)}\n\n*{Escape(page.Subtitle)}*\n");
        foreach (var block in page.Blocks)
        {
            text.Append('\n');
            switch (block)
            {
                case PageHeading heading:
                    text.Append("## ").Append(Escape(heading.Text)).Append('\n');
                    break;
                case PageSubheading heading:
                    text.Append("### ").Append(Escape(heading.Text)).Append('\n');
                    break;
                case PageParagraph paragraph:
                    text.Append(Escape(paragraph.Text)).Append('\n');
                    break;
                case PageList list:
                    Items(text, list.Items, 0, page.Language);
                    break;
                case PageTable table:
                    Row(text, table.Columns.Select(Escape));
                    Row(text, table.Columns.Select(_ => "---"));
                    foreach (var row in table.Rows)
                    {
                        Row(text, row.Select(Escape));
                    }

                    break;
                case PageSignatures signatures:
                    Row(text, signatures.Lines.Select(line => Escape(line.For)));
                    Row(text, signatures.Lines.Select(_ => "---"));
                    Row(text, signatures.Lines.Select(line => line.Given.Length > 0 ? Escape(line.Given) : $"{line.NameLabel}{PageAsText.Colon(page.Language)}<br><br>{line.DateLabel}{PageAsText.Colon(page.Language)}"));
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(page));
            }
        }

        return text.ToString();
    }

    private static void Items(StringBuilder text, IReadOnlyList<PageItem> items, int depth, Language language)
    {
        foreach (var item in items)
        {
            text.Append(' ', depth * 2).Append("- ").Append(item.Term.Length > 0 ? $"**{Escape(item.Term)}**{PageAsText.Colon(language)} " : "").Append(Escape(item.Text)).Append('\n');
            Items(text, item.Items, depth + 1, language);
        }
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) => text.Append("| ").Append(string.Join(" | ", cells)).Append(" |\n");

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\\' or '`' or '*' or '_' or '[' or ']' or '<' or '>' or '#' or '|' or '~' or '&')
            {
                escaped.Append('\\');
            }

            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
