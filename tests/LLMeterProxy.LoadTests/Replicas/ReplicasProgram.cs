using LLMeterProxy.LoadTests.Accounts;

namespace LLMeterProxy.LoadTests.Replicas;

/// <summary>
/// Three nodes share one truth: a cap admits exactly what it has room for, and nothing is lost or counted twice whichever of them is
/// killed (A1 to A20, I1 to I4, I9, I14, T101, T105, T106, T109).
/// </summary>
internal static class ReplicasProgram
{
    public const string Usage = "replicas --proxy LLMeterProxy.dll --directory DIR [--kills N] [--clients N] [--callers N] [--room N] [--seed N]";

    /// <returns>0 where every check passed, 1 where one failed, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        ReplicaOptions options;
        try
        {
            var given = new Arguments(args, "--proxy", "--directory", "--kills", "--clients", "--callers", "--room", "--seed");
            var seed = given.Number("--seed", (int)(TimeProvider.System.GetTimestamp() & 0x7FFFFFFF));
            options = new ReplicaOptions(
                Path.GetFullPath(given.Required("--proxy")),
                Path.GetFullPath(given.Required("--directory")),
                given.Number("--kills", 10),
                given.Number("--clients", 150),
                given.Number("--callers", 1200),
                given.Number("--room", 400),
                seed);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }

        Console.WriteLine($"seed {options.Seed}, {options.Callers} callers for room {options.Room}, {options.Kills} kills under {options.Clients} clients, {options.Directory}");
        Directory.CreateDirectory(options.Directory);
        var random = new Random(options.Seed);
        await using var replicas = await ReplicaSet.StartAsync(options, random, TimeProvider.System);
        List<Check> checks = [];
        if (options.Callers > 0)
        {
            checks.AddRange(await new ExactRun(replicas, options, TimeProvider.System).RunAsync());
        }

        if (options.Kills > 0)
        {
            using var run = new KillRun(replicas, options, random, TimeProvider.System);
            var books = await run.RunAsync();
            RunTable.Write(books.Books, replicas.StartupsMs);
            checks.AddRange(new ReplicaChecks(books).All());
        }

        var exit = Check.Report(checks);
        if (exit != 0)
        {
            Console.WriteLine($"Replay: bash tests/replicas.sh {options.Kills} {options.Seed}   (files kept in {options.Directory})");
        }

        return exit;
    }
}
