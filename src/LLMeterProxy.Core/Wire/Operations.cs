namespace LLMeterProxy.Core.Wire;

/// <summary>The names of operations: what a call does, from the route table. Stable: part of the API and of metrics.</summary>
public static class Operations
{
    public const string Chat = "chat";
    public const string Completions = "completions";
    public const string Responses = "responses";
    public const string Embeddings = "embeddings";
    public const string Messages = "messages";
    public const string GenerateContent = "generate_content";
    public const string Moderations = "moderations";
    public const string Rerank = "rerank";
    public const string Images = "images";
    public const string Transcription = "transcription";

    /// <summary>Speech to text in another language.</summary>
    public const string Translation = "translation";
    public const string Speech = "speech";

    /// <summary>Documents to text.</summary>
    public const string Ocr = "ocr";

    /// <summary>Bedrock's own chat format, whatever the model's vendor.</summary>
    public const string Converse = "converse";

    /// <summary>Bedrock and Vertex: the body is the model vendor's own format.</summary>
    public const string InvokeModel = "invoke_model";

    /// <summary>Vertex <c>:predict</c>: embeddings and images of older models.</summary>
    public const string Predict = "predict";

    /// <summary>Gemini's agents API.</summary>
    public const string Interactions = "interactions";

    /// <summary>Web search as an endpoint of its own (Perplexity).</summary>
    public const string Search = "search";

    /// <summary>Text classification (Cohere).</summary>
    public const string Classify = "classify";

    /// <summary>Model lists and model details; free.</summary>
    public const string Models = "models";

    /// <summary>Token counting; free.</summary>
    public const string CountTokens = "count_tokens";

    /// <summary>The facts of a past call by its id (OpenRouter); free.</summary>
    public const string Generation = "generation";

    /// <summary>Every known operation that is refused because no meter exists for it.</summary>
    public const string Other = "other";
}
