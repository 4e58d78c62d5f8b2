using System.Net.Http.Headers;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward.Transforms;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace LLMeterProxy.Gateway.Forward;

/// <summary>
/// Sends the attempts of one call, all before the first response byte:
/// (1) where nothing was sent (DNS, connect, TLS, no token) it tries again, under one attempt, for there is nothing to bill;
/// (2) 401, 403 and 429 go once to the next healthy credential, each as an attempt with its own intent and record;
/// (3) statuses that the operator listed are tried again, where the provider documents them as unbilled;
/// (4) everything else passes at once. A call that the provider may have accepted is never sent twice on our own account.
/// </summary>
internal sealed class AttemptHandler : DelegatingHandler
{
    public static readonly HttpRequestOptionsKey<GatewayContext> ContextKey = new("llmeter.context");

    private readonly ProviderSettings _settings;
    private readonly AttemptOpener _attempts;
    private readonly SettleStage _settle;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CircuitBreakerStateProvider _breaker = new();
    private readonly ResiliencePipeline<HttpResponseMessage> _onFailure;

    public AttemptHandler(
        ProviderSettings settings, AttemptOpener attempts, SettleStage settle, TimeProvider time, ILogger log)
    {
        _settings = settings;
        _attempts = attempts;
        _settle = settle;
        _time = time;
        _log = log;
        _onFailure = CreatePipeline(settings, time, _breaker);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(ContextKey, out var context) || context.Attempt is null || context.Admission is null)
        {
            throw new InvalidOperationException("A request without admission must never reach an upstream.");
        }

        ReplaceBody(request, context);
        var retries = 0;
        var failedOver = false;
        while (true)
        {
            var response = await DispatchAsync(request, context, cancellationToken);
            var status = (int)response.StatusCode;
            context.Attempt!.Status = status;
            if (status < 400)
            {
                return response;
            }

            var next = failedOver ? null : NextCredential(context, response, status);
            failedOver |= next is not null;
            var again = next is not null
                || (retries < _settings.MaxRetries && _settings.RetryOnStatus.Contains(status));
            if (!again || !context.Provider!.Dialect.IsUnbilled(status) || cancellationToken.IsCancellationRequested)
            {
                return response;
            }

            retries += next is null ? 1 : 0;
            response.Dispose();
            if (next is not null)
            {
                context.Credential = next;
                Credentials.Apply(request, context.Provider.Dialect.CredentialFor(context.Match), next);
            }

            // The refusal was not billed, so its record ends nothing: the hold goes on to the next attempt.
            if (!context.Admission.IsFree)
            {
                _settle.RecordUnbilled(context, endsHold: false);
            }

            _attempts.Open(context, context.Attempt.Id.AttemptNumber + 1);
            GatewayLog.AttemptRepeated(_log, context.Id, context.Provider.Name, status);
        }
    }

    /// <summary>The body was read before: a buffer replaces YARP's one-shot copy, so that every attempt can send it whole.</summary>
    private static void ReplaceBody(HttpRequestMessage request, GatewayContext context)
    {
        if (context.Body is null)
        {
            request.Content = null;
            return;
        }

        var content = new ReadOnlyMemoryContent(context.Admission!.UpstreamBody);
        if (context.Http.Request.ContentType is { } type)
        {
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        request.Content = content;
    }

    private async ValueTask<HttpResponseMessage> DispatchAsync(
        HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken)
    {
        try
        {
            // Polly is entered only once something failed: a healthy provider pays nothing for it.
            if (_breaker.CircuitState == CircuitState.Closed)
            {
                try
                {
                    return await SendOnceAsync(request, context, cancellationToken);
                }
                catch (HttpRequestException e) when (IsNothingSent(e) && _settings.MaxRetries > 0)
                {
                    GatewayLog.ConnectFailed(_log, context.Provider!.Name, e.HttpRequestError);
                }
            }

            return await _onFailure.ExecuteAsync(
                static async (state, token) => await state.Handler.SendOnceAsync(state.Request, state.Context, token),
                (Handler: this, Request: request, Context: context),
                cancellationToken);
        }
        catch (HttpRequestException e) when (IsNothingSent(e))
        {
            context.Attempt!.NothingSent = true;
            throw;
        }
        catch (BrokenCircuitException e)
        {
            context.Attempt!.NothingSent = true;
            throw new HttpRequestException(HttpRequestError.ConnectionError, "The provider is resting after repeated connection failures.", e);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(
        HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken) =>
        context.Provider!.Authorizer is { } authorizer
            ? SendAuthorizedAsync(authorizer, request, context, cancellationToken)
            : base.SendAsync(request, cancellationToken);

    // Each try again, for a signature has a time in it and a token an end.
    private async Task<HttpResponseMessage> SendAuthorizedAsync(
        IUpstreamAuthorizer authorizer, HttpRequestMessage request, GatewayContext context, CancellationToken cancellationToken)
    {
        try
        {
            await authorizer.AuthorizeAsync(request, context, cancellationToken);
        }
#pragma warning disable CA1031 // Whatever an authorizer fails of, nothing was sent, and the call must be settled as such.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            throw new HttpRequestException(HttpRequestError.UserAuthenticationError, "The provider's credential could not be made.", e);
        }

        return await base.SendAsync(request, cancellationToken);
    }

    private UpstreamCredential? NextCredential(GatewayContext context, HttpResponseMessage response, int status)
    {
        if (context.Credential is not { } current)
        {
            return null;
        }

        var pool = context.Provider!.Credentials;
        switch (status)
        {
            case 401 or 403:
                pool.MarkRefused(current);
                GatewayLog.CredentialRefused(_log, context.Provider.Name, status);
                break;
            case 429:
                pool.MarkLimited(current, RetryAfter(response.Headers.RetryAfter));
                break;
            default:
                return null;
        }

        return pool.Count > 1 ? pool.NextHealthy(current) : null;
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);

    private static bool IsNothingSent(HttpRequestException e) => e.HttpRequestError
        is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
        or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError
        or HttpRequestError.UserAuthenticationError;

    private static ResiliencePipeline<HttpResponseMessage> CreatePipeline(
        ProviderSettings settings, TimeProvider time, CircuitBreakerStateProvider breaker)
    {
        var nothingSent = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>(IsNothingSent);
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (settings.MaxRetries > 1)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = nothingSent,
                MaxRetryAttempts = settings.MaxRetries - 1,
                Delay = TimeSpan.FromMilliseconds(100),
                MaxDelay = TimeSpan.FromSeconds(1),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        // Only calls that already failed once come here, so the ratio is of second tries: nine of ten failing means "down".
        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = nothingSent,
                FailureRatio = 0.9,
                MinimumThroughput = 5,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(5),
                StateProvider = breaker,
            })
            .Build();
    }
}
