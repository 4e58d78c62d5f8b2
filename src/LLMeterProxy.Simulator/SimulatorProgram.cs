using System.Globalization;

namespace LLMeterProxy.Simulator;

/// <summary>The simulator as a process of its own, which outlives whatever is done to the proxy in front of it.</summary>
public static class SimulatorProgram
{
    private const string Usage = """
        simulator [--port N] [--bill-log FILE] [--key KEY]... [--delay-ms N] [--chunk-delay-ms N] [--output-tokens N] [--fast]

          --port N            TCP port on 127.0.0.1; default 0, a free one, which is printed
          --bill-log FILE     append what each call would be billed, one JSON object a line
          --key KEY           accept only this provider key; may be repeated; default any
          --delay-ms N        wait before the headers of every answer
          --chunk-delay-ms N  wait between streamed events
          --output-tokens N   length of an answer that nothing limits; default 32
          --fast              for load: keep no requests and no bills in memory, do not wait for the network
        """;

    /// <summary>
    /// Runs until the process is told to stop or the token fires. Prints one line, <c>simulator listening on URL</c>, when ready.
    /// </summary>
    /// <returns>0, or 2 where the arguments are wrong.</returns>
    /// <exception cref="IOException">The port is taken, or the bill log cannot be opened.</exception>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        SimulatorOptions options;
        try
        {
            options = Parse(args);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        await using var host = await SimulatorHost.StartAsync(options, cancellationToken);
        Console.WriteLine($"simulator listening on {host.BaseUrl.AbsoluteUri.TrimEnd('/')}");
        await host.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">One is not known, or lacks its value.</exception>
    internal static SimulatorOptions Parse(string[] args)
    {
        var options = new SimulatorOptions();
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new FormatException($"{name} needs a value.");
            int Number() => int.TryParse(Value(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new FormatException($"{name} needs a whole number of at least 0.");
            options = name switch
            {
                "--port" => options with { Port = Number() },
                "--bill-log" => options with { BillLogPath = Value() },
                "--key" => options with { ExpectedKeys = [.. options.ExpectedKeys, Value()] },
                "--delay-ms" => options with { Delay = TimeSpan.FromMilliseconds(Number()) },
                "--chunk-delay-ms" => options with { ChunkDelay = TimeSpan.FromMilliseconds(Number()) },
                "--output-tokens" => options with { DefaultOutputTokens = Math.Max(1, Number()) },
                "--fast" => options with { RecordedRequests = 0, KeepBills = false, WriteThrough = false },
                _ => throw new FormatException($"No such option: {name}"),
            };
        }

        return options;
    }
}
