using System.Diagnostics.Metrics;
using System.Net.Http.Headers;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Ledger;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Pricing;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Gateway.Admit;
using LLMeterProxy.Gateway.Forward;
using LLMeterProxy.Gateway.Meter;
using LLMeterProxy.Gateway.Record;
using LLMeterProxy.Gateway.Route;
using LLMeterProxy.Gateway.Settle;
using LLMeterProxy.Gateway.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>One admitted call with a scripted upstream, up to the stream that YARP would copy.</summary>
internal sealed class MeteredCall : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GatewayMetrics _metrics;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler());
    private readonly Drain _drain = new(TimeProvider.System);

    public MeteredCall(ScriptedUpstream upstream, IUsageCollector? collector, long? declaredLength = null, bool isEventStream = false, bool brokenJournal = false)
    {
        var time = TimeProvider.System;
        var settings = new GatewaySettings();
        Journal = new RecordingJournal { IsBroken = brokenJournal };
        var counters = new MeteringCounters();
        _metrics = new GatewayMetrics(_services.GetRequiredService<IMeterFactory>(), counters);
        var settle = new SettleStage(
            Journal, new NoBudgets(), new RecordBuilder(settings, new ModelStatisticsBook(), time), new RecordStage(_metrics, counters), settings, time,
            NullLogger<SettleStage>.Instance);
        var dialect = new DialectCatalog().Find("openai")!;
        var provider = new Provider(
            new ProviderSettings { Name = "openai", Kind = "openai", BaseUrl = new Uri("http://127.0.0.1:1") }, dialect, new CredentialPool(["x"], time), _client);
        var tenant = new Tenant { Id = "acme", Name = "acme", TimeZone = "UTC" };
        var id = new RequestIdGenerator(time).Next();
        Context = new GatewayContext(new DefaultHttpContext(), id, id.OccurredAt, time.GetTimestamp())
        {
            Problems = OpenAiProblems.Instance,
            Provider = provider,
            Principal = new Principal(new VirtualKey { Id = "key-1", TenantId = "acme", Name = "k", Prefix = "lmp_", Hash = KeyHash.Of(new byte[32], "k") }, tenant),
            Tenant = tenant,
            Match = dialect.Match("POST", "/v1/chat/completions", "").Match!,
            Prices = new PriceBook { Version = "test" },
            Facts = RequestFacts.Empty with { Model = "some-model" },
            Model = "some-model",
            Admission = new Admission { Hold = new NanoUsd(1000) },
            Attempt = new Attempt(id.Attempt(1), time.GetUtcNow(), time.GetTimestamp()) { Status = 200, Collector = collector, IsEventStream = isEventStream },
        };
        using var content = new ByteArrayContent([]);
        content.Headers.ContentLength = declaredLength;
        Headers = content.Headers;
        Stream = new MeteringStream(upstream, Headers, Context, settle, _drain, time);
    }

    public RecordingJournal Journal { get; }

    public GatewayContext Context { get; }

    public MeteringStream Stream { get; }

    public UsageRecord Record => Assert.Single(Journal.Records);

    private HttpContentHeaders Headers { get; }

    /// <summary>Reads to the end as a copy does, zero-byte reads included.</summary>
    /// <param name="sizes">Of the reads, in turn.</param>
    /// <param name="delivered">Grows as bytes come out, also where the stream throws.</param>
    public async Task ReadAsync(IReadOnlyList<int> sizes, List<byte> delivered)
    {
        for (var i = 0; ; i++)
        {
            var buffer = new byte[sizes[i % sizes.Count]];
            if (i % 3 == 0)
            {
                Assert.Equal(0, await Stream.ReadAsync(Memory<byte>.Empty));
            }

            var read = await Stream.ReadAsync(buffer);
            if (read == 0)
            {
                return;
            }

            delivered.AddRange(buffer[..read]);
        }
    }

    public void Dispose()
    {
        Stream.Dispose();
        _drain.Dispose();
        _metrics.Dispose();
        _client.Dispose();
        _services.Dispose();
    }

    private sealed class NoBudgets : IBudgetStore
    {
        public ValueTask<ReserveResult> ReserveAsync(Reservation reservation, CancellationToken cancellationToken) => ValueTask.FromResult(new ReserveResult(ReserveOutcome.Granted));

        public void Settle(Settlement settlement)
        {
        }

        public void Release(string tenant, RequestId reservationId)
        {
        }

        public bool IsShared => false;

        public ValueTask<BudgetBalance> ReadAsync(BudgetWindowKey key, CancellationToken cancellationToken) => new(Read(key));

        public BudgetBalance Read(BudgetWindowKey key) => default;
    }
}
