namespace LLMeterProxy.Simulator.Providers;

/// <summary>The text under <c>p</c> with which Bedrock hides how long the pieces of an answer are.</summary>
internal static class BedrockPadding
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <summary>Of a length that varies with the number.</summary>
    public static string Of(long number) => Letters[..(int)(number * 17 % Letters.Length)];
}
