using System.Net.Http.Headers;
using System.Text;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>One way of calling a provider: a path and a body into which a scenario can be put.</summary>
/// <param name="Name">For the test's name.</param>
/// <param name="Path">With the provider's segment.</param>
/// <param name="Body">JSON with <c>{D}</c> in its prompt.</param>
/// <param name="IsStream">Whether the answer is streamed.</param>
/// <param name="DropsUsage">Whether the client did not ask for the usage chunk that the proxy asks for.</param>
public sealed record ApiCall(string Name, string Path, string Body, bool IsStream = false, bool DropsUsage = false)
{
    public override string ToString() => Name;

    public string BodyWith(string directive) =>
        Body.Replace("{D}", directive.Length == 0 ? "" : $"[[sim:{directive}]]", StringComparison.Ordinal);

    public HttpRequestMessage Request(string directive)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(BodyWith(directive))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        if (Path.EndsWith("/messages", StringComparison.Ordinal))
            request.Headers.Add("anthropic-version", "2023-06-01");
        return request;
    }
}
