namespace LLMeterProxy.AdminApi;

/// <param name="Reason">A stable code such as <c>journal_unavailable</c>; null where ready. Names no tenant.</param>
public sealed record Readiness(bool Ready, string? Reason)
{
    public static readonly Readiness Ok = new(true, null);

    public static Readiness Not(string reason) => new(false, reason);
}
