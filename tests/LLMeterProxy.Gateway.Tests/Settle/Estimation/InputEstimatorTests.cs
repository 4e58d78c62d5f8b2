using System.Text;
using CsCheck;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Settle.Estimation;

namespace LLMeterProxy.Gateway.Tests.Settle.Estimation;

public sealed class InputEstimatorTests
{
    // "hello world" is two tokens of o200k_base. OpenAI's cookbook: 3 and a role a message, 3 for the answer.
    [Fact]
    public void A_message_is_its_words_and_its_frame() =>
        Assert.Equal(2 + 4 + 3, Of("""{"model":"gpt-4o","messages":[{"role":"user","content":"hello world"}],"max_tokens":5}""").Total);

    [Theory]
    [InlineData("""{"model":"gpt-4o","input":"hello world"}""")]
    [InlineData("""{"model":"gpt-4o","input":[{"role":"user","content":[{"type":"input_text","text":"hello world"}]}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"text":"hello world"}]}]}""")]
    [InlineData("""{"contents":[{"role":"user","parts":[{"text":"hello world","thoughtSignature":"c2lnbmF0dXJlIG9mIG1hbnkgYnl0ZXM="}]}]}""")]
    [InlineData("""{"model":"gpt-4o","metadata":{"team":"many words that are for nobody"},"user":"someone","service_tier":"flex","messages":[{"role":"user","content":"hello world"}]}""")]
    public void Every_dialect_says_the_same_and_settings_are_not_shown(string body) => Assert.Equal(9, Of(body).Total);

    [Fact]
    public void Operations_without_a_template_have_no_frame() =>
        Assert.Equal(2, InputEstimator.Estimate("""{"model":"text-embedding-3-small","input":"hello world"}"""u8, "text-embedding-3-small", Operations.Embeddings).Total);

    [Fact]
    public void Tools_are_their_definitions_and_what_the_provider_says_about_them()
    {
        const string Tools = """[{"name":"weather","description":"The weather of a place","input_schema":{"type":"object","properties":{"place":{"type":"string"}}}}]""";
        var without = Of("""{"messages":[{"role":"user","content":"hello"}]}""", "claude-sonnet-4-5").Total;
        var with = Of($$"""{"tools":{{Tools}},"messages":[{"role":"user","content":"hello"}]}""", "claude-sonnet-4-5").Total;

        Assert.InRange(with - without, 346 + 20, 346 + 60);
        Assert.Equal(without, Of("""{"tools":[],"messages":[{"role":"user","content":"hello"}]}""", "claude-sonnet-4-5").Total);
    }

    [Fact]
    public void Arguments_and_results_of_tools_are_shown_with_their_names_and_numbers()
    {
        var text = Of("""{"contents":[{"role":"user","parts":[{"functionResponse":{"name":"f","response":{"temperature":21.5,"sky":"clear"}}}]}]}""", "gemini-2.5-flash").Text;
        Assert.InRange(text, 6, 16);
    }

    // A picture is not a million tokens of base64, wherever it stands.
    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,FILE"}}]}]}""", "gpt-4o", 765)]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"detail":"low","url":"data:image/png;base64,FILE"}}]}]}""", "gpt-4o", 85)]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}]}""", "gpt-4o", 765)]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/png","data":"FILE"}}]}]}""", "claude-opus-4-6", 1399)]
    [InlineData("""{"contents":[{"parts":[{"inlineData":{"mimeType":"image/png","data":"FILE"}}]}]}""", "gemini-2.5-flash", 1032)]
    [InlineData("""{"contents":[{"parts":[{"functionResponse":{"name":"f","response":{"picture":"FILE"}}}]}]}""", "gemini-2.5-flash", 1032)]
    [InlineData("""{"model":"llava","images":["FILE"],"prompt":""}""", "gpt-4o", 765)]
    public void A_picture_is_counted_by_its_size(string body, string model, long tokens)
    {
        var estimate = Of(body.Replace("FILE", Convert.ToBase64String(Files.Png(1024, 1024)), StringComparison.Ordinal), model);

        Assert.Equal((tokens, 0), (estimate.Image, estimate.Audio));
        Assert.InRange(estimate.Text, 0, 20);
    }

    [Fact]
    public void Sound_is_counted_by_its_length()
    {
        var file = Convert.ToBase64String(Files.Wav(8_000, 3));
        var estimate = Of("""{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"format":"wav","data":"FILE"}}]}]}""".Replace("FILE", file, StringComparison.Ordinal), "gpt-4o-audio-preview");

        Assert.Equal((31, 0), (estimate.Audio, estimate.Image));
        Assert.Equal(3, estimate.Seconds, 0.05);
    }

    [Fact]
    public void A_form_is_its_file_and_its_prompt()
    {
        byte[] body =
        [
            .. "--b1\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--b1\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nhello world\r\n"u8,
            .. "--b1\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\n"u8, .. Files.Wav(16_000, 4), .. "\r\n--b1--\r\n"u8,
        ];

        var estimate = InputEstimator.Estimate(body, "whisper-1", Operations.Transcription);

        Assert.Equal(4, estimate.Seconds, 0.01);
        Assert.Equal(2, estimate.Text);
    }

    [Fact]
    public void A_long_text_is_read_in_part_and_taken_to_be_like_that_part()
    {
        var words = string.Concat(Enumerable.Repeat("hello world ", 100_000));
        var estimate = Of($$"""{"messages":[{"role":"user","content":"{{words}}"}]}""").Total;
        Assert.InRange(estimate, 195_000, 205_000);
    }

    [Fact]
    public void What_cannot_be_read_is_estimated_by_its_bytes()
    {
        Assert.Equal(5, Of("{\"messages\":[oh dear").Total);
        Assert.Equal(0, Of("").Total);
    }

    [Fact]
    public void Any_body_is_estimated_without_a_throw() =>
        Gen.Select(Gen.Byte.Array[0, 300], OneOf("", "{\"messages\":[", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n", "{\"input\":\"data:image/png;base64,"))
            .Sample((bytes, start) =>
            {
                var estimate = InputEstimator.Estimate([.. Encoding.ASCII.GetBytes(start), .. bytes], "gpt-4o", Operations.Chat);
                Assert.True(estimate.Text >= 0 && estimate.Image >= 0 && estimate.Audio >= 0);
            });

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static EstimatedInput Of(string body, string model = "gpt-4o") => InputEstimator.Estimate(Encoding.UTF8.GetBytes(body), model, Operations.Chat);
}
