using System.Text.Json;
using System.Text.Unicode;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>The frame around every reading of a body: what no dialect differs in.</summary>
internal static class RequestBody
{
    /// <summary>Reads the members of the top-level object into a draft; returns with the object's end as the current token.</summary>
    public delegate void MemberReader<TRules>(ref JsonWalk walk, RequestDraft draft, RouteMatch match, TRules rules);

    public static RequestReading Read<TRules>(RouteMatch match, ReadOnlySpan<byte> body, MemberReader<TRules> read, TRules rules)
    {
        if (match.Route.Method != "POST")
            return new RequestFacts { Model = match.Model };

        try
        {
            // All of it and not only what we read: a name with a broken byte could become a known one upstream (T39).
            if (!Utf8.IsValid(body) || SurrogateEscapes.HasLone(body))
                return JsonWalk.Malformed().Problem;

            var walk = new JsonWalk(body);
            var draft = new RequestDraft { Model = match.Model, Stream = match.StreamByPath };
            walk.Open();
            draft.BodyStart = walk.End;
            draft.BodyIsEmpty = walk.IsEmptyContainer;
            read(ref walk, draft, match, rules);
            walk.Close();
            return draft.Build(match.Route);
        }
        catch (RefusedBodyException refused)
        {
            return refused.Problem;
        }
        // A broken escape is an InvalidOperationException of the reader.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return JsonWalk.Malformed().Problem;
        }
    }
}
