using System.Globalization;
using System.Text;
using LLMeterProxy.AdminApi.Budgets;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Keys;
using LLMeterProxy.AdminApi.Tenants;

namespace LLMeterProxy.Cli;

/// <summary>
/// <c>tenants import</c>: checks every row before it creates anything. Each key is on disk before the next tenant is made,
/// so that an import that breaks off loses no key.
/// </summary>
internal sealed class TenantImport(AdminClient client, CliSession session)
{
    private const string KeyName = "default";
    private const string BudgetName = "main";

    public async Task<int> RunAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            throw new CliException(ExitCodes.Usage, $"There is no file {file.FullName}.");
        }

        var keysFile = Path.Combine(file.DirectoryName ?? ".", Path.GetFileNameWithoutExtension(file.Name) + ".keys.csv");
        if (File.Exists(keysFile))
        {
            throw new CliException(ExitCodes.Usage, $"{keysFile} exists; it may hold the only copy of keys. Move it away first.");
        }

        var taken = (await client.ListTenantsAsync(cancellationToken)).Select(t => t.Id).ToHashSet(StringComparer.Ordinal);
        var rows = Read(await File.ReadAllTextAsync(file.FullName, cancellationToken), taken);
        await using var keys = CreatePrivate(keysFile);
        await keys.WriteLineAsync("tenant,key id,key");
        foreach (var row in rows)
        {
            await client.AddTenantAsync(new TenantBody { Id = row.Id, Name = row.Name, TimeZone = row.Zone }, cancellationToken);

            // The cap first: there is no key yet that could spend without it.
            if (row.Limit is { } limit)
            {
                await client.PutBudgetAsync(row.Id, BudgetName, new BudgetBody { Window = "month", LimitUsd = limit }, cancellationToken);
            }

            var key = await client.IssueKeyAsync(row.Id, new KeyBody { Name = KeyName }, cancellationToken);
            await keys.WriteLineAsync($"{row.Id},{key.Id},{key.Key}");
            await keys.FlushAsync(cancellationToken);
        }

        await session.Output.WriteLineAsync($"Imported {rows.Count.ToString(CultureInfo.InvariantCulture)} tenants. Their keys are in {keysFile}, and nowhere else.");
        return ExitCodes.Success;
    }

    private static List<ImportRow> Read(string text, HashSet<string> taken)
    {
        var rows = new List<ImportRow>();
        var errors = new List<string>();
        foreach (var (line, cells) in CsvLines.Read(text))
        {
            if (rows.Count == 0 && errors.Count == 0 && string.Equals(cells[0], "id", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (ImportRow.Read(cells, taken, out var row) is { } wrong)
            {
                errors.Add($"line {line.ToString(CultureInfo.InvariantCulture)}: {wrong}");
            }
            else
            {
                rows.Add(row!);
            }
        }

        return errors.Count == 0
            ? rows
            : throw new CliException(ExitCodes.Failed, string.Join(Environment.NewLine, [.. errors, "Nothing was created."]));
    }

    /// <summary>Born 0600: the mode is set at creation, so that there is no instant at which others could open it.</summary>
    private static StreamWriter CreatePrivate(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new StreamWriter(file, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), options);
    }

    private sealed record ImportRow(string Id, string? Name, string? Zone, UsdAmount? Limit)
    {
        /// <returns>What is wrong; null where nothing is.</returns>
        public static string? Read(IReadOnlyList<string> cells, HashSet<string> taken, out ImportRow? row)
        {
            row = null;
            if (cells.Count > 4)
            {
                return "has more than the columns id, name, zone, monthly limit";
            }

            string? Cell(int i) => i < cells.Count && cells[i].Length > 0 ? cells[i] : null;
            if (Cell(0) is not { } id || !Fields.IsIdentifier(id))
            {
                return "the id must match [a-z0-9][a-z0-9._-]{0,62}";
            }

            if (!taken.Add(id))
            {
                return $"the tenant {id} exists, or is in the file twice";
            }

            if (Cell(2) is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            {
                return $"'{zone}' is no IANA time zone";
            }

            UsdAmount? limit = null;
            if (Cell(3) is { } text)
            {
                if (!UsdAmount.TryParse(text, out var amount) || amount.Nano.Value < 0)
                {
                    return $"'{text}' is no amount in USD";
                }

                limit = amount;
            }

            row = new ImportRow(id, Cell(1), Cell(2), limit);
            return null;
        }
    }
}
