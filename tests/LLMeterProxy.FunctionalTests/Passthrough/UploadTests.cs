using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace LLMeterProxy.FunctionalTests.Passthrough;

/// <summary>Bodies that are no JSON: forms on the way there, sound on the way back, both byte for byte, and metered (A40, A44, T56).</summary>
[Trait("Acceptance", "A44")]
[Trait("Acceptance", "T56")]
public sealed class UploadTests(ScriptedFixture fixture) : IClassFixture<ScriptedFixture>
{
    private const string Boundary = "----formdata-12345";

    // Every byte value, line breaks and what looks like a boundary among them.
    private static readonly byte[] _sound = [.. Enumerable.Range(0, 70_000).Select(i => (byte)(i * 31)), .. "\r\n--not-the-boundary--\r\n"u8];

    [Fact]
    public async Task A_form_goes_upstream_as_it_came_and_its_seconds_are_billed()
    {
        var form = Form("whisper-1");
        var (response, upstream) = await ExchangeAsync(
            "/openai/v1/audio/transcriptions", form, $"multipart/form-data; boundary={Boundary}", "{\"text\":\"Hi\",\"usage\":{\"type\":\"duration\",\"seconds\":4}}"u8.ToArray(), "application/json");
        using var _ = response;

        Assert.True(form.AsSpan().SequenceEqual(upstream.Body.Span));
        Assert.Equal($"multipart/form-data; boundary={Boundary}", upstream.Header("content-type"));
        var record = await fixture.Node.RecordOfAsync(response);
        Assert.Equal(("transcription", "whisper-1", "reported"), (Text(record, "operation"), Text(record, "modelRequested"), Text(record, "source")));
        Assert.Equal(("second", 4m), Unit(record));
        // 4 seconds at 0.0001 USD.
        Assert.Equal(400_000, record.GetProperty("costNanoUsd").GetInt64());
    }

    [Fact]
    public async Task Sound_comes_back_as_it_was_sent_and_its_characters_are_billed()
    {
        var (response, _) = await ExchangeAsync(
            "/openai/v1/audio/speech", """{"model":"tts-1","voice":"alloy","input":"Gr\u00fc\u00dfe \ud83d\ude00"}"""u8.ToArray(), "application/json", _sound, "audio/mpeg");
        using var answer = response;

        Assert.Equal(_sound, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal("audio/mpeg", response.Content.Headers.ContentType!.ToString());
        var record = await fixture.Node.RecordOfAsync(response);
        Assert.Equal(("speech", "estimated"), (Text(record, "operation"), Text(record, "source")));
        Assert.Equal(("character", 7m), Unit(record));
        // 7 characters at 0.000015 USD.
        Assert.Equal(105_000, record.GetProperty("costNanoUsd").GetInt64());
    }

    [Fact]
    public async Task Subtitles_are_billed_by_the_length_of_the_file()
    {
        var (response, _) = await ExchangeAsync(
            "/openai/v1/audio/transcriptions", Form("whisper-1"), $"multipart/form-data; boundary={Boundary}", "WEBVTT\n\n00:00.000 --> 00:02.000\nHi\n"u8.ToArray(), "text/vtt");
        using var answer = response;

        Assert.StartsWith("WEBVTT", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        var record = await fixture.Node.RecordOfAsync(response);
        Assert.Equal("estimated", Text(record, "source"));
        // Of an unknown kind, at 4,000 bytes a second.
        Assert.Equal(("second", decimal.Round(_sound.Length / 4000m, 3)), Unit(record));
    }

    [Fact]
    public async Task A_form_that_could_be_read_in_two_ways_is_not_forwarded()
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        var form = Form("whisper-1");
        using var cut = new ByteArrayContent(form[..^4]);
        cut.Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/form-data; boundary={Boundary}");
        using var response = await client.PostAsync("/openai/v1/audio/transcriptions", cut);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.False(fixture.Upstream.HasNext);
    }

    private static byte[] Form(string model) =>
    [
        .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n{model}\r\n"),
        .. Encoding.ASCII.GetBytes($"--{Boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.ogg\"\r\nContent-Type: audio/ogg\r\n\r\n"),
        .. _sound,
        .. Encoding.ASCII.GetBytes($"\r\n--{Boundary}--\r\n"),
    ];

    private async Task<(HttpResponseMessage Response, TestKit.HttpMessageText Upstream)> ExchangeAsync(
        string path, byte[] body, string type, byte[] answer, string answerType)
    {
        var (_, key) = await fixture.Node.NewTenantAsync();
        using var client = fixture.Node.Client(key);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var sent = client.PostAsync(path, content);
        var upstream = await fixture.Upstream.NextAsync();
        await upstream.SendHeadAsync(200, $"Content-Type: {answerType}", $"Content-Length: {answer.Length}");
        await upstream.SendAsync(answer);
        return (await sent.WaitAsync(TestKit.Patience.Limit), upstream.Request);
    }

    private static string Text(JsonElement record, string name) => record.GetProperty(name).GetString()!;

    private static (string, decimal) Unit(JsonElement record)
    {
        var unit = Assert.Single(record.GetProperty("usage").GetProperty("units").EnumerateArray());
        return (unit.GetProperty("unit").GetString()!, unit.GetProperty("quantity").GetDecimal());
    }
}
