using System.Text.Json;

namespace LLMeterProxy.FunctionalTests.Refusals;

/// <summary>A refusal read from the wire. Reading asserts that it has exactly the shape of its family, and the headers that go with it.</summary>
internal sealed record Refusal(int Status, string Code, string Type, string Message, string? Param, string RequestId, string Body, HttpResponseMessage Response)
{
    private static readonly string[] _worthRetrying =
    [
        "in_flight_budget_exhausted", "rate_limit_exceeded", "budget_unverifiable", "overloaded", "upstream_unreachable",
        "idempotency_in_progress", "request_timeout",
    ];

    /// <param name="retriable">Null: as the error contract says for the code.</param>
    public static async Task<Refusal> ReadAsync(Api api, HttpResponseMessage response, bool? retriable = null)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        var id = response.Headers.GetValues("x-llmeter-request-id").Single();
        using var json = JsonDocument.Parse(text);
        var refusal = api switch
        {
            Api.OpenAi => OfOpenAi(json.RootElement, response, id, text),
            Api.Anthropic => OfAnthropic(json.RootElement, response, id, text),
            _ => OfGemini(json.RootElement, response, id, text),
        };
        Assert.Equal(retriable ?? _worthRetrying.Contains(refusal.Code) ? null : "false", Header(response, "x-should-retry"));
        return refusal;
    }

    public string? Header(string name) => Header(Response, name);

    public static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    private static Refusal OfOpenAi(JsonElement root, HttpResponseMessage response, string id, string text)
    {
        AssertMembers(root, "error");
        var error = root.GetProperty("error");
        AssertMembers(error, "message", "type", "param", "code");
        Assert.Equal(id, Header(response, "x-request-id"));
        return new Refusal(
            (int)response.StatusCode, error.GetProperty("code").GetString()!, error.GetProperty("type").GetString()!,
            error.GetProperty("message").GetString()!, error.GetProperty("param").GetString(), id, text, response);
    }

    private static Refusal OfAnthropic(JsonElement root, HttpResponseMessage response, string id, string text)
    {
        AssertMembers(root, "type", "error", "request_id");
        Assert.Equal("error", root.GetProperty("type").GetString());
        Assert.Equal(id, root.GetProperty("request_id").GetString());
        Assert.Equal(id, Header(response, "request-id"));
        var error = root.GetProperty("error");
        AssertMembers(error, "type", "message", "code");
        return new Refusal(
            (int)response.StatusCode, error.GetProperty("code").GetString()!, error.GetProperty("type").GetString()!,
            error.GetProperty("message").GetString()!, null, id, text, response);
    }

    private static Refusal OfGemini(JsonElement root, HttpResponseMessage response, string id, string text)
    {
        AssertMembers(root, "error");
        var error = root.GetProperty("error");
        AssertMembers(error, "code", "message", "status", "details");
        Assert.Equal((int)response.StatusCode, error.GetProperty("code").GetInt32());
        var details = error.GetProperty("details").EnumerateArray().ToList();
        AssertMembers(details[0], "@type", "reason", "domain");
        Assert.Equal("type.googleapis.com/google.rpc.ErrorInfo", details[0].GetProperty("@type").GetString());
        Assert.Equal("llmeter", details[0].GetProperty("domain").GetString());
        Assert.Equal(Header(response, "Retry-After") is null ? 1 : 2, details.Count);
        if (details.Count == 2)
        {
            Assert.Equal("type.googleapis.com/google.rpc.RetryInfo", details[1].GetProperty("@type").GetString());
            Assert.Equal(Header(response, "Retry-After") + "s", details[1].GetProperty("retryDelay").GetString());
        }

        var code = details[0].GetProperty("reason").GetString() switch
        {
            "API_KEY_INVALID" => "invalid_api_key",
            "SPEND_CAP_EXHAUSTED" => "project_spend_limit_exceeded",
            var reason => reason!.ToLowerInvariant(),
        };
        return new Refusal(
            (int)response.StatusCode, code, error.GetProperty("status").GetString()!, error.GetProperty("message").GetString()!, null, id, text, response);
    }

    private static void AssertMembers(JsonElement element, params string[] names) =>
        Assert.Equal(names.Order(), element.EnumerateObject().Select(p => p.Name).Order());
}
