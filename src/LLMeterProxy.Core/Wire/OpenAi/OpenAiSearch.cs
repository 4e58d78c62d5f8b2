using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// Web search within a chat call: billed by call, at a price by the size of the search context, and counted in no usage.
/// Source: OpenAI's guide to web search with chat completions, whose models search before every answer.
/// </summary>
internal static class OpenAiSearch
{
    private const int LongestSize = 32;
    private const string DefaultSize = "medium";

    private static readonly FieldTable _options = new(("search_context_size", Field.SearchContextSize));

    public static bool IsSearchModel(string? model) =>
        model is not null && (model.Contains("-search-preview", StringComparison.Ordinal) || model.Contains("-search-api", StringComparison.Ordinal));

    /// <summary>Reads <c>web_search_options</c>: where they are given at all, the call searches.</summary>
    public static void Read(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.IsNull)
            return;
        if (walk.Token != JsonTokenType.StartObject)
            throw RefusedBodyException.InvalidValue("web_search_options", "an object is expected");

        var size = DefaultSize;
        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_options, ref seen) == Field.SearchContextSize)
                size = walk.ReadString("web_search_options.search_context_size", LongestSize) is { Length: > 0 } asked ? asked : DefaultSize;
            else
                walk.Skip();
        }

        Add(draft, size);
    }

    /// <summary>Notes the one search of a search model; nothing where the options have said so already.</summary>
    public static void AddOne(RequestDraft draft)
    {
        if (draft.Units.Count == 0)
            Add(draft, DefaultSize);
    }

    private static void Add(RequestDraft draft, string size)
    {
        draft.AddUnit(UnitNames.Qualified(UnitNames.WebSearch, size), 1);
        draft.UseServerTool("web_search", mostCalls: 1);
    }
}
