using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>
/// Guardrail policies are billed by text unit beside the tokens, and only a trace that the client asked for tells of them:
/// <c>…invocationMetrics.usage</c>. No price is known for them here, and the record says so.
/// </summary>
internal static class GuardrailUnits
{
    /// <param name="trace">The <c>guardrail</c> object of a trace.</param>
    /// <returns>True where a policy that costs something counted a unit; word filters are free (AWS's price page).</returns>
    public static bool AreBilled(ReadOnlySpan<byte> trace)
    {
        try
        {
            var reader = new Utf8JsonReader(trace);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && IsBilled(ref reader) && reader.Read() && TokenCount.IsNonZeroNumber(ref reader))
                {
                    return true;
                }
            }
        }
        catch (JsonException)
        {
            return true;
        }

        return false;
    }

    public static UsageReport Remark(UsageReport report) =>
        report.Flags.Contains(UsageFlags.UnpricedDimension)
            ? report
            : report with { Flags = [.. report.Flags, UsageFlags.UnpricedDimension] };

    private static bool IsBilled(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("topicPolicyUnits"u8)
        || reader.ValueTextEquals("contentPolicyUnits"u8)
        || reader.ValueTextEquals("contentPolicyImageUnits"u8)
        || reader.ValueTextEquals("sensitiveInformationPolicyUnits"u8)
        || reader.ValueTextEquals("contextualGroundingPolicyUnits"u8)
        || reader.ValueTextEquals("automatedReasoningPolicyUnits"u8);
}
