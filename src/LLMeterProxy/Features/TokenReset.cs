using LLMeterProxy.Cli;
using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary><c>token reset</c>: a new admin token in the data directory, printed once.</summary>
internal static class TokenReset
{
    public static Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var configuration = CliConfiguration.Load(args);
        if (configuration["LLMeter:Admin:Token"] is { Length: > 0 })
        {
            Console.Error.WriteLine("LLMeter:Admin:Token is configured, so there is no generated token to reset: change that setting.");
            return Task.FromResult(ExitCodes.Failed);
        }

        var directory = Path.GetFullPath(configuration["LLMeter:DataDirectory"] ?? "llmeter-data");
        var files = new SecretFiles(directory);
        Console.WriteLine($"New admin token (shown once; kept in {files.AdminTokenPath}; a running server takes it at its next start):");
        Console.WriteLine(files.ResetAdminToken());
        return Task.FromResult(ExitCodes.Success);
    }
}
