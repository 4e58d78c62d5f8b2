using System.Text.Json;
using LLMeterProxy.Core.Wire.Problems;
using LLMeterProxy.Core.Wire.Requests;
using LLMeterProxy.Core.Wire.Requests.Multipart;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>Reads requests in OpenAI's format: chat, completions, responses, embeddings and the free ones.</summary>
internal static class OpenAiRequests
{
    private static readonly FieldTable _generation = new(
        ("model", Field.Model), ("messages", Field.Messages), ("prompt", Field.Prompt), ("stream", Field.Stream),
        ("stream_options", Field.StreamOptions), ("max_tokens", Field.MaxTokens), ("max_completion_tokens", Field.MaxCompletionTokens),
        ("n", Field.Choices), ("best_of", Field.BestOf), ("service_tier", Field.ServiceTier), ("user", Field.User),
        ("safety_identifier", Field.SafetyIdentifier), ("tools", Field.Tools), ("web_search_options", Field.WebSearchOptions),
        ("store", Field.Store), ("usage", Field.Usage), ("models", Field.Models), ("plugins", Field.Plugins),
        ("preset", Field.Preset), ("extra_body", Field.ExtraBody), ("data_sources", Field.DataSources), ("deferred", Field.Deferred),
        ("agent_id", Field.AgentId),
        // A body of the Responses API on a chat path, as Cursor sends it. Its limit is not believed: a server that reads the body
        // as a chat ignores it.
        ("input", Field.Input), ("background", Field.Background), ("previous_response_id", Field.PreviousResponseId),
        ("conversation", Field.Conversation));

    private static readonly FieldTable _responses = new(
        ("model", Field.Model), ("input", Field.Input), ("stream", Field.Stream), ("max_output_tokens", Field.MaxOutputTokens),
        ("service_tier", Field.ServiceTier), ("user", Field.User), ("safety_identifier", Field.SafetyIdentifier),
        ("tools", Field.Tools), ("max_tool_calls", Field.MaxToolCalls), ("prompt", Field.Prompt), ("background", Field.Background),
        ("previous_response_id", Field.PreviousResponseId), ("conversation", Field.Conversation), ("store", Field.Store),
        ("usage", Field.Usage), ("models", Field.Models), ("plugins", Field.Plugins), ("preset", Field.Preset));

    private static readonly FieldTable _other = new(
        ("model", Field.Model), ("user", Field.User), ("safety_identifier", Field.SafetyIdentifier), ("models", Field.Models));

    private static readonly FieldTable _streamOptions = new(("include_usage", Field.IncludeUsage));

    private static readonly byte[] _comma = ","u8.ToArray();
    private static readonly byte[] _true = "true"u8.ToArray();
    private static readonly byte[] _streamOptionsMember = "\"stream_options\":{\"include_usage\":true},"u8.ToArray();
    private static readonly byte[] _streamOptionsObject = "{\"include_usage\":true}"u8.ToArray();
    private static readonly byte[] _includeUsage = "\"include_usage\":true"u8.ToArray();
    private static readonly byte[] _includeUsageAndMore = "\"include_usage\":true,"u8.ToArray();
    private static readonly byte[] _maxTokens = "\"max_tokens\":"u8.ToArray();
    private static readonly byte[] _maxCompletionTokens = "\"max_completion_tokens\":"u8.ToArray();
    private static readonly byte[] _maxOutputTokens = "\"max_output_tokens\":"u8.ToArray();

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body, OpenAiRules rules, string? contentType = null) =>
        match.Route.Form.HasFlag(RequestForm.Multipart) && MultipartBody.IsMultipart(contentType) ? OpenAiForms.Read(match, body, contentType, rules)
        : OpenAiMediaRequests.Reads(match.Route.Operation) ? RequestBody.Read(match, body, OpenAiMediaRequests.ReadMembers, rules)
        : RequestBody.Read(match, body, ReadMembers, rules);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, OpenAiRules rules)
    {
        var operation = match.Route.Operation;
        var table = operation switch
        {
            Operations.Chat or Operations.Completions => _generation,
            Operations.Responses => _responses,
            _ => _other,
        };
        var limit = operation switch
        {
            Operations.Chat => rules.ChatLimit,
            Operations.Completions => "max_tokens",
            Operations.Responses => "max_output_tokens",
            _ => null,
        };

        draft.UsageSplice = new BodySplice(draft.BodyStart, 0, _streamOptionsMember);
        if (limit is not null)
        {
            draft.OfferLimit(new BodySplice(draft.BodyStart, 0, LimitMember(limit)), _comma);
        }

        ulong seen = 0;
        var hasInput = false;
        var hasMessages = false;
        while (walk.NextMember())
        {
            var field = walk.Take(table, ref seen, rules.RefusesFoldedNames);
            hasInput |= field == Field.Input;
            hasMessages |= field == Field.Messages;
            if (field == Field.Model && rules.IgnoresModelBesidePath && match.Model is not null)
                walk.Skip();
            else
                ReadMember(ref walk, draft, field, operation, limit, rules);
        }

        if (operation == Operations.Chat && hasInput && !hasMessages)
        {
            // That API always states its usage, and answers the options of a chat with a 400.
            draft.RefusesStreamOptions = true;
            draft.OfferNoLimit();
        }

        if (!(rules.AsksForUsage && draft.Stream && table == _generation) || draft.IncludeUsage == true || draft.RefusesStreamOptions)
            draft.UsageSplice = null;
        if (operation == Operations.Chat && rules.SearchesByCall && OpenAiSearch.IsSearchModel(draft.Model))
            OpenAiSearch.AddOne(draft);
        if (operation == Operations.Completions)
            draft.MaxOutputTokens ??= rules.CompletionLimit;
    }

    private static void ReadMember(
        ref JsonWalk walk, RequestDraft draft, Field field, string operation, string? limit, OpenAiRules rules)
    {
        switch (field)
        {
            case Field.Model:
                draft.ReadModel(ref walk);
                break;
            case Field.Models:
                draft.ReadOtherModels(ref walk);
                break;
            case Field.Stream:
                draft.Stream = walk.ReadBool("stream") ?? false;
                break;
            case Field.StreamOptions:
                ReadStreamOptions(ref walk, draft, rules);
                break;
            case Field.MaxTokens:
                draft.ReadOutputLimit(ref walk, "max_tokens", replacesNull: limit == "max_tokens");
                break;
            case Field.MaxCompletionTokens:
                draft.ReadOutputLimit(ref walk, "max_completion_tokens", replacesNull: limit == "max_completion_tokens");
                break;
            case Field.MaxOutputTokens:
                draft.ReadOutputLimit(ref walk, "max_output_tokens", replacesNull: limit == "max_output_tokens");
                break;
            case Field.Choices:
                draft.ReadChoices(ref walk, "n");
                break;
            case Field.BestOf:
                draft.ReadChoices(ref walk, "best_of");
                break;
            case Field.ServiceTier:
                draft.ReadServiceTier(ref walk, "service_tier");
                break;
            case Field.User or Field.SafetyIdentifier:
                draft.ReadEndUser(ref walk);
                walk.Skip();
                break;
            case Field.Messages or Field.Input or Field.ExtraBody:
                OpenAiContent.Scan(ref walk, draft);
                break;
            case Field.Prompt when operation == Operations.Responses:
                draft.HideUnlessEmpty(ref walk, "prompt");
                break;
            case Field.Prompt:
                draft.Prompts = CountPrompts(ref walk);
                break;
            case Field.PreviousResponseId:
                draft.HideUnlessEmpty(ref walk, "previous_response_id");
                break;
            case Field.Conversation:
                draft.HideUnlessEmpty(ref walk, "conversation");
                break;
            case Field.Preset:
                draft.HideUnlessEmpty(ref walk, "preset");
                break;
            case Field.Tools:
                OpenAiTools.Read(ref walk, draft);
                break;
            case Field.MaxToolCalls:
                draft.MaxToolCalls = walk.ReadInteger("max_tool_calls", 0, int.MaxValue);
                break;
            case Field.WebSearchOptions when operation == Operations.Chat && rules.SearchesByCall:
                OpenAiSearch.Read(ref walk, draft);
                break;
            case Field.DataSources:
                // Azure's "on your data" answers a call that asks for usage with a 400.
                draft.RefusesStreamOptions = true;
                walk.Skip();
                break;
            case Field.Deferred:
                if (walk.ReadBool("deferred") == true)
                    throw new RefusedBodyException(ProblemCode.EndpointNotMetered, "Deferred completions are not metered here; send the call without 'deferred'.", "deferred");
                break;
            case Field.AgentId:
                // An agent stands for the model that it was made with; the answer names that.
                if (walk.ReadString("agent_id", 256) is { Length: > 0 } agent && draft.Model is null)
                    draft.TakeModel(agent);
                break;
            case Field.WebSearchOptions or Field.Plugins:
                if (!walk.IsNull)
                    draft.UseServerTool(field == Field.Plugins ? "plugins" : "web_search");
                walk.Skip();
                break;
            case Field.Background:
                if (walk.ReadBool("background") == true)
                    throw new RefusedBodyException(ProblemCode.EndpointNotMetered, "Background responses are not metered here; send the call without 'background'.", "background");
                break;
            default:
                walk.Skip();
                break;
        }
    }

    private static byte[] LimitMember(string limit) => limit switch
    {
        "max_completion_tokens" => _maxCompletionTokens,
        "max_output_tokens" => _maxOutputTokens,
        _ => _maxTokens,
    };

    private static void ReadStreamOptions(ref JsonWalk walk, RequestDraft draft, OpenAiRules rules)
    {
        if (walk.IsNull)
        {
            draft.UsageSplice = new BodySplice(walk.Start, walk.End - walk.Start, _streamOptionsObject);
            return;
        }

        if (walk.Token != JsonTokenType.StartObject)
            throw RefusedBodyException.InvalidValue("stream_options", "an object is expected");

        draft.UsageSplice = new BodySplice(
            walk.End, 0, walk.IsEmptyContainer ? _includeUsage : _includeUsageAndMore);
        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_streamOptions, ref seen, rules.RefusesFoldedNames) == Field.IncludeUsage)
            {
                draft.IncludeUsage = walk.ReadBool("stream_options.include_usage");
                draft.UsageSplice = new BodySplice(walk.Start, walk.End - walk.Start, _true);
            }
            else
            {
                walk.Skip();
            }
        }
    }

    // A string, an array of strings, an array of tokens (one prompt) or an array of arrays of tokens.
    private static long CountPrompts(ref JsonWalk walk)
    {
        if (walk.Token != JsonTokenType.StartArray)
        {
            walk.Skip();
            return 1;
        }

        var prompts = 0L;
        while (walk.NextElement())
        {
            if (walk.Token is JsonTokenType.String or JsonTokenType.StartArray)
                prompts++;
            walk.Skip();
        }

        return Math.Max(1, prompts);
    }
}
