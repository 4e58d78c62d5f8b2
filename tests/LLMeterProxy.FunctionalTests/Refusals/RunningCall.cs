using System.Net;
using LLMeterProxy.Simulator.Scripting;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>A call that the provider has and takes its time for.</summary>
internal sealed class RunningCall : IDisposable
{
    private readonly Task<HttpResponseMessage> _call;

    private RunningCall(Task<HttpResponseMessage> call) => _call = call;

    /// <summary>Returns once the provider has the request. It answers after <paramref name="milliseconds"/>.</summary>
    public static async Task<RunningCall> StartAsync(RefusalNode fixture, HttpRequestMessage request, int milliseconds = 2500)
    {
        var simulator = fixture.Node.Simulator;
        var before = simulator.Simulator.Dispatches;
        simulator.Script(new Scenario { DelayMs = milliseconds });
        var call = fixture.Http.SendAsync(request);
        await Until.TrueAsync(() => simulator.Simulator.Dispatches > before || call.IsCompleted);
        Assert.False(call.IsCompleted);
        return new RunningCall(call);
    }

    public async Task FinishAsync()
    {
        using var answer = await _call;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    public void Dispose()
    {
        if (_call.IsCompletedSuccessfully)
        {
            _call.Result.Dispose();
        }
    }
}
