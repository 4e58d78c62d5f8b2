namespace LLMeterProxy.CaptureTests.Comparison;

/// <summary>One thing that is not as it should be.</summary>
internal sealed record Difference(string Field, string Expected, string Got)
{
    public override string ToString() => $"{Field}: expected {Expected}, got {Got}";
}
