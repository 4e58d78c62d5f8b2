using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace LLMeterProxy.Simulator.Demo;

/// <summary>
/// Traffic of three tenants through a gateway: a chat app that streams all day, a support bot, and a loop over 5,000 PDFs
/// that somebody started on a Friday and that goes on until its cap refuses it. The three do not know of each other; that
/// the first two are served on while the third is refused is what the demo is there to show.
/// </summary>
public sealed class DemoTraffic(DemoTrafficOptions options)
{
    /// <summary>Tenant id of the chat app.</summary>
    public const string ChatTenant = "bluebird-chat";

    /// <summary>Tenant id of the support bot.</summary>
    public const string SupportTenant = "parcel-support";

    /// <summary>Tenant id of the ingest loop.</summary>
    public const string IngestTenant = "paper-ingest";

    /// <summary>Failures in a row after which a tenant gives up: the gateway is gone or set up in another way.</summary>
    private const int PatienceCalls = 20;

    /// <summary>Longest time that a worker heeds a <c>retry-after</c>.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Sends until the chat app and the bot have made their calls and the loop has finished or was refused. Ends quietly
    /// when cancelled.
    /// </summary>
    /// <param name="progress">Told after every call; from several threads.</param>
    /// <param name="cancellationToken">Ends all three.</param>
    public async Task RunAsync(IProgress<DemoProgress> progress, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = options.Gateway, Timeout = TimeSpan.FromMinutes(2) };
        try
        {
            await Task.WhenAll(
                ChatAsync(client, progress, cancellationToken),
                SupportAsync(client, progress, cancellationToken),
                IngestAsync(client, progress, cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // That is how a demo ends.
        }
    }

    private async Task ChatAsync(HttpClient client, IProgress<DemoProgress> progress, CancellationToken cancellationToken)
    {
        var tally = new Tally(ChatTenant, progress);
        for (var call = 0; call < options.MaxCalls && tally.HasPatience; call++)
        {
            // Every twelfth reader closes the page in the middle of the answer.
            var readsToEnd = call % 12 != 11;
            var status = await SendAsync(client, "openai/v1/chat/completions", options.ChatKey, DemoPrompts.Chat(call), "feature=chat", readsToEnd, cancellationToken);
            tally.Count(status, readsToEnd ? "a chat answer was streamed" : "a reader left in the middle of an answer");
            await Task.Delay(options.ChatPause, options.Time, cancellationToken);
        }

        tally.Finish("the chat app is closed");
    }

    private async Task SupportAsync(HttpClient client, IProgress<DemoProgress> progress, CancellationToken cancellationToken)
    {
        var tally = new Tally(SupportTenant, progress);
        for (var call = 0; call < options.MaxCalls && tally.HasPatience; call++)
        {
            var status = await SendAsync(client, "anthropic/v1/messages", options.SupportKey, DemoPrompts.Support(call), "feature=support,channel=mail", readsToEnd: true, cancellationToken);
            tally.Count(status, "a customer got an answer");
            await Task.Delay(options.SupportPause, options.Time, cancellationToken);
        }

        tally.Finish("the support bot is off duty");
    }

    private async Task IngestAsync(HttpClient client, IProgress<DemoProgress> progress, CancellationToken cancellationToken)
    {
        var tally = new Tally(IngestTenant, progress);
        var next = 0;
        var isRefused = false;

        async Task WorkAsync()
        {
            while (!Volatile.Read(ref isRefused) && tally.HasPatience)
            {
                var document = Interlocked.Increment(ref next);
                if (document > options.Documents)
                    return;
                var body = DemoPrompts.Document(document);
                var status = await SendAsync(client, "openai/v1/chat/completions", options.IngestKey, body, "feature=ingest,batch=archive", readsToEnd: true, cancellationToken);
                // Held, not spent: others of the loop are in flight, and one of them may leave room.
                for (var tries = 0; status == HttpStatusCode.TooManyRequests && tries < 3; tries++)
                    status = await SendAsync(client, "openai/v1/chat/completions", options.IngestKey, body, "feature=ingest,batch=archive", readsToEnd: true, cancellationToken);
                if (status == HttpStatusCode.PaymentRequired)
                    Volatile.Write(ref isRefused, true);
                tally.Count(status, status == HttpStatusCode.PaymentRequired
                    ? $"document {document} of {options.Documents} was refused: the cap is reached"
                    : $"document {document} of {options.Documents} was read");
                await Task.Delay(options.IngestPause, options.Time, cancellationToken);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, options.IngestConcurrency)).Select(_ => WorkAsync()));
        tally.Finish(isRefused ? "the loop was stopped by its cap" : "the loop is through");
    }

    /// <summary>Sends one call and reads its answer, or the first part of it.</summary>
    /// <returns>The status, or null where the gateway could not be reached or broke off.</returns>
    private async Task<HttpStatusCode?> SendAsync(HttpClient client, string path, string key, string body, string tags, bool readsToEnd, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Headers.Add("anthropic-version", "2023-06-01");
        request.Headers.Add("x-llmeter-tags", tags);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            await using var answer = await response.Content.ReadAsStreamAsync(cancellationToken);
            if (readsToEnd)
                await answer.CopyToAsync(Stream.Null, cancellationToken);
            else
                _ = await answer.ReadAtLeastAsync(new byte[2048], 2048, throwOnEndOfStream: false, cancellationToken);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
                await Task.Delay(WaitOf(response), options.Time, cancellationToken);
            return response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private static TimeSpan WaitOf(HttpResponseMessage response) =>
        response.Headers.RetryAfter?.Delta is { } wait && wait < _longestWait ? wait : _longestWait;

    /// <summary>Counts the calls of one tenant and tells of them.</summary>
    private sealed class Tally(string tenant, IProgress<DemoProgress> progress)
    {
        private readonly Lock _gate = new();
        private int _answered;
        private int _failed;
        private int _failedInARow;
        private int _lastStatus;

        public bool HasPatience => Volatile.Read(ref _failedInARow) < PatienceCalls;

        public void Count(HttpStatusCode? status, string note)
        {
            DemoProgress told;
            lock (_gate)
            {
                _lastStatus = status is { } known ? (int)known : 0;
                if (_lastStatus is >= 200 and < 300)
                {
                    _answered++;
                    _failedInARow = 0;
                }
                else
                {
                    _failed++;
                    _failedInARow++;
                    if (status != HttpStatusCode.PaymentRequired)
                        note = status is null ? "the gateway did not answer" : string.Create(CultureInfo.InvariantCulture, $"the gateway answered {_lastStatus}");
                }

                told = new DemoProgress(tenant, _answered, _failed, _lastStatus, note, IsFinished: false);
            }

            progress.Report(told);
        }

        public void Finish(string note)
        {
            lock (_gate)
                progress.Report(new DemoProgress(tenant, _answered, _failed, _lastStatus, HasPatience ? note : "given up after too many failures", IsFinished: true));
        }
    }
}
