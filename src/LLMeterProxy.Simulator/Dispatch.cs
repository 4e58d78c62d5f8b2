using LLMeterProxy.Simulator.Billing;
using LLMeterProxy.Simulator.Scripting;
using LLMeterProxy.Simulator.Wire;
using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.Simulator;

/// <summary>One request on its way through the simulator, and what is known of it for the bill.</summary>
internal sealed class Dispatch(HttpContext context, long sequence, DateTimeOffset at)
{
    public HttpContext Context { get; } = context;

    public long Sequence { get; } = sequence;

    public DateTimeOffset At { get; } = at;

    public SimulatedRoute Route { get; } = SimulatedRoute.Match(
        context.Request.Method, context.Request.Path.Value ?? "", context.Request.Headers.ContainsKey("anthropic-version"));

    public ulong IdSeed { get; set; }

    /// <summary>Null where the credential or the body was refused.</summary>
    public SimulatedCall? Call { get; set; }

    /// <summary>The credential that was refused, empty for none; null if it was accepted.</summary>
    public string? RefusedKey { get; set; }

    /// <summary>Null where the request's text names none.</summary>
    public string? Marker { get; set; }

    public ResponseSender? Sender { get; set; }

    /// <summary>HTTP status, 0 until there is one.</summary>
    public int Status { get; set; }

    /// <summary>Output tokens whose event was begun.</summary>
    public long Produced { get; set; }

    /// <summary>Whether an error event ended the answer.</summary>
    public bool BrokeOff { get; set; }

    /// <summary>Whether all bytes went out.</summary>
    public bool IsComplete { get; set; }

    public BillEntry ToBillEntry()
    {
        var usage = Billed();
        var exact = usage == default ? 0 : PriceList.NanoUsd(Call!.Served.PriceKey, Call.Tier, usage);
        return new BillEntry
        {
            Sequence = Sequence,
            At = At,
            Shape = Route.Shape,
            Operation = Route.Operation,
            Path = Context.Request.Path.Value ?? "",
            ModelRequested = Call?.ModelRequested,
            Model = Call?.Served.Name,
            Tier = Call?.Tier,
            Stream = Call?.Stream ?? false,
            Status = Status,
            Usage = usage,
            NanoUsd = exact is { } nano ? (long)Math.Round(nano, MidpointRounding.ToEven) : null,
            ResponseId = Call?.Id,
            Marker = Marker,
            FullySent = IsComplete,
            ClientAborted = Sender?.ClientLeft ?? false,
            BytesSent = Sender?.BytesSent ?? 0,
            Body = Sender?.Recorded ?? default,
            Flushes = Sender?.Flushes ?? [],
        };
    }

    /// <summary>
    /// The tokens that the provider charges for. Errors are free. An answer that was cut, or whose client left, costs what
    /// was produced of it if it was a stream, and all of it otherwise, since it was made before it was sent; Gemini charges
    /// in full either way. An error event ends the charge where it stands.
    /// </summary>
    private SimulatedUsage Billed()
    {
        if (Call is not { Route.IsMetered: true } || Status >= 400)
            return default;
        var rule = Call.Scenario.Bill;
        if (rule == BillingRule.Provider)
        {
            rule = BrokeOff ? BillingRule.Produced
                : IsComplete || !Call.Stream || Route.Shape == ProviderShape.Gemini ? BillingRule.Full
                : BillingRule.Produced;
        }

        return rule switch
        {
            BillingRule.None => default,
            BillingRule.Full => Call.Usage,
            _ => Call.Usage with { Output = Produced, Reasoning = Math.Min(Call.Usage.Reasoning, Produced) },
        };
    }
}
