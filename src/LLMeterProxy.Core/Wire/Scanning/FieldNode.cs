namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>
/// One member of the tree of JSON paths that a <see cref="JsonFieldScanner"/> follows. Everything outside the tree is skipped
/// unread. One level of arrays is transparent: the elements of a member stand at its own path. Immutable and shared.
/// </summary>
internal sealed class FieldNode
{
    private readonly byte[] _name;
    private readonly FieldNode[] _children;

    private FieldNode(ReadOnlySpan<byte> name, FieldNode[] children)
    {
        _name = name.ToArray();
        _children = children;
    }

    /// <summary>Set where the member's value is reported; such a member is a leaf.</summary>
    public ResponseField Field { get; private init; }

    /// <summary>Set where the beginning of each element of the member is reported.</summary>
    public ResponseField Element { get; private init; }

    /// <summary>A string at this path is generated text, and its bytes are counted.</summary>
    public bool IsText { get; private init; }

    public static FieldNode Root(params FieldNode[] children) => new([], children);

    public static FieldNode Parent(ReadOnlySpan<byte> name, params FieldNode[] children) => new(name, children);

    public static FieldNode Value(ReadOnlySpan<byte> name, ResponseField field) => new(name, []) { Field = field };

    public static FieldNode Elements(ReadOnlySpan<byte> name, ResponseField element, params FieldNode[] children) =>
        new(name, children) { Element = element };

    public static FieldNode Text(ReadOnlySpan<byte> name, params FieldNode[] children) => new(name, children) { IsText = true };

    /// <returns>Null where the tree does not go on with that name.</returns>
    public FieldNode? Find(ReadOnlySpan<byte> name)
    {
        foreach (var child in _children)
        {
            if (name.SequenceEqual(child._name))
            {
                return child;
            }
        }

        return null;
    }
}
