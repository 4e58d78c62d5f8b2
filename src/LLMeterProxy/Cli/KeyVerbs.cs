using System.CommandLine;
using System.Globalization;
using LLMeterProxy.AdminApi;
using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Keys;

namespace LLMeterProxy.Cli;

/// <summary><c>keys issue|list|revoke|rotate</c></summary>
internal static class KeyVerbs
{
    public static Command Build(CliSession session) => new("keys", "Issues, lists, revokes and rotates virtual keys.")
    {
        Issue(session),
        List(session),
        Revoke(session),
        Rotate(session),
    };

    private static Command Issue(CliSession session)
    {
        var tenant = new Argument<string>("tenant");
        var name = new Option<string>("--name") { Description = "What uses the key, for people.", Required = true };
        var models = new Option<string[]>("--model") { Description = "Restrict to this model; may end in '*'; may be repeated." };
        var providers = new Option<string[]>("--provider") { Description = "Restrict to this provider; may be repeated." };
        var operations = new Option<string[]>("--operation") { Description = "Restrict to this operation (chat, messages, …); may be repeated." };
        var expires = new Option<string?>("--expires") { Description = "ISO 8601 instant." };
        var gateway = GatewayOption();
        var json = CliSession.JsonOption();
        var command = new Command("issue", "Issues a key and prints how each SDK uses it.") { tenant, name, models, providers, operations, expires, gateway, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var key = await client.IssueKeyAsync(
                parse.GetRequiredValue(tenant),
                new KeyBody
                {
                    Name = parse.GetRequiredValue(name),
                    Models = AtLeastOne(parse.GetValue(models)),
                    Providers = AtLeastOne(parse.GetValue(providers)),
                    Operations = AtLeastOne(parse.GetValue(operations)),
                    ExpiresAt = parse.GetValue(expires),
                },
                cancellationToken);
            WriteSecret(session, parse, key, parse.GetValue(json), parse.GetValue(gateway));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command List(CliSession session)
    {
        var tenant = new Argument<string>("tenant");
        var json = CliSession.JsonOption();
        var command = new Command("list", "Lists a tenant's keys.") { tenant, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var keys = await client.ListKeysAsync(parse.GetRequiredValue(tenant), cancellationToken);
            if (parse.GetValue(json))
            {
                session.WriteJson(new PageResponse<KeyResponse>(keys, null), AdminJson.Default.PageResponseKeyResponse);
            }
            else
            {
                session.WriteTable(
                    keys,
                    ("id", k => k.Id),
                    ("name", k => k.Name),
                    ("prefix", k => k.Prefix),
                    ("status", k => k.Status),
                    ("expires", k => k.ExpiresAt?.ToString("u", CultureInfo.InvariantCulture)));
            }

            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Revoke(CliSession session)
    {
        var id = new Argument<string>("id");
        var command = new Command("revoke", "Revokes a key for good.") { id };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            await client.RevokeKeyAsync(parse.GetRequiredValue(id), cancellationToken);
            await session.Output.WriteLineAsync($"Revoked {parse.GetRequiredValue(id)}.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Command Rotate(CliSession session)
    {
        var id = new Argument<string>("id");
        var grace = new Option<long>("--grace") { Description = "Seconds for which the old secret stays valid. Default 0." };
        var gateway = GatewayOption();
        var json = CliSession.JsonOption();
        var command = new Command("rotate", "Replaces a key's secret; id, spend and limits stay.") { id, grace, gateway, json };
        command.SetAction(async (parse, cancellationToken) =>
        {
            using var client = session.Connect(parse);
            var key = await client.RotateKeyAsync(parse.GetRequiredValue(id), parse.GetValue(grace), cancellationToken);
            WriteSecret(session, parse, key, parse.GetValue(json), parse.GetValue(gateway));
            return ExitCodes.Success;
        });
        return command;
    }

    private static Option<string?> GatewayOption() =>
        new("--gateway") { Description = "The gateway's address as clients reach it. Default: LLMeter:Listen:Gateway." };

    private static string[]? AtLeastOne(string[]? values) => values is { Length: > 0 } ? values : null;

    private static void WriteSecret(CliSession session, ParseResult parse, KeyResponse key, bool json, string? gateway)
    {
        if (json)
        {
            session.WriteJson(key, AdminJson.Default.KeyResponse);
            return;
        }

        var url = gateway ?? CliConfiguration.Connectable(session.Configuration(parse)["LLMeter:Listen:Gateway"] ?? CliConfiguration.DefaultGateway);
        session.Output.WriteLine($"Key {key.Id} ({key.Name}) of {key.Tenant}. The secret is shown this once:");
        session.Output.WriteLine();
        session.Output.WriteLine($"  {key.Key}");
        session.Output.WriteLine();
        foreach (var line in SdkLines.For(url.TrimEnd('/'), key.Key ?? ""))
        {
            session.Output.WriteLine(line);
        }
    }
}
