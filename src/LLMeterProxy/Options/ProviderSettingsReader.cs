using System.Net;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway.Route;

namespace LLMeterProxy.Options;

/// <summary>Reads <c>LLMeter:Providers</c>; the providers' own environment variables enable a provider by themselves.</summary>
internal static class ProviderSettingsReader
{
    private static readonly string[] _versions = ["/api/v1", "/openai/v1", "/compatibility/v1", "/v1beta1", "/v1beta", "/v1", "/v2"];

    public static IReadOnlyList<ProviderSettings> Read(SettingsSection section, IConfiguration environment, IDialectCatalog dialects)
    {
        var providers = new List<ProviderSettings>();
        foreach (var name in section.ChildNames())
        {
            if (ReadOne(section.Child(name), section, name, environment, dialects) is { } provider)
            {
                providers.Add(provider);
            }
        }

        foreach (var dialect in dialects.All)
        {
            var region = dialect.Kind == "bedrock" ? environment[AwsCredentialReader.RegionVariable] : null;
            if (BaseUrlFrom(environment, dialect, region) is { } baseUrl
                && KeyFrom(environment, dialect) is { } key
                && !providers.Exists(p => string.Equals(p.Name, dialect.Kind, StringComparison.Ordinal)))
            {
                providers.Add(new ProviderSettings
                {
                    Name = dialect.Kind,
                    Kind = dialect.Kind,
                    BaseUrl = ReadBaseUrl(section.Child(dialect.Kind), dialect, baseUrl),
                    ApiKeys = [key],
                    Region = region,
                    PreferProviderCost = dialect.StatesExactCost,
                });
            }
        }

        return providers;
    }

    private static ProviderSettings? ReadOne(
        SettingsSection provider, SettingsSection all, string name, IConfiguration environment, IDialectCatalog dialects)
    {
        var errors = provider.Errors.Count;
        if (!IsName(name))
        {
            all.Fail(name, null, "is not a provider name.", "Use lower-case letters, digits, '.', '_' and '-', at most 63; 'llmeter' is taken.");
        }

        var kind = provider.Text("Kind") ?? name;
        var dialect = dialects.Find(kind);
        if (dialect is null)
        {
            provider.Fail("Kind", kind, "is not a kind of provider.", $"Write one of {string.Join(", ", dialects.All.Select(d => d.Kind))}.");
        }

        var keys = provider.List("ApiKeys");
        if (keys.Count == 0 && dialect is not null && name == dialect.Kind && KeyFrom(environment, dialect) is { } fromEnvironment)
        {
            keys = [fromEnvironment];
        }

        var isAws = dialect?.Kind == "bedrock";
        var account = GoogleAccountReader.Read(provider, environment, isOwn: dialect?.Kind == "vertex");
        var region = provider.Text("Region") ?? (isAws ? environment[AwsCredentialReader.RegionVariable] : account.Region);
        var errorsBefore = provider.Errors.Count;
        var aws = AwsCredentialReader.Read(provider, region, isAws);
        var hasOther = aws is not null || account.ServiceAccountFile is not null || provider.Errors.Count > errorsBefore;
        if (keys.Count == 0 && !hasOther && dialect?.NeedsApiKey == true)
        {
            var orElse = dialect.Kind switch
            {
                "bedrock" => ", or an access key as AccessKeyId and SecretAccessKey",
                "vertex" => $", or a service account's key file as {provider.Path}:ServiceAccountFile",
                _ => "",
            };
            provider.Fail("ApiKeys", null, "is empty.", $"Add the provider's key as {provider.Path}:ApiKeys:0{orElse}.");
        }

        var retry = provider.Child("Retry");
        var standard = dialect is null ? null : name == dialect.Kind ? BaseUrlFrom(environment, dialect, region) : dialect.BaseUrlOf(region);
        var baseUrl = ReadBaseUrl(provider, dialect, standard);
        var settings = new ProviderSettings
        {
            Name = name,
            Kind = dialect?.Kind ?? kind,
            BaseUrl = baseUrl,
            ApiKeys = keys,
            OnDisconnect = provider.Text("OnDisconnect") is null ? null : provider.Choice("OnDisconnect", DisconnectPolicy.Drain),
            MaxRetries = (int)retry.Number("MaxAttempts", 2, 0, 10),
            RetryOnStatus = ReadStatuses(retry),
            ForwardHeaders = provider.List("ForwardHeaders"),
            PriceList = provider.Text("PriceList"),
            Models = provider.Map("Models"),
            Region = region,
            Project = account.Project,
            ServiceAccountFile = account.ServiceAccountFile,
            Aws = aws,
            PreferProviderCost = provider.Flag("PreferProviderCost", dialect?.StatesExactCost == true),
            ConnectTimeout = provider.Duration("ConnectTimeout", TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(2)),
        };
        return provider.Errors.Count == errors ? settings : null;
    }

    private static string? KeyFrom(IConfiguration environment, IDialect dialect) =>
        dialect.ApiKeyVariable is { } variable && environment[variable] is { Length: > 0 } key ? key
        : dialect.OtherApiKeyVariable is { } other && environment[other] is { Length: > 0 } otherKey ? otherKey
        : null;

    private static string? BaseUrlFrom(IConfiguration environment, IDialect dialect, string? region) =>
        dialect.BaseUrlOf(region) ?? (dialect.BaseUrlVariable is { } variable && environment[variable] is { Length: > 0 } address ? address : null);

    private static Uri ReadBaseUrl(SettingsSection provider, IDialect? dialect, string? standard)
    {
        var nowhere = new Uri("http://127.0.0.1:9");
        var text = provider.Text("BaseUrl") ?? standard;
        if (text is null)
        {
            var fix = dialect?.BaseUrlOf("us-east-1") is null ? "Write the origin, such as https://llm.example.com." : "Write the origin, or the region in Region.";
            provider.Fail("BaseUrl", null, "is missing, and the kind has no address of its own.", fix);
            return nowhere;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Query.Length > 0 || url.UserInfo.Length > 0)
        {
            // What stands before an at-sign or behind a question mark may be a secret, and this message is printed.
            var shown = text.AsSpan().ContainsAny('@', '?') ? null : text;
            provider.Fail("BaseUrl", shown, "is not an http or https origin.", "Write the origin, such as https://api.openai.com, and the key in ApiKeys.");
            return nowhere;
        }

        var path = url.AbsolutePath.TrimEnd('/');
        if (Array.Find(_versions, v => path.EndsWith(v, StringComparison.OrdinalIgnoreCase)) is { } version)
        {
            provider.Fail(
                "BaseUrl",
                text,
                $"ends in '{version}', which the client's path already has.",
                $"Write '{text.TrimEnd('/')[..^version.Length]}'.");
        }

        if (url.Scheme == "http" && !IsPrivate(url))
        {
            provider.Fail("BaseUrl", text, "would send the provider key unencrypted to a public host.", "Write https.");
        }

        return url;
    }

    private static List<int> ReadStatuses(SettingsSection retry)
    {
        var statuses = new List<int>();
        foreach (var text in retry.List("OnStatus"))
        {
            if (int.TryParse(text, out var status) && status is >= 400 and <= 599)
            {
                statuses.Add(status);
            }
            else
            {
                retry.Fail("OnStatus", text, "is not an error status.", "Write statuses from 400 to 599.");
            }
        }

        return statuses;
    }

    private static bool IsName(string name) =>
        name.Length is > 0 and <= 63 && name != "llmeter" && char.IsAsciiLetterOrDigit(name[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    /// <summary>Loopback, private ranges, and names without a public suffix.</summary>
    private static bool IsPrivate(Uri url)
    {
        if (IPAddress.TryParse(url.Host.Trim('[', ']'), out var address))
        {
            var bytes = address.MapToIPv4().GetAddressBytes();
            return IPAddress.IsLoopback(address) || address.IsIPv6UniqueLocal || address.IsIPv6LinkLocal
                || bytes[0] == 10 || (bytes[0] == 172 && bytes[1] is >= 16 and < 32) || (bytes[0] == 192 && bytes[1] == 168);
        }

        return !url.Host.Contains('.')
            || url.Host.EndsWith(".local", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".internal", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".svc", StringComparison.OrdinalIgnoreCase)
            || url.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }
}
