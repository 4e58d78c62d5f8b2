using LLMeterProxy.LoadTests.Accounts;

namespace LLMeterProxy.LoadTests.Crash;

/// <summary>The crash test: nothing is lost and nothing counted twice, whenever the process is killed (I1 to I4, I9, I14, A27, A32 to A36).</summary>
internal static class CrashProgram
{
    public const string Usage = "crash --proxy LLMeterProxy.dll --directory DIR [--kills N] [--clients N] [--seed N]";

    /// <returns>0 where every check passed, 1 where one failed, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        CrashOptions options;
        try
        {
            var given = new Arguments(args, "--proxy", "--directory", "--kills", "--clients", "--seed");
            var seed = given.Number("--seed", (int)(TimeProvider.System.GetTimestamp() & 0x7FFFFFFF));
            options = new CrashOptions(
                Path.GetFullPath(given.Required("--proxy")), Path.GetFullPath(given.Required("--directory")), given.Number("--kills", 10), given.Number("--clients", 200), seed);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }

        Console.WriteLine($"seed {options.Seed}, {options.Kills} kills, {options.Clients} clients, {options.Directory}");
        Directory.CreateDirectory(options.Directory);
        using var run = new CrashRun(options, TimeProvider.System);
        var books = await run.RunAsync();
        RunTable.Write(books, run.StartupsMs);
        var exit = Check.Report(new AccountChecks(books).All());
        if (exit != 0)
        {
            Console.WriteLine($"Replay: bash tests/crash.sh {options.Kills} {options.Seed}   (files kept in {options.Directory})");
        }

        return exit;
    }
}
