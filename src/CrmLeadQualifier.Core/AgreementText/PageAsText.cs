using System.Text;
using CrmLeadQualifier.Core.Definitions;

namespace CrmLeadQualifier.Core.AgreementText;

/// <summary>The page for a terminal or an e-mail: wrapped lines without markup.</summary>
public static class PageAsText
{
    private const int Width = 100;

    public static string Write(AgreementPage page)
    {
        var text = new StringBuilder();
        Underlined(text, page.Title, '=');
        Wrapped(text, page.Subtitle, "", "");
        foreach (var block in page.Blocks)
        {
            text.Append('\n');
            switch (block)
            {
                case PageHeading heading:
                    Underlined(text, heading.Text, '-');
                    break;
                case PageSubheading heading:
                    text.Append(heading.Text).Append('\n');
                    break;
                case PageParagraph paragraph:
                    Wrapped(text, paragraph.Text, "", "");
                    break;
                case PageList list:
                    Items(text, list.Items, 0, page.Language);
                    break;
                case PageTable table:
                    Table(text, table);
                    break;
                case PageSignatures signatures:
                    foreach (var line in signatures.Lines)
                    {
                        text.Append(line.Given.Length > 0 ? $"{line.For}{Colon(page.Language)} {line.Given}\n" : $"{line.For}{Colon(page.Language)} {line.NameLabel} ______________________ {line.DateLabel} ____________\n");
                    }

                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(page));
            }
        }

        return text.ToString();
    }

    private static void Underlined(StringBuilder text, string heading, char line) => text.Append(heading).Append('\n').Append(line, Math.Min(heading.Length, Width)).Append('\n');

    private static void Items(StringBuilder text, IReadOnlyList<PageItem> items, int depth, Language language)
    {
        var indent = new string(' ', depth * 2);
        foreach (var item in items)
        {
            Wrapped(text, item.Term.Length > 0 ? $"{item.Term}{Colon(language)} {item.Text}" : item.Text, indent + "- ", indent + "  ");
            Items(text, item.Items, depth + 1, language);
        }
    }

    /// <summary>With the space that French sets before it.</summary>
    internal static string Colon(Language language) => language == Language.French ? "\u00A0:" : ":";

    private static void Table(StringBuilder text, PageTable table)
    {
        var widths = table.Columns.Select((column, index) => table.Rows.Max(row => row[index].Length) is var most && most > column.Length ? most : column.Length).ToList();
        foreach (var row in (IEnumerable<IReadOnlyList<string>>)[table.Columns, [.. widths.Select(width => new string('-', width))], .. table.Rows])
        {
            text.Append(string.Join("  ", row.Select((cell, index) => cell.PadRight(widths[index]))).TrimEnd()).Append('\n');
        }
    }

    private static void Wrapped(StringBuilder text, string paragraph, string first, string others)
    {
        var indent = first;
        var line = new StringBuilder();
        foreach (var word in paragraph.Split(' '))
        {
            if (line.Length > 0 && indent.Length + line.Length + 1 + word.Length > Width)
            {
                text.Append(indent).Append(line).Append('\n');
                indent = others;
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        text.Append(indent).Append(line).Append('\n');
    }
}
