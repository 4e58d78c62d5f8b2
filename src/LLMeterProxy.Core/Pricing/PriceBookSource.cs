namespace LLMeterProxy.Core.Pricing;

/// <summary>Holds the price book in force. A file with errors leaves the last good book where it is (A58). Thread-safe.</summary>
public sealed class PriceBookSource(PriceBook first) : IPriceBookSource
{
    private const string ResourceName = "LLMeterProxy.Core.Pricing.prices.json";

    private volatile PriceBook _current = first;

    public PriceBook Current => _current;

    /// <summary>The shipped price file, UTF-8, as it lies in this assembly.</summary>
    public static byte[] ShippedFile()
    {
        using var stream = typeof(PriceBookSource).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"The resource {ResourceName} is missing.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>A source that starts with the shipped prices.</summary>
    /// <exception cref="InvalidOperationException">The shipped file has errors: a broken build.</exception>
    public static PriceBookSource FromEmbedded()
    {
        var (book, errors) = PriceBookReader.Read(ShippedFile());
        return new PriceBookSource(book ?? throw new InvalidOperationException("The shipped prices have errors: " + string.Join("; ", errors)));
    }

    /// <summary>Puts the shipped prices with a user's override file over them in force.</summary>
    /// <param name="overrides">UTF-8; empty for the shipped prices alone.</param>
    /// <returns>Empty where the new book is in force; else what is wrong, and the book before stays.</returns>
    public IReadOnlyList<PriceBookError> Apply(ReadOnlyMemory<byte> overrides)
    {
        var (book, errors) = PriceBookReader.Read(ShippedFile(), overrides);
        if (book is not null)
        {
            _current = book;
        }

        return errors;
    }
}
