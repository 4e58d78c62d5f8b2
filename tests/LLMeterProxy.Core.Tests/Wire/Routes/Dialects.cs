using System.Text;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Routes;

/// <summary>Shorthand to reach a dialect as the gateway does: by its kind, a method and a path.</summary>
internal static class Dialects
{
    public static readonly DialectCatalog Catalog = new();

    public static IDialect Of(string kind) => Catalog.Find(kind) ?? throw new ArgumentException(kind, nameof(kind));

    public static RouteMatch Route(string kind, string path, string method = "POST", string query = "") =>
        Of(kind).Match(method, path, query).Match ?? throw new ArgumentException($"{method} {path} does not match", nameof(path));

    public static RequestReading Read(string kind, string path, string body) => Read(kind, path, Encoding.UTF8.GetBytes(body));

    public static RequestReading Read(string kind, string path, ReadOnlySpan<byte> body) => Of(kind).ReadRequest(Route(kind, path), body);

    public static RequestFacts Facts(string kind, string path, string body)
    {
        var reading = Read(kind, path, body);
        Assert.Null(reading.Problem);
        return reading.Facts!;
    }

    public static Problem Problem(string kind, string path, string body)
    {
        var reading = Read(kind, path, body);
        Assert.Null(reading.Facts);
        return reading.Problem!;
    }
}
