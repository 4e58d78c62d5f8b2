using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>E-BAD and E-BIG in every family.</summary>
public sealed class BodyRefusalTests(RefusalNode fixture) : IClassFixture<RefusalNode>
{
    public static TheoryData<Api> Apis => [Api.OpenAi, Api.Anthropic, Api.Gemini];

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_body_that_is_no_json_object_is_refused(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        foreach (var body in new[] { "", "{", "[]", "nonsense", Calls.Body(api) + "}", Calls.Body(api)[..^1] })
        {
            await fixture.RefusedAsync(api, Calls.Post(api, key, body), 400, "invalid_json", tenant);
        }
    }

    [Theory]
    [InlineData(Api.OpenAi, "model")]
    [InlineData(Api.Anthropic, "model")]
    [InlineData(Api.Anthropic, "max_tokens")]
    [InlineData(Api.Gemini, "generationConfig")]
    [Trait("Acceptance", "T36")]
    public async Task A_member_that_decides_something_comes_once(Api api, string member)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var value = member switch { "model" => "\"gpt-4o\"", "max_tokens" => "5", _ => "{}" };
        var body = Calls.Body(api)[..^1] + $",\"{member}\":{value}}}";
        await fixture.RefusedAsync(api, Calls.Post(api, key, body), 400, "duplicate_property", tenant);
    }

    [Theory]
    [InlineData(Api.OpenAi, """{"messages":[]}""")]
    [InlineData(Api.OpenAi, """{"model":"","messages":[]}""")]
    [InlineData(Api.Anthropic, """{"max_tokens":16,"messages":[]}""")]
    public async Task A_call_without_a_model_is_refused(Api api, string body)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await fixture.RefusedAsync(api, Calls.Post(api, key, body), 400, "missing_model", tenant);
    }

    [Theory]
    [InlineData(Api.OpenAi, "\"max_tokens\":16", "\"max_tokens\":-1")]
    [InlineData(Api.OpenAi, "\"max_tokens\":16", "\"max_tokens\":\"16\"")]
    [InlineData(Api.OpenAi, "\"max_tokens\":16", "\"n\":1000000")]
    [InlineData(Api.Anthropic, "\"max_tokens\":16", "\"max_tokens\":1.5")]
    [InlineData(Api.Gemini, "\"maxOutputTokens\":16", "\"maxOutputTokens\":-16")]
    [Trait("Acceptance", "T43")]
    public async Task A_limit_that_makes_no_sense_is_refused(Api api, string good, string bad)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        await fixture.RefusedAsync(api, Calls.Post(api, key, Calls.Body(api).Replace(good, bad, StringComparison.Ordinal)), 400, "invalid_value", tenant);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task A_body_over_the_limit_is_413_with_a_length_and_in_chunks(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        var large = Calls.Body(api, text: new string('x', RefusalNode.MaxBodyBytes));
        var declared = await fixture.RefusedAsync(api, Calls.Post(api, key, large), 413, "request_too_large", tenant);
        Assert.Contains($"{RefusalNode.MaxBodyBytes}", declared.Message, StringComparison.Ordinal);

        var chunked = Calls.Post(api, key, large);
        chunked.Headers.TransferEncodingChunked = true;
        await fixture.RefusedAsync(api, chunked, 413, "request_too_large", tenant);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task The_largest_body_that_is_allowed_passes(Api api)
    {
        var (_, key) = await fixture.NewTenantAsync();
        var frame = Calls.Body(api, text: "").Length;
        var body = Calls.Body(api, text: new string('x', RefusalNode.MaxBodyBytes - frame));
        foreach (var inChunks in new[] { false, true })
        {
            var request = Calls.Post(api, key, body);
            request.Headers.TransferEncodingChunked = inChunks;
            using var answer = await fixture.Http.SendAsync(request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(body, Encoding.UTF8.GetString(fixture.Node.Simulator.Requests[^1].Body.Span));
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    [Trait("Acceptance", "T57")]
    public async Task A_body_of_another_type_is_415(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        foreach (var type in new[] { null, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx", "application/json; charset=utf-16" })
        {
            var request = Calls.Post(api, key);
            request.Content!.Headers.Remove("Content-Type");
            if (type is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            await fixture.RefusedAsync(api, request, 415, "unsupported_media_type", tenant);
        }
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task Json_may_name_its_charset(string type)
    {
        var (_, key) = await fixture.NewTenantAsync();
        var request = Calls.Post(Api.OpenAi, key);
        request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await fixture.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Apis))]
    [Trait("Acceptance", "T58")]
    public async Task A_compressed_body_is_415(Api api)
    {
        var (tenant, key) = await fixture.NewTenantAsync();
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes(Calls.Body(api)));
        }

        var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        content.Headers.ContentEncoding.Add("gzip");
        var request = Calls.WithKey(new HttpRequestMessage(HttpMethod.Post, Calls.Path(api)) { Content = content }, api, key);
        await fixture.RefusedAsync(api, request, 415, "unsupported_media_type", tenant);
    }
}
