using System.Globalization;
using System.Text;

namespace LLMeterProxy.Benchmarks;

/// <summary>One kind of call: what is asked, what is answered, and what the answer costs.</summary>
internal sealed class Workload
{
    /// <summary>Names the workload to the upstream. It is one of the headers that SDKs send, so every proxy forwards it.</summary>
    public const string Header = "x-stainless-helper-method";

    /// <summary>Content events of a stream.</summary>
    public const int Chunks = 200;

    public const string Model = "bench-1";

    private const int InputTokens = 57;
    private const int OutputTokens = 200;

    private Workload(string name, int requestBytes, int responseBytes, bool isStream, TimeSpan pace)
    {
        Name = name;
        IsStream = isStream;
        Pace = pace;
        RequestBody = Request(requestBytes, isStream);
        Response = isStream ? Chunk("\"content\":\" token\"", "null") : Answer(responseBytes);
    }

    public static IReadOnlyList<Workload> All { get; } =
    [
        new("json-0.2k", 200, 700, isStream: false, TimeSpan.Zero),
        new("json-10k", 10_000, 10_000, isStream: false, TimeSpan.Zero),
        new("json-100k", 100_000, 700, isStream: false, TimeSpan.Zero),
        new("sse-burst", 200, 0, isStream: true, TimeSpan.Zero),
        new("sse-paced", 200, 0, isStream: true, TimeSpan.FromMilliseconds(5)),
    ];

    public static byte[] Done { get; } = "data: [DONE]\n\n"u8.ToArray();

    /// <summary>Nano-USD at the prices of <see cref="PriceFile"/>: the same usage is in every answer.</summary>
    public static long CostNanoUsd => (InputTokens * 2_500L) + (OutputTokens * 10_000L);

    /// <summary>The price of the model, as an override of the product's price book: so no change of a real price touches a run.</summary>
    public static string PriceFile =>
        $$$$$$$"""
        {"form":1,"date":"2026-01-01","lists":{"openai":{"models":{"{{{{{{{Model}}}}}}}":{"contextWindow":128000,"maxOutputTokens":16384,
        "prices":[{"effectiveFrom":"2020-01-01","source":"benchmark","read":"2026-01-01",
        "perMillionTokens":{"input_token":"2.5","output_token":"10"}}]}}}}}
        """;

    public string Name { get; }

    public bool IsStream { get; }

    /// <summary>Between two events; zero sends them as fast as they are taken.</summary>
    public TimeSpan Pace { get; }

    public byte[] RequestBody { get; }

    /// <summary>The whole body, or one event of a stream.</summary>
    public byte[] Response { get; }

    public byte[] LastChunk { get; } = Chunk("", "\"stop\"");

    public byte[] UsageChunk { get; } = Encoding.UTF8.GetBytes(
        $"data: {{\"id\":\"chatcmpl-0123456789abcdefghijklmnopqrs\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"{Model}\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_0123456789\",\"choices\":[],{Usage}}}\n\n");

    private static string Usage => string.Create(
        CultureInfo.InvariantCulture,
        $"\"usage\":{{\"prompt_tokens\":{InputTokens},\"completion_tokens\":{OutputTokens},\"total_tokens\":{InputTokens + OutputTokens},\"prompt_tokens_details\":{{\"cached_tokens\":0,\"audio_tokens\":0}},\"completion_tokens_details\":{{\"reasoning_tokens\":0,\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}}}}");

    /// <summary>The bytes of one request on a keep-alive connection, with the headers that an SDK sends.</summary>
    public byte[] RequestTo(Uri baseUrl, string path, string key) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"POST {baseUrl.AbsolutePath.TrimEnd('/')}{path} HTTP/1.1\r\nHost: {baseUrl.Authority}\r\n"
            + $"Authorization: Bearer {key}\r\nContent-Type: application/json\r\nAccept: application/json\r\n"
            + "User-Agent: OpenAI/Python 2.0.0\r\nX-Stainless-Lang: python\r\nX-Stainless-Package-Version: 2.0.0\r\n"
            + $"X-Stainless-OS: Linux\r\nX-Stainless-Runtime: CPython\r\n{Header}: {Name}\r\n"
            + $"Content-Length: {RequestBody.Length}\r\n\r\n"),
        .. RequestBody,
    ];

    private static byte[] Request(int bytes, bool isStream)
    {
        var before = $"{{\"model\":\"{Model}\",\"messages\":[{{\"role\":\"system\",\"content\":\"You are helpful.\"}},{{\"role\":\"user\",\"content\":\"";
        var after = "\"}],\"max_tokens\":512" + (isStream ? ",\"stream\":true}" : "}");
        return Encoding.UTF8.GetBytes(before + Text(bytes - before.Length - after.Length) + after);
    }

    private static byte[] Answer(int bytes)
    {
        var before = $"{{\"id\":\"chatcmpl-0123456789abcdefghijklmnopqrs\",\"object\":\"chat.completion\",\"created\":1760000000,\"model\":\"{Model}\",\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",\"content\":\"";
        var after = $"\",\"refusal\":null,\"annotations\":[]}},\"logprobs\":null,\"finish_reason\":\"stop\"}}],{Usage},\"service_tier\":\"default\",\"system_fingerprint\":\"fp_0123456789\"}}";
        return Encoding.UTF8.GetBytes(before + Text(Math.Max(0, bytes - before.Length - after.Length)) + after);
    }

    private static byte[] Chunk(string delta, string finish) => Encoding.UTF8.GetBytes(
        $"data: {{\"id\":\"chatcmpl-0123456789abcdefghijklmnopqrs\",\"object\":\"chat.completion.chunk\",\"created\":1760000000,\"model\":\"{Model}\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_0123456789\",\"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\"logprobs\":null,\"finish_reason\":{finish}}}]}}\n\n");

    /// <summary>Words with an escape now and then, as prompts have.</summary>
    private static string Text(int length)
    {
        const string words = "The quick brown fox jumps over the lazy dog; it said: \\\"Where to?\\\" and went on.\\n";
        var text = new StringBuilder(length + words.Length);
        while (text.Length + words.Length <= length)
        {
            text.Append(words);
        }

        return text.Append('x', Math.Max(0, length - text.Length)).ToString();
    }
}
