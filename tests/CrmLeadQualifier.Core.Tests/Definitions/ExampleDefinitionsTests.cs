using CrmLeadQualifier.Core.Definitions;
using CrmLeadQualifier.Core.Facts;
using NodaTime;

namespace CrmLeadQualifier.Core.Tests.Definitions;

public sealed class ExampleDefinitionsTests
{
    [Fact]
    public void The_language_page_s_example_is_read_into_the_model()
    {
        var definition = Examples.Valid(Examples.Language);

        Assert.Equal("B2B SaaS France", definition.Name);
    }
}
