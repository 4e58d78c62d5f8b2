using CsCheck;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

internal static class Pick
{
    /// <summary>One of the values, each as likely as its share of the list.</summary>
    public static Gen<T> From<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
