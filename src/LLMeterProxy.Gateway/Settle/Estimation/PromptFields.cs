using System.Collections.Frozen;

namespace LLMeterProxy.Gateway.Settle.Estimation;

/// <summary>What the fields of request bodies are, in the names of all dialects. A field that is not listed is shown to the model.</summary>
internal static class PromptFields
{
    private static readonly FrozenSet<string> _settings = new[]
    {
        "model", "models", "role", "type", "id", "status", "phase", "index", "format", "detail", "store", "strict", "stream", "user", "metadata",
        "stop", "include", "voice", "provider", "plugins", "transforms", "route", "options", "container", "citations", "annotations", "signature",
        "tool_call_id", "tool_use_id", "toolUseId", "call_id", "item_id", "file_id", "cache_control", "cachePoint", "cachedContent",
        "mime_type", "mimeType", "media_type", "mediaType", "fileUri", "file_uri", "requestMetadata", "safety_identifier", "prompt_cache_key",
        "prompt_cache_retention", "service_tier", "serviceTier", "previous_response_id", "conversation", "thought_signature", "thoughtSignature",
        "encrypted_content", "encrypted_stdout", "encrypted_index", "stream_options", "reasoning", "reasoning_effort", "thinking_config", "thinkingConfig",
        "stop_sequences", "stopSequences", "encoding_format", "tool_choice", "toolChoice", "truncation", "modalities", "audio_config", "logit_bias",
        "safetySettings", "inferenceConfig", "inference_config", "anthropic_version", "anthropic_beta", "betas", "context_management", "keep_alive",
        "search_parameters", "web_search_options", "input_type", "embedding_types", "taskType", "task_type", "verbosity", "guardrailConfig",
        "guardrail_config", "performanceConfig",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> _tools = new[] { "tools", "functions", "toolConfig" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> _schemas = new[]
    {
        "response_format", "responseSchema", "response_schema", "responseJsonSchema", "output_format", "schema",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Settings, ids and marks.</summary>
    public static bool IsSetting(string name) => _settings.Contains(name);

    /// <summary>Definitions that are shown in a form of the provider's own.</summary>
    public static bool IsSchema(string name) => _schemas.Contains(name) || IsTools(name);

    public static bool IsTools(string name) => _tools.Contains(name);

    /// <summary>Arguments and results of tools.</summary>
    public static bool IsDocument(string name) => name is "input" or "args" or "arguments" or "response" or "json";

    /// <summary>Where a picture is, when it is not in the request itself.</summary>
    public static bool IsReference(string name) => name is "url" or "image_url" or "uri";
}
