using System.CommandLine;
using System.Globalization;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Usage;

namespace LLMeterProxy.Cli;

/// <summary><c>usage</c></summary>
internal static class UsageVerb
{
    public static Command Build(CliSession session)
    {
        var tenant = new Option<string?>("--tenant");
        var from = new Option<string?>("--from") { Description = "ISO 8601, inclusive. Default: the start of the month." };
        var to = new Option<string?>("--to") { Description = "ISO 8601, exclusive. Default: the end of the month." };
        var groupBy = new Option<string?>("--group-by") { Description = "A comma list out of tenant, key, provider, model, operation, day, hour, tag. Default: tenant." };
        var zone = new Option<string?>("--time-zone") { Description = "IANA zone of days and of the default month." };
        var json = CliSession.JsonOption();
        var command = new Command("usage", "Sums usage and cost.") { tenant, from, to, groupBy, zone, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var groups = parse.GetValue(groupBy) ?? "tenant";
            var rows = await client.QueryUsageAsync(
                new Dictionary<string, string?>(StringComparer.Ordinal)
                {
                    ["tenant"] = parse.GetValue(tenant),
                    ["from"] = parse.GetValue(from),
                    ["to"] = parse.GetValue(to),
                    ["groupBy"] = groups,
                    ["timeZone"] = parse.GetValue(zone),
                },
                cancellationToken);
            if (parse.GetValue(json))
            {
                session.WriteJson(new PageResponse<UsageRowResponse>(rows, null), AdminJson.Default.PageResponseUsageRowResponse);
            }
            else
            {
                session.WriteTable(rows, [.. groups.Split(',', StringSplitOptions.TrimEntries).Select(Group), .. Figures()]);
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static (string Title, Func<UsageRowResponse, string?> Value) Group(string name) => (name, name switch
    {
        "tenant" => r => r.Tenant,
        "key" => r => r.Key,
        "provider" => r => r.Provider,
        "model" => r => r.Model,
        "operation" => r => r.Operation,
        "day" => r => r.Day,
        "hour" => r => r.Hour,
        _ => r => r.Tag,
    });

    private static (string Title, Func<UsageRowResponse, string?> Value)[] Figures() =>
    [
        ("requests", r => Count(r.Requests)),
        ("input", r => Count(r.InputTokens)),
        ("cached", r => Count(r.CacheReadTokens)),
        ("output", r => Count(r.OutputTokens)),
        ("cost USD", r => r.UnpricedRequests > 0 ? $"{r.CostUsd} + {Count(r.UnpricedRequests)} unpriced" : r.CostUsd),
    ];

    private static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
