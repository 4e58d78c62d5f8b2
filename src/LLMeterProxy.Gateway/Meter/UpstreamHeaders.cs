using System.Net.Http.Headers;
using LLMeterProxy.Core.Wire;

namespace LLMeterProxy.Gateway.Meter;

/// <summary>An upstream's response headers for the usage collector, which knows no HTTP.</summary>
internal sealed class UpstreamHeaders(HttpResponseHeaders headers) : IResponseHeaders
{
    public string? Find(string name) =>
        headers.NonValidated.TryGetValues(name, out var values) && values.Count == 1 ? values.ToString() : null;
}
