namespace LLMeterProxy.Cli;

/// <summary>The settings of a server as the command line sees them: shipped file, environment, arguments.</summary>
internal static class CliConfiguration
{
    public const string DefaultControl = "http://127.0.0.1:8081";
    public const string DefaultGateway = "http://127.0.0.1:8080";

    public static IConfigurationRoot Load(string[] args) => new ConfigurationBuilder()
        .SetBasePath(AppContext.BaseDirectory)
        .AddJsonFile("appsettings.json", optional: true)
        .AddEnvironmentVariables()
        .AddCommandLine(args)
        .Build();

    /// <summary>An address to connect to out of one to listen on: every interface becomes loopback.</summary>
    public static string Connectable(string listen)
    {
        var first = listen.Split(';', 2)[0];
        foreach (var wildcard in (ReadOnlySpan<string>)["://*", "://+", "://0.0.0.0", "://[::]"])
        {
            first = first.Replace(wildcard, "://127.0.0.1", StringComparison.Ordinal);
        }

        return first.TrimEnd('/');
    }
}
