using System.Text.Json;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Bedrock;

/// <summary>What Converse and the native formats have in common in a request.</summary>
internal static class BedrockContent
{
    private static readonly FieldTable _names = new(
        ("s3Location", Field.FileUrl), ("bytes", Field.InlinePart), ("image_url", Field.ImageUrl), ("file_id", Field.FileId),
        ("media_type", Field.MediaType), ("inputImage", Field.MediaUrl));

    /// <summary>Finds input whose tokens the body's length does not tell: images, documents and videos, inline or in S3.</summary>
    public static void Scan(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = walk.Depth;
        do
        {
            walk.Next();
            if (walk.Token != JsonTokenType.PropertyName)
                continue;

            var field = walk.Find(_names);
            if (field == Field.Unknown)
                continue;

            var name = draft.HiddenInput is null ? walk.Name() : "";
            walk.Next();
            var isHidden = field switch
            {
                Field.FileUrl => walk.Token == JsonTokenType.StartObject,
                Field.ImageUrl => walk.Token == JsonTokenType.StartObject || walk.IsFilledString,
                Field.MediaType => walk.IsString("application/pdf"u8) || walk.StringStartsWith("image/"u8),
                _ => walk.IsFilledString,
            };
            if (isHidden && draft.HiddenInput is null)
                draft.Hide(name);
        }
        while (walk.Depth > depth);
    }

    /// <summary>Reads a body that decides nothing: it is only made sure that it is JSON.</summary>
    public static RequestReading ReadUnread(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(
        match,
        body,
        static (ref JsonWalk walk, RequestDraft _, RouteMatch _, int _) =>
        {
            while (walk.NextMember())
            {
                walk.Next();
                walk.Skip();
            }
        },
        0);

    /// <summary>Converse's tools, which Nova's native format has too: all are the client's but those of the system.</summary>
    public static void ReadToolConfig(ref JsonWalk walk, RequestDraft draft, FieldTable fields)
    {
        if (walk.Token != JsonTokenType.StartObject)
        {
            walk.Skip();
            return;
        }

        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(fields, ref seen) == Field.Tools)
                ReadTools(ref walk, draft);
            else
                walk.Skip();
        }
    }

    private static void ReadTools(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token != JsonTokenType.StartArray)
        {
            walk.Skip();
            return;
        }

        while (walk.NextElement())
        {
            if (walk.Token != JsonTokenType.StartObject)
                throw RefusedBodyException.InvalidValue("toolConfig.tools", "an array of objects is expected");
            while (walk.NextMember())
            {
                var name = walk.Name();
                walk.Next();
                if (name == "systemTool" && !walk.IsNull)
                    draft.UseServerTool(name);
                walk.Skip();
            }
        }
    }
}
