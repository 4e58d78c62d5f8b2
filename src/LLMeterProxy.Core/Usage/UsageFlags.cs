namespace LLMeterProxy.Core.Usage;

/// <summary>Remarks that a record carries in <c>flags</c>. Stable strings: they are part of the API.</summary>
public static class UsageFlags
{
    /// <summary>No price was known; the tokens are kept and the cost is null, never 0 (A56).</summary>
    public const string Unpriced = "unpriced";

    /// <summary>The provider's figures contradict each other (cached above input, totals that do not add up).</summary>
    public const string UsageInconsistent = "usage_inconsistent";

    /// <summary>Two different usage objects at the same place of one body; the larger was charged (T61).</summary>
    public const string UsageAmbiguous = "usage_ambiguous";

    /// <summary>A token count was negative, fractional, absurd or not a number; the hold was charged (T68).</summary>
    public const string UsageInvalid = "usage_invalid";

    /// <summary>A numeric usage field that we do not know (T72).</summary>
    public const string UnpricedDimension = "unpriced_dimension";

    /// <summary>A streamed response ended without its terminal event (A42).</summary>
    public const string Truncated = "truncated";

    /// <summary>A checksum of the stream was wrong: nothing after that place was read, though its bytes passed.</summary>
    public const string StreamCorrupt = "stream_corrupt";

    /// <summary>A message of the stream was too long to be looked at, and no usage was found in the others.</summary>
    public const string StreamUnread = "stream_unread";

    /// <summary>The actual cost was above the hold (T69).</summary>
    public const string AboveHold = "above_hold";

    /// <summary>The model that answered is not the one that was asked for and is not its snapshot (T70).</summary>
    public const string ModelSubstituted = "model_substituted";

    /// <summary>The price book has no price for the tier that served the call; the standard price was used.</summary>
    public const string TierUnpriced = "tier_unpriced";

    /// <summary>On an adjustment: the record that it corrects had no price until then.</summary>
    public const string PricedLater = "priced_later";

    /// <summary>Admitted without a hold, because the budget store could not be reached and the tenant's outage policy is open.</summary>
    public const string Outage = "outage";

    /// <summary>Building the full record failed; the figures are the minimum that was known (A30).</summary>
    public const string Degraded = "degraded";
}
