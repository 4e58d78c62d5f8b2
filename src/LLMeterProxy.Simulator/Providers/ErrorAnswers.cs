using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Providers;

/// <summary>Error bodies, as each provider words them.</summary>
internal static class ErrorAnswers
{
    /// <summary>Writes the body for a status. <paramref name="detail"/> replaces the message where there is more to say;
    /// <paramref name="inArray"/>: Gemini's streams without events wrap their errors like their answers.</summary>
    public static void Write(BodyWriter w, SimulatedRoute route, int status, string? code, ulong idSeed, string? detail = null, bool inArray = false)
    {
        var message = detail is null ? null : JsonText.Escape(detail);
        switch (route.Shape)
        {
            case ProviderShape.Anthropic:
                WriteAnthropic(w, status, code, idSeed, message);
                break;
            case ProviderShape.Gemini:
                WriteGemini(w, status, code, message, inArray);
                break;
            case ProviderShape.Mistral:
                w.Write($$"""{"object":"error","message":"{{message ?? Wording(status)}}","type":"{{JsonText.Escape(code ?? MistralType(status))}}","param":null,"code":"{{(status == 429 ? "1300" : "3051")}}"}""");
                break;
            case ProviderShape.Cohere:
                w.Write($$"""{"id":"{{IdText.Uuid(idSeed)}}","message":"{{message ?? Wording(status)}}"}""");
                break;
            case ProviderShape.Bedrock:
                w.Write($$"""{"message":"{{message ?? Wording(status)}}"}""");
                break;
            case ProviderShape.Ollama:
                w.Write($$"""{"error":"{{message ?? Wording(status)}}"}""");
                break;
            case ProviderShape.OpenRouter:
                w.Write($$$"""{"error":{"message":"{{{message ?? (status == 429 ? "Rate limit exceeded" : Wording(status))}}}","code":{{{status}}}{{{(status is 429 or >= 500 ? ",\"metadata\":{\"provider_name\":\"OpenAI\",\"raw\":\"upstream error\"}" : "")}}}}""");
                w.Write(",\"user_id\":\"user_2simulated0000000000000000\"}"u8);
                break;
            default:
                WriteOpenAI(w, status, code, message);
                break;
        }
    }

    /// <summary>The refusal of a credential; OpenAI and others repeat a part of it, which is why it must not reach a tenant.</summary>
    public static void WriteUnauthorized(BodyWriter w, SimulatedRoute route, string? key, ulong idSeed)
    {
        switch (route.Shape)
        {
            case ProviderShape.Anthropic:
                WriteAnthropic(w, 401, null, idSeed, key is null ? "x-api-key header is required" : "invalid x-api-key");
                break;
            case ProviderShape.Gemini:
                w.Write("""
                    {
                      "error": {
                        "code": 400,
                        "message": "API key not valid. Please pass a valid API key.",
                        "status": "INVALID_ARGUMENT",
                        "details": [
                          {
                            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                            "reason": "API_KEY_INVALID",
                            "domain": "googleapis.com",
                            "metadata": {
                              "service": "generativelanguage.googleapis.com"
                            }
                          }
                        ]
                      }
                    }

                    """u8);
                break;
            case ProviderShape.Azure:
                w.Write("{\"error\":{\"code\":\"401\",\"message\":\"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.\"}}"u8);
                break;
            case ProviderShape.Mistral:
                w.Write("{\"detail\":\"Unauthorized\"}"u8);
                break;
            case ProviderShape.Cohere:
                w.Write($$"""{"id":"{{IdText.Uuid(idSeed)}}","message":"{{(key is null ? "no api key supplied" : "invalid api token")}}"}""");
                break;
            case ProviderShape.Bedrock:
                w.Write("{\"message\":\"Authentication failed: Please make sure your API Key is valid.\"}"u8);
                break;
            case ProviderShape.Ollama:
                w.Write("{\"error\":\"unauthorized\"}"u8);
                break;
            case ProviderShape.OpenRouter:
                w.Write($$$"""{"error":{"message":"{{{(key is null ? "Missing Authentication header" : "User not found.")}}}","code":401}}""");
                break;
            default:
                var message = key is null
                    ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."
                    : $"Incorrect API key provided: {Masked(key)}. You can find your API key at https://platform.openai.com/account/api-keys.";
                w.Write($$"""
                    {
                        "error": {
                            "message": "{{JsonText.Escape(message)}}",
                            "type": "invalid_request_error",
                            "param": null,
                            "code": {{(key is null ? "null" : "\"invalid_api_key\"")}}
                        }
                    }

                    """);
                break;
        }
    }

    /// <summary>Status of a refused credential; Gemini's is a 400, Bedrock's a 403.</summary>
    public static int UnauthorizedStatus(ProviderShape shape) => shape switch
    {
        ProviderShape.Gemini => 400,
        ProviderShape.Bedrock => 403,
        _ => 401,
    };

    /// <summary>Name of the error in Bedrock's header <c>x-amzn-errortype</c>, by which its SDKs choose their exception.</summary>
    public static string BedrockType(int status) => status switch
    {
        401 or 403 => "AccessDeniedException",
        404 => "ResourceNotFoundException",
        429 => "ThrottlingException",
        503 => "ServiceUnavailableException",
        >= 500 => "InternalServerException",
        _ => "ValidationException",
    };

    private static string MistralType(int status) => status switch
    {
        429 => "rate_limited",
        >= 500 => "internal_server_error",
        _ => "invalid_request_error",
    };

    private static string Masked(string key) => key.Length <= 12
        ? new string('*', key.Length)
        : string.Concat(key.AsSpan(0, 8), new string('*', Math.Min(key.Length - 12, 20)), key.AsSpan(key.Length - 4));

    private static void WriteOpenAI(BodyWriter w, int status, string? code, string? message)
    {
        var (type, usual) = status switch
        {
            404 => ("invalid_request_error", "model_not_found"),
            429 => code == "insufficient_quota" ? ("insufficient_quota", code) : ("requests", "rate_limit_exceeded"),
            >= 500 => ("server_error", null),
            _ => ("invalid_request_error", (string?)null),
        };
        var stated = code ?? usual;
        w.Write($$"""
            {
              "error": {
                "message": "{{message ?? (stated == "insufficient_quota" ? "You exceeded your current quota, please check your plan and billing details." : Wording(status))}}",
                "type": "{{type}}",
                "param": null,
                "code": {{(stated is null ? "null" : $"\"{JsonText.Escape(stated)}\"")}}
              }
            }

            """);
    }

    private static void WriteAnthropic(BodyWriter w, int status, string? code, ulong idSeed, string? message)
    {
        var type = code ?? status switch
        {
            401 => "authentication_error",
            403 => "permission_error",
            404 => "not_found_error",
            413 => "request_too_large",
            429 => "rate_limit_error",
            529 => "overloaded_error",
            >= 500 => "api_error",
            _ => "invalid_request_error",
        };
        w.Write($$$"""{"type":"error","error":{"type":"{{{JsonText.Escape(type)}}}","message":"{{{message ?? Wording(status)}}}"},"request_id":"{{{ProviderHeaders.AnthropicRequestId(idSeed)}}}"}""");
    }

    private static void WriteGemini(BodyWriter w, int status, string? code, string? message, bool inArray)
    {
        var name = code ?? status switch
        {
            400 => "INVALID_ARGUMENT",
            401 => "UNAUTHENTICATED",
            403 => "PERMISSION_DENIED",
            404 => "NOT_FOUND",
            429 => "RESOURCE_EXHAUSTED",
            503 => "UNAVAILABLE",
            504 => "DEADLINE_EXCEEDED",
            _ => "INTERNAL",
        };
        if (inArray)
            w.Write("["u8);
        w.Write($$"""
            {
              "error": {
                "code": {{status}},
                "message": "{{message ?? Wording(status)}}",
                "status": "{{JsonText.Escape(name)}}"
              }
            }

            """);
        if (inArray)
            w.Write("]"u8);
    }

    private static string Wording(int status) => status switch
    {
        400 => "The request is not valid.",
        403 => "You do not have access to this resource.",
        404 => "The requested resource does not exist.",
        413 => "Request exceeds the maximum size",
        429 => "Rate limit reached for requests. Please try again later.",
        503 => "The engine is currently overloaded, please try again later",
        529 => "Overloaded",
        >= 500 => "The server had an error while processing your request. Sorry about that!",
        _ => "The request could not be served.",
    };
}
