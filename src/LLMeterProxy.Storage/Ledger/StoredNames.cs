using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Storage.Ledger;

/// <summary>The text in which enumerations are stored. On disk: never change one.</summary>
internal static class StoredNames
{
    public static string Of(UsageChannel channel) => channel switch
    {
        UsageChannel.Proxy => "proxy",
        UsageChannel.Event => "event",
        UsageChannel.Adjustment => "adjustment",
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "No stored name."),
    };

    public static string Of(UsageSource source) => source switch
    {
        UsageSource.Reported => "reported",
        UsageSource.Estimated => "estimated",
        UsageSource.Partial => "partial",
        UsageSource.Free => "free",
        UsageSource.Unbilled => "unbilled",
        _ => throw new ArgumentOutOfRangeException(nameof(source), source, "No stored name."),
    };
}
