using System.Net;
using System.Net.Http.Headers;
using Google.Apis.Auth.OAuth2.Responses;

namespace LLMeterProxy.Cli.Checks;

/// <summary>Does each provider take its key: one <c>GET</c> of its model list, which no provider bills.</summary>
internal sealed class ProviderKeysCheck(IReadOnlyList<ProviderProbe> probes, HttpMessageInvoker http) : ICheck
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    public string Name => "provider";

    public async Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken) =>
        probes.Count == 0
            ? [new CheckResult(Verdict.Warning, "none is configured; set OPENAI_API_KEY, ANTHROPIC_API_KEY, … or LLMeter:Providers")]
            : await Task.WhenAll(probes.Select(p => AskAsync(p, cancellationToken)));

    private async Task<CheckResult> AskAsync(ProviderProbe probe, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, probe.Models);
        foreach (var (name, value) in probe.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(_patience);
        try
        {
            if (probe.Token is { } token)
            {
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(patience.Token));
            }

            using var response = await http.SendAsync(request, patience.Token);
            return response.StatusCode switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new(Verdict.Failed, $"{probe.Provider} refuses the key ({(int)response.StatusCode})"),
                _ when response.IsSuccessStatusCode => new(Verdict.Good, $"{probe.Provider} takes the key"),
                _ => new(Verdict.Warning, $"{probe.Provider} answered {(int)response.StatusCode} to its model list"),
            };
        }
        catch (HttpRequestException unreachable)
        {
            return new(Verdict.Failed, $"{probe.Provider} cannot be reached: {unreachable.Message}");
        }
        catch (TokenResponseException refused)
        {
            return new(Verdict.Failed, $"{probe.Provider} gives the service account no token: {refused.Error?.Error ?? "no reason was given"}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(Verdict.Failed, $"{probe.Provider} did not answer within {_patience.TotalSeconds:0} s");
        }
    }
}
