using LLMeterProxy.Core.Pricing;

namespace LLMeterProxy.Cli.Prices;

/// <summary>The price files that a server of this configuration reads, without a server.</summary>
internal sealed class PriceFiles
{
    public const string OverrideSetting = "LLMeter:Prices:Override";

    private PriceFiles(PriceBook book, string? overridePath, byte[] overrides)
    {
        Book = book;
        OverridePath = overridePath;
        Overrides = overrides;
    }

    /// <summary>The shipped prices with the override file over them.</summary>
    public PriceBook Book { get; }

    /// <summary>Null where none is named.</summary>
    public string? OverridePath { get; }

    /// <summary>UTF-8; empty where there is no override file yet.</summary>
    public byte[] Overrides { get; }

    /// <param name="path">The override file; null takes the configured one.</param>
    /// <exception cref="CliException">The override file has errors: all of them, as the start of a server would say them.</exception>
    public static async Task<PriceFiles> ReadAsync(IConfiguration configuration, string? path, CancellationToken cancellationToken)
    {
        var file = path ?? (configuration[OverrideSetting] is { Length: > 0 } configured ? configured : null);
        var overrides = file is not null && File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellationToken) : [];
        return new PriceFiles(Validated(overrides, file), file, overrides);
    }

    /// <exception cref="CliException">The book has errors.</exception>
    public static PriceBook Validated(ReadOnlyMemory<byte> overrides, string? file)
    {
        var (book, errors) = PriceBookReader.Read(PriceBookSource.ShippedFile(), overrides);
        return book ?? throw new CliException(
            ExitCodes.Failed, $"{file ?? "The price file"} has errors:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", errors)}");
    }
}
