namespace LLMeterProxy.Fuzz.Writing;

/// <summary>Usage objects of OpenAI's formats, from bare totals to every detail; some do not add up.</summary>
internal static class OpenAiUsageWriter
{
    /// <param name="isResponses">In the words of the Responses API.</param>
    public static string Write(WireWriter wire, Random random, bool isResponses)
    {
        if (random.Next(15) == 0)
        {
            return random.Next(2) == 0 ? "{}" : "{\"latency_checkpoint\":{\"engine_ttft_ms\":12}}";
        }

        var (input, output) = (random.Next(50_000), random.Next(5_000));
        var (cached, reasoning, audio) = (random.Next(input + 1), random.Next(output + 1), random.Next(4) == 0 ? random.Next(100) : 0);
        var beside = random.Next(6) switch { 0 => reasoning, 1 => audio, 2 => audio + reasoning, 3 => random.Next(1000), _ => 0 };
        var (inName, outName) = isResponses ? ("input_tokens", "output_tokens") : ("prompt_tokens", "completion_tokens");
        return wire.Object(
            ordered: false,
            (inName, Or(wire, random, input)),
            (outName, Or(wire, random, output)),
            ("total_tokens", random.Next(10) == 0 ? null : Or(wire, random, input + output + beside)),
            (inName + "_details", wire.Maybe(2, () => random.Next(10) == 0 ? "null" : wire.Object(
                ordered: false,
                ("cached_tokens", Or(wire, random, cached)),
                ("cache_write_tokens", wire.Maybe(4, () => wire.Count(input + 1))),
                ("audio_tokens", audio > 0 ? Or(wire, random, audio) : wire.Maybe(2, () => "0"))))),
            (outName + "_details", wire.Maybe(2, () => wire.Object(
                ordered: false,
                ("reasoning_tokens", Or(wire, random, reasoning)),
                ("audio_tokens", wire.Maybe(2, () => "0"))))));
    }

    private static string Or(WireWriter wire, Random random, int value) =>
        random.Next(60) == 0 ? wire.Count() : value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
