namespace LLMeterProxy.CaptureTests.Replays;

/// <summary>How the bytes of a recorded body are handed over.</summary>
internal enum BodyWay
{
    /// <summary>In one piece.</summary>
    Whole,

    /// <summary>Split at random borders.</summary>
    Random,

    /// <summary>Byte by byte.</summary>
    Bytes,
}
