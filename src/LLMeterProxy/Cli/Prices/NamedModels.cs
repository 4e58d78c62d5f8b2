using System.Globalization;

namespace LLMeterProxy.Cli.Prices;

/// <summary>Reads a file of lines <c>provider model</c>; empty lines and lines that begin with <c>#</c> are skipped.</summary>
internal static class NamedModels
{
    public static async Task<IReadOnlyList<NamedModel>> ReadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            throw new CliException(ExitCodes.Usage, $"There is no file {file.FullName}.");
        }

        var models = new List<NamedModel>();
        var number = 0;
        foreach (var line in await File.ReadAllLinesAsync(file.FullName, cancellationToken))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text.StartsWith('#'))
            {
                continue;
            }

            var cut = text.AsSpan().IndexOfAny(' ', '\t');
            if (cut < 0)
            {
                throw new CliException(
                    ExitCodes.Usage, $"{file.FullName}, line {number.ToString(CultureInfo.InvariantCulture)}: write a provider, a space and a model, not '{text}'.");
            }

            models.Add(new NamedModel(text[..cut], text[cut..].Trim()));
        }

        return models;
    }
}
