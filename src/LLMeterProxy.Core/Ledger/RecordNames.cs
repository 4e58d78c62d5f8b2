using System.Text.Json;

namespace LLMeterProxy.Core.Ledger;

/// <summary>The member names of journalled JSON, encoded once. They are on disk for ever: add, never rename.</summary>
internal static class RecordNames
{
    public static readonly JsonEncodedText Format = JsonEncodedText.Encode("v");
    public static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
    public static readonly JsonEncodedText Tenant = JsonEncodedText.Encode("tenant");
    public static readonly JsonEncodedText Key = JsonEncodedText.Encode("key");
    public static readonly JsonEncodedText Provider = JsonEncodedText.Encode("provider");
    public static readonly JsonEncodedText Operation = JsonEncodedText.Encode("operation");
    public static readonly JsonEncodedText Channel = JsonEncodedText.Encode("channel");
    public static readonly JsonEncodedText ModelRequested = JsonEncodedText.Encode("modelRequested");
    public static readonly JsonEncodedText ModelBilled = JsonEncodedText.Encode("modelBilled");
    public static readonly JsonEncodedText Model = JsonEncodedText.Encode("model");
    public static readonly JsonEncodedText Stream = JsonEncodedText.Encode("stream");
    public static readonly JsonEncodedText Status = JsonEncodedText.Encode("status");
    public static readonly JsonEncodedText Outcome = JsonEncodedText.Encode("outcome");
    public static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");
    public static readonly JsonEncodedText Reason = JsonEncodedText.Encode("reason");
    public static readonly JsonEncodedText Usage = JsonEncodedText.Encode("usage");
    public static readonly JsonEncodedText Input = JsonEncodedText.Encode("input");
    public static readonly JsonEncodedText Uncached = JsonEncodedText.Encode("uncached");
    public static readonly JsonEncodedText CacheRead = JsonEncodedText.Encode("cacheRead");
    public static readonly JsonEncodedText CacheWrite5m = JsonEncodedText.Encode("cacheWrite5m");
    public static readonly JsonEncodedText CacheWrite1h = JsonEncodedText.Encode("cacheWrite1h");
    public static readonly JsonEncodedText Output = JsonEncodedText.Encode("output");
    public static readonly JsonEncodedText Reasoning = JsonEncodedText.Encode("reasoning");
    public static readonly JsonEncodedText AudioInput = JsonEncodedText.Encode("audioInput");
    public static readonly JsonEncodedText AudioCacheRead = JsonEncodedText.Encode("audioCacheRead");
    public static readonly JsonEncodedText AudioOutput = JsonEncodedText.Encode("audioOutput");
    public static readonly JsonEncodedText ImageInput = JsonEncodedText.Encode("imageInput");
    public static readonly JsonEncodedText ImageOutput = JsonEncodedText.Encode("imageOutput");
    public static readonly JsonEncodedText Units = JsonEncodedText.Encode("units");
    public static readonly JsonEncodedText Lines = JsonEncodedText.Encode("lines");
    public static readonly JsonEncodedText Cost = JsonEncodedText.Encode("costNanoUsd");
    public static readonly JsonEncodedText Billed = JsonEncodedText.Encode("billedNanoUsd");
    public static readonly JsonEncodedText ProviderCost = JsonEncodedText.Encode("providerCostNanoUsd");
    public static readonly JsonEncodedText PriceVersion = JsonEncodedText.Encode("priceVersion");
    public static readonly JsonEncodedText Hold = JsonEncodedText.Encode("holdNanoUsd");
    public static readonly JsonEncodedText Budgets = JsonEncodedText.Encode("budgets");
    public static readonly JsonEncodedText ServiceTier = JsonEncodedText.Encode("serviceTier");
    public static readonly JsonEncodedText Speed = JsonEncodedText.Encode("speed");
    public static readonly JsonEncodedText InferenceGeo = JsonEncodedText.Encode("inferenceGeo");
    public static readonly JsonEncodedText Extra = JsonEncodedText.Encode("extra");
    public static readonly JsonEncodedText Kind = JsonEncodedText.Encode("kind");
    public static readonly JsonEncodedText ResponseId = JsonEncodedText.Encode("responseId");
    public static readonly JsonEncodedText EndUser = JsonEncodedText.Encode("endUser");
    public static readonly JsonEncodedText Tags = JsonEncodedText.Encode("tags");
    public static readonly JsonEncodedText Flags = JsonEncodedText.Encode("flags");
    public static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode("startedAtMicros");
    public static readonly JsonEncodedText Dispatched = JsonEncodedText.Encode("dispatchedMicros");
    public static readonly JsonEncodedText FirstByte = JsonEncodedText.Encode("firstByteMicros");
    public static readonly JsonEncodedText Completed = JsonEncodedText.Encode("completedMicros");
    public static readonly JsonEncodedText Raw = JsonEncodedText.Encode("rawUsage");
    public static readonly JsonEncodedText RawText = JsonEncodedText.Encode("rawUsageText");
    public static readonly JsonEncodedText Corrects = JsonEncodedText.Encode("corrects");
    public static readonly JsonEncodedText PreviousPriceVersion = JsonEncodedText.Encode("previousPriceVersion");
    public static readonly JsonEncodedText Incarnation = JsonEncodedText.Encode("incarnation");
    public static readonly JsonEncodedText ChainSeq = JsonEncodedText.Encode("chainSeq");
    public static readonly JsonEncodedText PrevHash = JsonEncodedText.Encode("prevHash");
    public static readonly JsonEncodedText Strict = JsonEncodedText.Encode("strict");
    public static readonly JsonEncodedText InputTokensBound = JsonEncodedText.Encode("inputTokensBound");
    public static readonly JsonEncodedText InputPrice = JsonEncodedText.Encode("inputPrice");
    public static readonly JsonEncodedText OutputPrice = JsonEncodedText.Encode("outputPrice");
    public static readonly JsonEncodedText DispatchedAt = JsonEncodedText.Encode("dispatchedAtMicros");
}
