using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

public sealed class RequestAllocationTests
{
    [Theory]
    [InlineData("openai", "/v1/chat/completions")]
    [InlineData("openai", "/v1/responses")]
    [InlineData("anthropic", "/v1/messages")]
    [InlineData("gemini", "/v1/models/m:generateContent")]
    public void Reading_a_large_body_allocates_no_more_than_a_small_one(string kind, string path)
    {
        var small = Allocated(kind, path, 1);
        var large = Allocated(kind, path, 2_000);

        Assert.InRange(large, 1, small + 64);
        Assert.InRange(small, 1, 2_048);
    }

    private static long Allocated(string kind, string path, int messages)
    {
        var message = """{"role":"user","content":[{"type":"text","text":"some words \u00e9\n"}]}""";
        var name = kind == "gemini" ? "" : "\"model\":\"m\",";
        var list = string.Join(',', Enumerable.Repeat(message, messages));
        var body = Encoding.UTF8.GetBytes($$"""{{{name}}"messages":[{{list}}],"input":[{{list}}],"contents":[{{list}}],"max_tokens":5}""");
        var dialect = Dialects.Of(kind);
        var match = Dialects.Route(kind, path);

        Assert.Null(dialect.ReadRequest(match, body).Problem);
        var before = GC.GetAllocatedBytesForCurrentThread();
        dialect.ReadRequest(match, body);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
