using System.Globalization;

namespace LLMeterProxy.Benchmarks;

/// <summary>The options of the <c>run</c> verb.</summary>
internal sealed record RunOptions
{
    /// <summary>The product's published assembly.</summary>
    public string Product { get; init; } = "";

    /// <summary>Where journals and ledgers go; a disk, because PowerLoss measures it.</summary>
    public string DataRoot { get; init; } = Path.GetTempPath();

    public int Rounds { get; init; } = 5;

    /// <summary>Requests a round and proxy; streams are a twentieth of it.</summary>
    public int Requests { get; init; } = 20_000;

    public int Connections { get; init; } = 16;

    /// <summary>Names of workloads; empty for all.</summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    /// <summary>Names of targets beside bare YARP; empty for all.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Keeps everything running after the last round until Enter, for a profiler.</summary>
    public bool Hold { get; init; }

    public static bool TryParse(ReadOnlySpan<string> args, out RunOptions options)
    {
        options = new RunOptions();
        foreach (var arg in args)
        {
            var (name, value) = arg.Split('=', 2) is [var n, var v] ? (n, v) : (arg, "");
            switch (name)
            {
                case "--product":
                    options = options with { Product = value };
                    break;
                case "--data":
                    options = options with { DataRoot = value };
                    break;
                case "--rounds":
                    options = options with { Rounds = Number(value) };
                    break;
                case "--requests":
                    options = options with { Requests = Number(value) };
                    break;
                case "--connections":
                    options = options with { Connections = Number(value) };
                    break;
                case "--workloads":
                    options = options with { Workloads = value.Split(',') };
                    break;
                case "--targets":
                    options = options with { Targets = value.Split(',') };
                    break;
                case "--ladder":
                    options = options with { Targets = Servers.Fleet.Ladder };
                    break;
                case "--hold":
                    options = options with { Hold = true };
                    break;
                default:
                    return false;
            }
        }

        return File.Exists(options.Product);
    }

    public static int PrintUsage()
    {
        Console.Error.WriteLine(
            """
            run --product=PATH/LLMeterProxy.dll [--data=DIR] [--rounds=5] [--requests=20000] [--connections=16]
                [--workloads=json-0.2k,json-10k,json-100k,sse-burst,sse-paced] [--targets=direct,yarp,process-crash,power-loss]
                [--ladder]
            ledger [RECORDS]
            """);
        return 64;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
