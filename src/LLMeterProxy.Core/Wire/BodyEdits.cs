namespace LLMeterProxy.Core.Wire;

/// <summary>Applies the edits of a request body. Every byte outside an edit stays as the client sent it.</summary>
public static class BodyEdits
{
    /// <param name="edits">In any order; they do not overlap. Two insertions at the same place keep the order in which they are given.</param>
    /// <returns>The edited body; a new array also where there is no edit.</returns>
    public static byte[] Apply(ReadOnlySpan<byte> body, params ReadOnlySpan<BodySplice> edits)
    {
        Span<BodySplice> ordered = edits.Length <= 8 ? new BodySplice[8].AsSpan(0, edits.Length) : new BodySplice[edits.Length];
        var length = body.Length;
        for (var i = 0; i < edits.Length; i++)
        {
            var at = i;
            for (; at > 0 && ordered[at - 1].Start > edits[i].Start; at--)
                ordered[at] = ordered[at - 1];
            ordered[at] = edits[i];
            length += edits[i].Replacement.Length - edits[i].Length;
        }

        var result = new byte[length];
        var target = result.AsSpan();
        var read = 0;
        foreach (var edit in ordered)
        {
            var kept = body[read..edit.Start];
            kept.CopyTo(target);
            edit.Replacement.Span.CopyTo(target[kept.Length..]);
            target = target[(kept.Length + edit.Replacement.Length)..];
            read = edit.Start + edit.Length;
        }

        body[read..].CopyTo(target);
        return result;
    }

    /// <summary>The edits that hold every output limit of a body to <paramref name="limit"/>; a lower one stays as it is.</summary>
    /// <param name="limit">Tokens per choice, at least 1.</param>
    /// <returns>Empty where the operation has no output limit, or every one that the body names is low enough.</returns>
    public static IReadOnlyList<BodySplice> Clamp(RequestFacts facts, ReadOnlySpan<byte> body, long limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        var number = System.Text.Encoding.ASCII.GetBytes(limit.ToString());
        if (facts.OutputLimits.Count == 0)
        {
            if (facts.OutputLimitInsertion is not { } insertion || facts.MaxOutputTokens <= limit)
                return [];
            return [insertion with { Replacement = (byte[])[.. insertion.Replacement.Span, .. number, .. facts.OutputLimitSuffix.Span] }];
        }

        var edits = new List<BodySplice>(facts.OutputLimits.Count);
        foreach (var place in facts.OutputLimits)
        {
            if (!System.Buffers.Text.Utf8Parser.TryParse(body.Slice(place.Start, place.Length), out long named, out _) || named > limit)
                edits.Add(place with { Replacement = number });
        }

        return edits;
    }
}
