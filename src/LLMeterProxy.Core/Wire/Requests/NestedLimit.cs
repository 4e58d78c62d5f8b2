using System.Text;
using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Requests;

/// <summary>
/// An output limit that stands in an object of its own (<c>"generationConfig":{"maxOutputTokens":…}</c>): where a clamp can add
/// it, whether the body has the object, has it empty, has null in its place or has none. Immutable and shared.
/// </summary>
internal sealed class NestedLimit(string config, string limit)
{
    private static readonly byte[] _comma = ","u8.ToArray();
    private static readonly byte[] _close = "}"u8.ToArray();
    private static readonly byte[] _closeAndComma = "},"u8.ToArray();

    private readonly byte[] _limit = Encoding.UTF8.GetBytes($"\"{limit}\":");
    private readonly byte[] _configObject = Encoding.UTF8.GetBytes($"{{\"{limit}\":");
    private readonly byte[] _configMember = Encoding.UTF8.GetBytes($"\"{config}\":{{\"{limit}\":");

    /// <summary>As refusals name it.</summary>
    public string Path { get; } = $"{config}.{limit}";

    /// <summary>Before the body's members are read: without the object, a clamp adds all of it.</summary>
    public void OfferObject(RequestDraft draft) =>
        draft.OfferLimit(new BodySplice(draft.BodyStart, 0, _configMember), draft.BodyIsEmpty ? _close : _closeAndComma);

    /// <summary>At the value of the object's member.</summary>
    /// <returns>False where it is null: there are no members to read.</returns>
    /// <exception cref="RefusedBodyException">It is no object.</exception>
    public bool Enter(ref JsonWalk walk, RequestDraft draft)
    {
        if (walk.IsNull)
        {
            draft.OfferLimit(new BodySplice(walk.Start, walk.End - walk.Start, _configObject), _close);
            return false;
        }

        if (walk.Token != JsonTokenType.StartObject)
            throw RefusedBodyException.InvalidValue(config, "an object is expected");

        draft.OfferLimit(new BodySplice(walk.End, 0, _limit), walk.IsEmptyContainer ? default(ReadOnlyMemory<byte>) : _comma);
        return true;
    }
}
