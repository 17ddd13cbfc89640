using System.Text;
using CrmLeadQualifier.Core.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Text;

public sealed class TextFoldingTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("   ", "")]
    [InlineData("crm", "crm")]
    [InlineData("CTO", "cto")]
    [InlineData("Directrice Générale", "directrice generale")]
    [InlineData("  head \t\n of  ", "head of")]
    [InlineData("a\u001Cb\u001Dc\u001Ed\u001Ff", "a b c d f")]
    [InlineData("a\u00A0\u2003\u3000b\u0085", "a b")]
    [InlineData("\u00A8", "")]
    [InlineData("\u0301", "")]
    [InlineData("a\u0301", "a")]
    [InlineData("ÉTÉ", "ete")]
    [InlineData("ﬁn", "fin")]
    [InlineData("½", "1\u20442")]
    [InlineData("ΣΟΦΟΣ", "σοφοσ")]
    [InlineData("σοφός", "σοφοσ")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ılık", "ılık")]
    [InlineData("Straße", "straße")]
    [InlineData("STRAẞE", "straße")]
    [InlineData("Œuvre", "œuvre")]
    [InlineData("Łódź", "łodz")]
    [InlineData("Ａｃｍｅ", "acme")]
    [InlineData("한국", "한국")]
    [InlineData("\u1112\u1161\u11AB", "\u1112\u1161\u11AB")]
    [InlineData("\u212A", "k")]
    [InlineData("\u2126", "ω")]
    [InlineData("\uFDFA", "صلى الله عليه وسلم")]
    [InlineData("𝐂𝐓𝐎", "cto")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("👩‍💻 Dev", "👩‍💻 dev")]
    [InlineData("zero\u200Bwidth", "zero\u200Bwidth")]
    [InlineData("\uA7CB\u1C89\uA7DC\U00010D50", "\u0264\u1C8A\u019B\U00010D70")] // new in Unicode 16
    [InlineData("\uA7CE\uA7D2", "\uA7CE\uA7D2")] // capitals since Unicode 17: not assigned in 16
    public void A_text_folds(string text, string folded) => Assert.Equal(folded, TextFolding.Fold(text));

    // Not theory data: a test's name cannot hold half a character.
    [Fact]
    public void An_unpaired_surrogate_becomes_the_replacement_character()
    {
        Assert.Equal("a\uFFFDb", TextFolding.Fold("A\uD800B"));
        Assert.Equal("\uFFFD", TextFolding.Fold("\uDC00"));
        Assert.Equal("\uFFFD\U0001F600", TextFolding.Fold("\uD83D\uD83D\uDE00"));
        Assert.Equal("x\uFFFD", TextFolding.Fold("x\uD83D"));
    }

    [Theory]
    [InlineData("already folded")]
    [InlineData("déjà")]
    [InlineData("https://x.fr/tarifs?a=1")]
    public void A_folded_ascii_text_is_returned_as_it_is(string text)
    {
        var folded = TextFolding.Fold(text);

        Assert.Same(folded, TextFolding.Fold(folded));
    }

    [Fact]
    public void Every_code_point_folds_to_something_that_folding_leaves_alone()
    {
        for (var codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!Rune.IsValid(codePoint))
            {
                continue;
            }

            var folded = TextFolding.Fold($"x{new Rune(codePoint)}x");

            Assert.True(folded == TextFolding.Fold(folded), $"U+{codePoint:X4}");
        }
    }

    [Property(MaxTest = 2000)]
    public Property Folding_twice_is_folding_once()
    {
        return Prop.ForAll(Texts(), text => TextFolding.Fold(TextFolding.Fold(text)) == TextFolding.Fold(text));
    }

    [Property(MaxTest = 2000)]
    public Property A_text_folds_code_point_by_code_point()
    {
        return Prop.ForAll(Texts(), text =>
        {
            var images = string.Concat(text.EnumerateRunes().Select(rune => TextFolding.Fold("x" + rune + "x")[1..^1]));
            return TextFolding.Fold(images) == TextFolding.Fold(text);
        });
    }

    [Fact]
    public void A_long_text_folds_like_its_parts()
    {
        var part = "Élan \uFDFA ½ ";
        var text = string.Concat(Enumerable.Repeat(part, 5000));

        Assert.Equal(string.Join(' ', Enumerable.Repeat(TextFolding.Fold(part), 5000)), TextFolding.Fold(text));
    }

    [Fact]
    public void A_space_is_white_space_and_the_separators_and_nothing_else()
    {
        int[] spaces = [9, 10, 11, 12, 13, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, .. Enumerable.Range(0x2000, 11), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000];

        Assert.Equal(spaces, Enumerable.Range(0, 0x10000).Where(c => Spaces.IsSpace((char)c)));
    }

    private static Arbitrary<string> Texts()
    {
        var char16 = Gen.OneOf(
            Gen.Choose(0, 0x7F), Gen.Choose(0x80, 0x24F), Gen.Choose(0x300, 0x3FF), Gen.Choose(0x1E00, 0x20FF), Gen.Choose(0xD800, 0xDFFF), Gen.Choose(0, 0xFFFF),
            Gen.Elements(0x20, 0x20, 0x9, 0xA0)).Select(c => (char)c);
        return char16.ArrayOf().Select(chars => new string(chars)).ToArbitrary();
    }
}
