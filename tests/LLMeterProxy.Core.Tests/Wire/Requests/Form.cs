using System.Text;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

/// <summary>Writes form bodies as the SDKs do, and badly.</summary>
internal static class Form
{
    public const string Boundary = "----boundary-1";
    public const string ContentType = "multipart/form-data; boundary=" + Boundary;
    public const string End = "--" + Boundary + "--\r\n";

    public static string Field(string name, string value) => Part($"form-data; name=\"{name}\"", value);

    public static string File(string name, string content, string fileName = "a.wav") => Part($"form-data; name=\"{name}\"; filename=\"{fileName}\"", content, "Content-Type: audio/wav\r\n");

    public static string Part(string disposition, string content, string headers = "") =>
        $"--{Boundary}\r\nContent-Disposition: {disposition}\r\n{headers}\r\n{content}\r\n";

    public static RequestReading Read(string body, string contentType = ContentType, string kind = "openai", string path = "/v1/audio/transcriptions") =>
        Dialects.Of(kind).ReadRequest(Dialects.Route(kind, path), Encoding.Latin1.GetBytes(body), contentType);

    public static RequestFacts Facts(string body, string kind = "openai", string path = "/v1/audio/transcriptions")
    {
        var reading = Read(body, kind: kind, path: path);
        Assert.Null(reading.Problem);
        return reading.Facts!;
    }

    public static ProblemCode? Refusal(string body, string contentType = ContentType, string kind = "openai", string path = "/v1/audio/transcriptions") =>
        Read(body, contentType, kind, path).Problem?.Code;
}
