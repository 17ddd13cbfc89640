using System.Globalization;
using System.Text;
using CrmLeadQualifier.Core.Definitions.Fingerprints;
using CrmLeadQualifier.Core.Definitions.Yaml;
using FsCheck.Xunit;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class CanonicalJsonTests
{
    // The table of RFC 8785, appendix B: the bits of a double and its text.
    [Theory]
    [InlineData("0000000000000000", "0")]
    [InlineData("8000000000000000", "0")]
    [InlineData("0000000000000001", "5e-324")]
    [InlineData("8000000000000001", "-5e-324")]
    [InlineData("7fefffffffffffff", "1.7976931348623157e+308")]
    [InlineData("ffefffffffffffff", "-1.7976931348623157e+308")]
    [InlineData("4340000000000000", "9007199254740992")]
    [InlineData("c340000000000000", "-9007199254740992")]
    [InlineData("4430000000000000", "295147905179352830000")]
    [InlineData("44b52d02c7e14af5", "9.999999999999997e+22")]
    [InlineData("44b52d02c7e14af6", "1e+23")]
    [InlineData("44b52d02c7e14af7", "1.0000000000000001e+23")]
    [InlineData("444b1ae4d6e2ef4e", "999999999999999700000")]
    [InlineData("444b1ae4d6e2ef4f", "999999999999999900000")]
    [InlineData("444b1ae4d6e2ef50", "1e+21")]
    [InlineData("3eb0c6f7a0b5ed8c", "9.999999999999997e-7")]
    [InlineData("3eb0c6f7a0b5ed8d", "0.000001")]
    [InlineData("41b3de4355555553", "333333333.3333332")]
    [InlineData("41b3de4355555554", "333333333.33333325")]
    [InlineData("41b3de4355555555", "333333333.3333333")]
    [InlineData("41b3de4355555556", "333333333.3333334")]
    [InlineData("41b3de4355555557", "333333333.33333343")]
    [InlineData("becbf647612f3696", "-0.0000033333333333333333")]
    [InlineData("43143ff3c1cb0959", "1424953923781206.2")]
    public void A_number_is_written_as_ecmascript_writes_it(string bits, string text)
        => Assert.Equal(text, EcmaScriptNumber.Format(BitConverter.Int64BitsToDouble(long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture))));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void There_is_no_such_number_in_json(double number) => Assert.Throws<ArgumentOutOfRangeException>(() => EcmaScriptNumber.Format(number));

    [Theory]
    [InlineData(100, "100")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(123456.75, "123456.75")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(1.2e-7, "1.2e-7")]
    [InlineData(4.5e100, "4.5e+100")]
    public void Everyday_numbers_too(double number, string text) => Assert.Equal(text, EcmaScriptNumber.Format(number));

    [Property(MaxTest = 5000)]
    public bool A_number_s_text_reads_back_as_the_same_number(long bits)
    {
        var number = BitConverter.Int64BitsToDouble(bits);
        return !double.IsFinite(number) || double.Parse(EcmaScriptNumber.Format(number), CultureInfo.InvariantCulture) == number;
    }

    [Fact]
    public void Keys_are_in_the_order_of_their_utf_16_units()
        => Assert.Equal(
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"o\",\"€\":\"Euro\",\"😀\":\"Smile\",\"\uFB33\":\"Hebrew\"}",
            Canonical("{ \"€\": Euro, \"\\r\": Carriage Return, \"\uFB33\": Hebrew, 1: One, \"😀\": Smile, \"\\x80\": Control, \"ö\": o }"));

    [Fact]
    public void Only_what_json_demands_is_escaped()
        => Assert.Equal(
            "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",\"\\b\\t\\f\\r\\u0000\u007f\u2028\"]",
            Canonical("[ \"\\u20ac$\\x0f\\nA'\\x42\\\"\\\\\\\\\\\"\\/\", \"\\b\\t\\f\\r\\0\\x7f\\L\" ]"));

    [Fact]
    public void What_nobody_read_as_a_number_is_a_text()
        => Assert.Equal("{\"a\":\"01000\",\"b\":[\"\",\"~\",\"true\"],\"c\":{}}", Canonical("c: {}\nb: [ '', ~, true ]\na: 01000"));

    private static string Canonical(string yaml)
    {
        var problems = new ProblemList("a.yaml");
        var root = YamlEventReader.Read(Encoding.UTF8.GetBytes(yaml), problems);
        Assert.Empty(problems.InOrder);
        return CanonicalJson.Write(root!);
    }
}
