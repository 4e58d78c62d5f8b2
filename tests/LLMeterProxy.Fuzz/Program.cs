using System.Diagnostics;
using System.Globalization;
using LLMeterProxy.Fuzz;
using LLMeterProxy.Fuzz.Targets;

// Cases per run of all targets together; a seed repeats a run.
if (args.Length is 0 or > 2
    || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var cases) || cases < 1)
{
    Console.Error.WriteLine("Usage: LLMeterProxy.Fuzz CASES [SEED]");
    return 2;
}

var seed = args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : Environment.TickCount & int.MaxValue;
Console.WriteLine($"{cases} cases, seed {seed}");
IFuzzTarget[] targets =
[
    new ChatTarget(),
    new ResponsesTarget(),
    new MessagesTarget(),
    new GeminiTarget(),
    new DamageTarget(),
];

var passed = 0;
var failed = 0;
for (var i = 0; i < targets.Length; i++)
{
    var share = (cases / targets.Length) + (i < cases % targets.Length ? 1 : 0);
    var started = Stopwatch.GetTimestamp();
    var failures = FuzzRun.Run(targets[i], share, seed);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{targets[i].Name}: {share} cases, {failures.Count} failed, {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s"));
    foreach (var (number, text) in failures.Take(3))
    {
        Console.WriteLine($"  case {number}: {text}");
    }

    failed += failures.Count;
    passed += share - failures.Count;
}

Console.WriteLine($"{passed} passed, {failed} failed");
return failed == 0 ? 0 : 1;
