using CrmLeadQualifier.Core.Text;

namespace CrmLeadQualifier.Core.Tests.Text;

public sealed class WordsTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("--", "")]
    [InlineData("head of sales", "head|of|sales")]
    [InlineData("l'oreal (paris), 2e", "l|oreal|paris|2e")]
    [InlineData("c++ / c#", "c|c")]
    [InlineData("co_founder", "co|founder")]
    [InlineData("한국 지사장", "한국|지사장")]
    [InlineData("𝔸x", "𝔸x")]
    [InlineData("𐐨😀𐐨", "𐐨|𐐨")]
    [InlineData("۱۲ ⅷ ②", "۱۲|ⅷ|②")]
    public void A_text_has_words(string text, string words)
        => Assert.Equal(words.Split('|', StringSplitOptions.RemoveEmptyEntries), Words.Split(text));

    [Theory]
    [InlineData("director of sales", "cto", false)]
    [InlineData("cto", "cto", true)]
    [InlineData("founder & cto", "cto", true)]
    [InlineData("ctos", "cto", false)]
    [InlineData("head of sales", "head of", true)]
    [InlineData("head-of-sales", "head of", true)]
    [InlineData("head, sales of", "head of", false)]
    [InlineData("head head of", "head of", true)]
    [InlineData("the head", "head of", false)]
    [InlineData("vp vp of it", "vp of it", true)]
    [InlineData("a a a b", "a a b", true)]
    [InlineData("anything", "", false)]
    public void A_phrase_occurs_where_its_words_follow_one_another(string text, string phrase, bool occurs)
        => Assert.Equal(occurs, Words.Occur(text, Words.Split(phrase)));

    [Fact]
    public void A_unpaired_surrogate_is_no_word() => Assert.Equal(["a", "b"], Words.Split("a\uD800b"));
}
