namespace LLMeterProxy.Cli.Checks;

/// <summary>Is there room for the journal and the ledger where they are kept.</summary>
internal sealed class DiskCheck(IConfiguration configuration) : ICheck
{
    // Sixteen journal segments of 64 MB: below it a busy node has minutes, not days.
    private const long EnoughBytes = 1L << 30;

    public string Name => "disk";

    public Task<IReadOnlyList<CheckResult>> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.GetFullPath(configuration["LLMeter:DataDirectory"] ?? "llmeter-data");
        return Task.FromResult<IReadOnlyList<CheckResult>>([Look(directory)]);
    }

    private static CheckResult Look(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return new CheckResult(Verdict.Note, $"there is no data directory {directory} on this machine");
        }

        try
        {
            var free = new DriveInfo(directory).AvailableFreeSpace;
            return new CheckResult(free >= EnoughBytes ? Verdict.Good : Verdict.Warning, $"{free / (1024 * 1024)} MB free for {directory}");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new CheckResult(Verdict.Warning, $"cannot tell how much is free for {directory}: {failure.Message}");
        }
    }
}
