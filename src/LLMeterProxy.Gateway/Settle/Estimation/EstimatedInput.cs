namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>What a request is estimated to contain.</summary>
/// <param name="Text">Tokens of text, tools and the frame around messages.</param>
/// <param name="Image">Tokens of images, pages and video.</param>
/// <param name="Audio">Tokens of sound.</param>
/// <param name="Seconds">Of sound, for models that are billed by it.</param>
internal readonly record struct EstimatedInput(long Text, long Image, long Audio, double Seconds)
{
    public long Total => Text + Image + Audio;
}
