using System.CommandLine;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Tenants;

namespace LLMeterProxy.Cli;

/// <summary><c>tenants add|list|import</c></summary>
internal static class TenantVerbs
{
    public static Command Build(CliSession session) => new("tenants", "Adds, lists and imports tenants.")
    {
        Add(session),
        List(session),
        Import(session),
    };

    private static Command Add(CliSession session)
    {
        var id = new Argument<string>("id") { Description = "Lower-case letters, digits, '.', '_' and '-'; never changes." };
        var name = new Option<string?>("--name") { Description = "Default: the id." };
        var zone = new Option<string?>("--time-zone") { Description = "IANA zone in which days and months are drawn. Default: the server's." };
        var plan = new Option<string?>("--plan") { Description = "A label of your own." };
        var json = CliSession.JsonOption();
        var command = new Command("add", "Adds a tenant.") { id, name, zone, plan, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var tenant = await client.AddTenantAsync(
                new TenantBody { Id = parse.GetRequiredValue(id), Name = parse.GetValue(name), TimeZone = parse.GetValue(zone), Plan = parse.GetValue(plan) },
                cancellationToken);
            if (parse.GetValue(json))
            {
                session.WriteJson(tenant, AdminJson.Default.TenantResponse);
            }
            else
            {
                await session.Output.WriteLineAsync($"Added {tenant.Id} ({tenant.TimeZone}). Next: llmeter keys issue {tenant.Id} --name app");
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List(CliSession session)
    {
        var json = CliSession.JsonOption();
        var command = new Command("list", "Lists the tenants.") { json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var tenants = await client.ListTenantsAsync(cancellationToken);
            if (parse.GetValue(json))
            {
                session.WriteJson(new PageResponse<TenantResponse>(tenants, null), AdminJson.Default.PageResponseTenantResponse);
            }
            else
            {
                session.WriteTable(
                    tenants,
                    ("id", t => t.Id),
                    ("name", t => t.Name),
                    ("time zone", t => t.TimeZone),
                    ("status", t => t.Status),
                    ("plan", t => t.Plan));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Import(CliSession session)
    {
        var file = new Argument<FileInfo>("file") { Description = "CSV with the columns id, name, zone, monthly limit in USD; a first line with these names is skipped." };
        var command = new Command("import", "Creates tenants, keys and monthly caps from a file; keys are written once to a file beside it.") { file };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var import = new TenantImport(client, session);
            return await import.RunAsync(parse.GetRequiredValue(file), cancellationToken);
        });
        return command;
    }
}
