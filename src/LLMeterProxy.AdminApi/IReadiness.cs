namespace LLMeterProxy.AdminApi;

/// <summary>Whether this node can take metered calls now (A23).</summary>
public interface IReadiness
{
    ValueTask<Readiness> CheckAsync(CancellationToken cancellationToken);
}
