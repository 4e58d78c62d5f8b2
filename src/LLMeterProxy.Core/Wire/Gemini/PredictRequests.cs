using System.Text.Json;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Requests;

namespace LLMeterProxy.Core.Wire.Gemini;

/// <summary>Reads requests of <c>:predict</c>: instances, and parameters of which one asks for a number of pictures.</summary>
internal static class PredictRequests
{
    // What Imagen makes where the request does not say.
    private const int DefaultSamples = 4;
    private const int MostSamples = 128;

    private static readonly FieldTable _fields = new(("instances", Field.Input), ("parameters", Field.GenerationConfig));

    private static readonly FieldTable _parameters = new(("sampleCount", Field.Choices));

    private static readonly FieldTable _media = new(
        ("bytesBase64Encoded", Field.InlinePart), ("gcsUri", Field.Url));

    public static RequestReading Read(RouteMatch match, ReadOnlySpan<byte> body) => RequestBody.Read(match, body, ReadMembers, 0);

    private static void ReadMembers(ref JsonWalk walk, RequestDraft draft, RouteMatch match, int rules)
    {
        long? samples = null;
        ulong seen = 0;
        while (walk.NextMember())
        {
            switch (walk.Take(_fields, ref seen))
            {
                case Field.Input:
                    ScanInstances(ref walk, draft);
                    break;
                case Field.GenerationConfig when walk.Token == JsonTokenType.StartObject:
                    samples = ReadSampleCount(ref walk);
                    break;
                default:
                    walk.Skip();
                    break;
            }
        }

        if (match.Model?.StartsWith("image", StringComparison.Ordinal) == true)
            draft.Units = [new UnitCount(UnitNames.Image, samples ?? DefaultSamples)];
    }

    private static long? ReadSampleCount(ref JsonWalk walk)
    {
        long? samples = null;
        ulong seen = 0;
        while (walk.NextMember())
        {
            if (walk.Take(_parameters, ref seen) == Field.Choices)
                samples = walk.ReadInteger("parameters.sampleCount", 1, MostSamples);
            else
                walk.Skip();
        }

        return samples;
    }

    private static void ScanInstances(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;

        var depth = walk.Depth;
        do
        {
            walk.Next();
            if (walk.Token != JsonTokenType.PropertyName || walk.Find(_media) == Field.Unknown)
                continue;

            walk.Next();
            if (walk.IsFilledString)
                draft.Hide("instances");
        }
        while (walk.Depth > depth);
    }
}
