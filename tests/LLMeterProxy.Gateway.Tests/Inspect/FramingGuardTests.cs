using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Inspect;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Gateway.Tests.Inspect;

/// <summary>The mark that Kestrel leaves on a request with two lengths (T1).</summary>
public sealed class FramingGuardTests
{
    [Fact]
    public void A_moved_length_is_refused_and_a_plain_request_is_not()
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.ContentLength = 5;
        Assert.Null(FramingGuard.Check(request));
        request.Headers["x-content-length"] = "5";
        Assert.Equal(ProblemCode.AmbiguousFraming, FramingGuard.Check(request)?.Code);
    }
}
