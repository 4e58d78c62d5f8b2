namespace LLMeterProxy.Gateway.Settle.Estimation;

internal enum MediaKind
{
    Unknown,
    Image,
    Audio,
    Video,
    Document,
}
