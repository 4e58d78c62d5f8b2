using System.Globalization;
using System.Text;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// The token counts in the head of an InvokeModel response: <c>x-amzn-bedrock-{input,output,cache-read-input,cache-write-input}-token-count</c>.
/// For the text models of Mistral, Cohere and AI21 there are no others. As in the body, cached input is on top.
/// </summary>
internal sealed record TokenHeaders(UsageReading Reading, ReadOnlyMemory<byte> Raw)
{
    private const string Input = "x-amzn-bedrock-input-token-count";
    private const string Output = "x-amzn-bedrock-output-token-count";
    private const string CacheRead = "x-amzn-bedrock-cache-read-input-token-count";
    private const string CacheWrite = "x-amzn-bedrock-cache-write-input-token-count";

    /// <returns>Null where the head states neither input nor output.</returns>
    public static TokenHeaders? Read(in ResponseHead head)
    {
        var raw = new StringBuilder("{");
        var counts = new BedrockCounts
        {
            Input = Count(head, Input, raw),
            Output = Count(head, Output, raw),
            CacheRead = Count(head, CacheRead, raw),
            CacheWrite = Count(head, CacheWrite, raw),
        };
        return counts.Input is null && counts.Output is null
            ? null
            : new TokenHeaders(counts.Normalise(), Encoding.ASCII.GetBytes(raw.Append('}').ToString()));
    }

    private static long? Count(in ResponseHead head, string name, StringBuilder raw)
    {
        if (!long.TryParse(head.Header(name), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > TokenCount.Max)
        {
            return null;
        }

        raw.Append(raw.Length > 1 ? "," : "").Append('"').Append(name).Append("\":").Append(count.ToString(CultureInfo.InvariantCulture));
        return count;
    }
}
