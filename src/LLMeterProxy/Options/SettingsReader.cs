using LLMeterProxy.AdminApi;
using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Wire;
using LLMeterProxy.Gateway;
using LLMeterProxy.Storage.Journal;

namespace LLMeterProxy.Options;

/// <summary>Turns configuration into settings, or into every error that it has.</summary>
internal static class SettingsReader
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _hour = TimeSpan.FromHours(1);

    public static HostSettings Read(IConfiguration configuration, IDialectCatalog dialects, List<SettingError> errors)
    {
        var root = new SettingsSection(configuration.GetSection("LLMeter"), errors);
        var gateway = root.Child("Gateway");
        var postgres = StoreSettingsReader.ReadPostgres(root.Child("Postgres"));
        var settings = new HostSettings
        {
            Listen = ReadListen(root),
            DataDirectory = Path.GetFullPath(root.Text("DataDirectory") ?? "llmeter-data"),
            TimeZone = ReadZone(root),
            AdminToken = ReadSecret(root.Child("Admin"), "Token"),
            Pepper = ReadSecret(root, "Pepper"),
            MetricsToken = ReadSecret(root.Child("Metrics"), "Token"),
            AnonymousMetrics = root.Child("Metrics").Flag("Anonymous", false),
            Durability = root.Choice("Durability", Durability.ProcessCrash),
            DefaultTenantCap = ReadDefaultCap(root.Child("Caps")),
            PriceOverride = ReadFile(root.Child("Prices"), "Override"),
            DrainTimeout = gateway.Duration("DrainTimeout", TimeSpan.FromSeconds(120), TimeSpan.Zero, _hour),
            ShippingTimeout = root.Duration("ShippingTimeout", TimeSpan.FromSeconds(30), TimeSpan.Zero, _hour),
            Gateway = ReadGateway(gateway, root.Child("Caps")),
            Redis = StoreSettingsReader.ReadRedis(root.Child("Redis")),
            PostgresConnectionString = postgres,
            Providers = ProviderSettingsReader.Read(root.Child("Providers"), configuration, dialects),
        };
        if (postgres is not null)
        {
            StoreSettingsReader.RequireShared(root.Child("Admin"), "Token", settings.AdminToken);
            StoreSettingsReader.RequireShared(root, "Pepper", settings.Pepper);
        }

        root.RefuseUnknown();
        return settings;
    }

    private static ListenSettings ReadListen(SettingsSection root)
    {
        var listen = root.Child("Listen");
        var tls = root.Child("Tls");
        var gateway = ReadAddress(listen, "Gateway", "http://127.0.0.1:8080", allowHttps: true);
        var certificate = ReadFile(tls, "CertificateFile");
        var key = ReadFile(tls, "KeyFile");
        if (gateway.Scheme == Uri.UriSchemeHttps && certificate is null)
        {
            tls.Fail("CertificateFile", null, "is missing, and LLMeter:Listen:Gateway is https.", "Name a PEM certificate, and its key in LLMeter:Tls:KeyFile.");
        }

        var control = ReadAddress(listen, "Control", "http://127.0.0.1:8081", allowHttps: false);
        if (gateway.Port == control.Port && gateway.Port != 0)
        {
            listen.Fail("Control", control.OriginalString, "has the port of LLMeter:Listen:Gateway.", "Give each listener its own port.");
        }

        var h2c = listen.Text("GatewayH2c") is null ? null : ReadAddress(listen, "GatewayH2c", "", allowHttps: false);
        return new ListenSettings(gateway, control, h2c, certificate, key);
    }

    private static Uri ReadAddress(SettingsSection listen, string name, string otherwise, bool allowHttps)
    {
        var text = listen.Text(name) ?? otherwise;
        var parsed = text.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal);
        if (Uri.TryCreate(parsed, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttp || (allowHttps && address.Scheme == Uri.UriSchemeHttps))
            && address.AbsolutePath == "/")
        {
            return address;
        }

        listen.Fail(name, text, "is not an address to listen on.", allowHttps ? "Write http://host:port or https://host:port." : "Write http://host:port.");
        return new Uri("http://127.0.0.1:0");
    }

    private static string ReadZone(SettingsSection root)
    {
        var zone = root.Text("TimeZone") ?? "UTC";
        if (!TimeZoneSchedule.IsValidZone(zone))
        {
            root.Fail("TimeZone", zone, "is not an IANA time zone.", "Write one like Europe/Berlin, or leave it out for UTC.");
            return "UTC";
        }

        return zone;
    }

    private static string? ReadSecret(SettingsSection section, string name)
    {
        var secret = section.Text(name);
        if (secret is { Length: < AdminApiOptions.MinTokenLength })
        {
            section.Fail(
                name,
                null,
                $"has {secret.Length} characters.",
                $"Use any text of at least {AdminApiOptions.MinTokenLength} characters, or leave it out and one is generated.");
        }

        return secret;
    }

    private static string? ReadFile(SettingsSection section, string name)
    {
        var file = section.Text(name);
        if (file is not null && !File.Exists(file))
        {
            section.Fail(name, file, "does not exist.", "Name a file that this process can read.");
        }

        return file;
    }

    private static DefaultTenantCap? ReadDefaultCap(SettingsSection caps)
    {
        var section = caps.Child("DefaultTenant");
        var window = section.Choice("Window", BudgetWindow.Month);
        var mode = section.Choice("Mode", BudgetMode.Hard);
        return ReadAmount(section, "LimitUsd") is { } amount ? new DefaultTenantCap(window, amount, mode) : null;
    }

    private static NanoUsd? ReadAmount(SettingsSection section, string name)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        if (NanoUsd.TryParseUsd(text, out var amount) && amount >= NanoUsd.Zero && amount.ToUsd() <= 9_007_199m)
        {
            return amount;
        }

        section.Fail(name, text, "is not an amount.", "Write USD from 0 to 9007199 with at most nine places.");
        return null;
    }

    private static GatewaySettings ReadGateway(SettingsSection gateway, SettingsSection caps)
    {
        var standard = new GatewaySettings();
        return new GatewaySettings
        {
            MaxBodyBytes = gateway.Number("MaxBodyBytes", standard.MaxBodyBytes, 1024, 1L << 30),
            MaxBufferedBytes = gateway.Number("MaxBufferedBytes", standard.MaxBufferedBytes, 1 << 20, 1L << 40),
            CommitTimeout = gateway.Duration("CommitTimeout", standard.CommitTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1)),
            FinishDrainLimit = gateway.Duration("FinishDrainLimit", standard.FinishDrainLimit, TimeSpan.Zero, _hour),
            DrainLimit = gateway.Duration("DrainLimit", standard.DrainLimit, TimeSpan.Zero, _hour),
            ActivityTimeout = gateway.Duration("ActivityTimeout", standard.ActivityTimeout, _second, _hour),
            AbortMargin = gateway.Duration("AbortMargin", standard.AbortMargin, TimeSpan.Zero, TimeSpan.FromMinutes(1)),
            MaxChoices = (int)gateway.Number("MaxChoices", standard.MaxChoices, 1, 128),
            BudgetRemainingHeader = gateway.Flag("BudgetRemainingHeader", standard.BudgetRemainingHeader),
            DefaultOutputTokens = caps.Number("DefaultOutputTokens", standard.DefaultOutputTokens, 1, 10_000_000),
            OutageOpenLimit = ReadAmount(caps, "OutageOpenLimitUsd"),
        };
    }
}
