using System.CommandLine;
using System.Globalization;
using LLMeterProxy.Core.Pricing.Catalogues;

namespace LLMeterProxy.Cli.Prices;

/// <summary><c>prices import</c>: compares a public catalogue with the price book, and takes it over when told to. Needs no server.</summary>
internal static class PriceImportVerb
{
    public static Command Build(CliSession session)
    {
        var file = new Argument<FileInfo>("file") { Description = "LiteLLM's model_prices_and_context_window.json, or the data of genai-prices." };
        var accept = new Option<bool>("--accept") { Description = "Write what is new and what changed. Without it nothing is written." };
        var output = new Option<string?>("--output") { Description = $"The price file to write. Default: {PriceFiles.OverrideSetting}." };
        var lists = new Option<string[]>("--list") { Description = "Only this price list; may be repeated.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("import", "Compares a public price catalogue with the price book, and takes it over.") { file, accept, output, lists };
        command.SetAction((parse, cancellationToken) => RunAsync(
            session, parse.GetRequiredValue(file), parse.GetValue(accept), parse.GetValue(output), parse.GetValue(lists) ?? [], session.Configuration(parse), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliSession session, FileInfo file, bool accept, string? output, string[] lists, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var catalogue = await ReadAsync(file, cancellationToken);
        var prices = await PriceFiles.ReadAsync(configuration, output, cancellationToken);
        if (accept && prices.OverridePath is null)
        {
            throw new CliException(ExitCodes.Usage, $"Name the file to write: --output FILE, or {PriceFiles.OverrideSetting}.");
        }

        var now = TimeProvider.System.GetUtcNow();
        var overrides = new OverrideFile(prices.Overrides, prices.Book, DateOnly.FromDateTime(now.UtcDateTime));
        var changes = CatalogueDiff.Compare(catalogue, prices.Book, overrides.IsOwn, now);
        if (lists.Length > 0)
        {
            changes = [.. changes.Where(c => lists.Contains(c.Model.List, StringComparer.Ordinal))];
        }

        var report = new PriceImportReport(session.Output);
        report.Write(catalogue, changes);
        var taken = changes.Where(c => c.Kind is CatalogueChangeKind.New or CatalogueChangeKind.Changed).ToList();
        if (!accept || taken.Count == 0)
        {
            await session.Output.WriteLineAsync(taken.Count == 0 ? "Nothing to take over." : "Nothing is written. --accept writes what is new and what changed.");
            return ExitCodes.Success;
        }

        foreach (var change in taken)
        {
            overrides.Take(change, catalogue.Name);
        }

        var bytes = overrides.ToBytes();
        var version = PriceFiles.Validated(bytes, prices.OverridePath).Version;
        await ReplaceAsync(prices.OverridePath!, bytes, cancellationToken);
        report.WriteDropped(overrides.Dropped);
        await session.Output.WriteLineAsync(
            $"Wrote {taken.Count.ToString(CultureInfo.InvariantCulture)} models into {Path.GetFullPath(prices.OverridePath!)}: price book {version}. A server reads it when it starts.");
        if (configuration[PriceFiles.OverrideSetting] is not { Length: > 0 } configured || Path.GetFullPath(configured) != Path.GetFullPath(prices.OverridePath!))
        {
            await session.Output.WriteLineAsync($"It is not the file that a server of this configuration reads: set {PriceFiles.OverrideSetting} to it.");
        }

        return ExitCodes.Success;
    }

    private static async Task<Catalogue> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            throw new CliException(ExitCodes.Usage, $"There is no file {file.FullName}.");
        }

        try
        {
            return CatalogueReader.Read(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
        }
        catch (FormatException exception)
        {
            throw new CliException(ExitCodes.Failed, $"{file.FullName} cannot be imported: {exception.Message} Nothing is changed.", exception);
        }
    }

    /// <summary>Whole or not at all: a server that starts meanwhile reads the old file or the new one.</summary>
    private static async Task ReplaceAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        var written = path + ".new";
        try
        {
            await File.WriteAllBytesAsync(written, bytes, cancellationToken);
            File.Move(written, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Failed, $"{path} cannot be written: {exception.Message} Nothing is changed.", exception);
        }
    }
}
