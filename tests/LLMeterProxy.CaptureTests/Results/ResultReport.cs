using System.Text.Json;
using LLMeterProxy.CaptureTests.Replays;

namespace LLMeterProxy.CaptureTests.Results;

/// <summary>Prints a table by folder, what failed and why, and the sum as the last line.</summary>
internal static class ResultReport
{
    private const int DifferencesShown = 6;

    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true };

    /// <returns>The exit code: 0 where nothing failed.</returns>
    public static int Write(IReadOnlyList<CaptureResult> results, IReadOnlyDictionary<string, string> exceptions, RunOptions options)
    {
        var excepted = results.Where(r => !r.IsEqual && !r.IsRefused && exceptions.ContainsKey(r.Capture.Id)).ToList();
        var failed = results.Where(r => !r.IsEqual && !r.IsRefused && !exceptions.ContainsKey(r.Capture.Id)).ToList();
        WriteTable(results, excepted, failed);
        foreach (var result in results.Where(r => r.IsRefused))
            Console.WriteLine($"refused  {result.Capture.Id}: {result.RefusedWith} ({result.Capture.Method} {result.Capture.Endpoint})");
        foreach (var result in excepted)
            Console.WriteLine($"excepted {result.Capture.Id}: {exceptions[result.Capture.Id]}");
        foreach (var result in failed)
            WriteFailure(result, options.Details);

        var calls = results.SelectMany(r => r.Calls).Where(c => c.Replay.Way == BodyWay.Bytes).ToList();
        Console.WriteLine();
        Console.WriteLine($"Seed {options.Seed}, {options.Rounds} random rounds. Byte by byte: the first and last {Pieces.SingleBytesAtEachEnd} bytes of each body,"
            + $" {calls.Sum(c => (long)c.Replay.Pieces.Count)} pieces written, {calls.Sum(c => (long)c.Reads)} read apart by the client.");
        var refused = results.Count(r => r.IsRefused);
        var equal = results.Count(r => r.IsEqual);
        Console.WriteLine($"{results.Count} recordings: {equal} equal, {refused} refused by design, {excepted.Count} excepted, {failed.Count} failed.");
        Console.WriteLine($"{equal + refused + excepted.Count} passed, {failed.Count} failed");
        return failed.Count == 0 ? 0 : 1;
    }

    private static void WriteTable(IReadOnlyList<CaptureResult> results, List<CaptureResult> excepted, List<CaptureResult> failed)
    {
        Console.WriteLine($"{"folder",-18}{"kind",-20}{"all",6}{"equal",8}{"refused",9}{"excepted",10}{"failed",8}");
        foreach (var folder in results.GroupBy(r => (Name: r.Capture.Provider, Kind: ProviderKinds.KindOf(r.Capture))))
        {
            Console.WriteLine($"{folder.Key.Name,-18}{folder.Key.Kind,-20}{folder.Count(),6}{folder.Count(r => r.IsEqual),8}"
                + $"{folder.Count(r => r.IsRefused),9}{folder.Count(excepted.Contains),10}{folder.Count(failed.Contains),8}");
        }

        Console.WriteLine();
    }

    private static void WriteFailure(CaptureResult result, bool details)
    {
        var way = result.Calls.Count == 0 ? "" : result.Calls[^1].Replay.Way is BodyWay.Whole ? " (in one piece)" : " (in pieces only)";
        Console.WriteLine($"FAILED   {result.Capture.Id}{way}");
        foreach (var difference in result.Differences.Distinct().Take(details ? int.MaxValue : DifferencesShown))
            Console.WriteLine($"         {difference}");
        if (!details)
            return;
        Console.WriteLine($"         {result.Capture.Method} {result.Capture.Endpoint}");
        Show("expected", result.Capture.Expected);
        Show("raw usage", result.Capture.RawUsage);
        if (result.Calls is [.., { HasRecord: true } last])
            Show("record", last.Record);
    }

    private static void Show(string name, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Undefined)
            Console.WriteLine($"         {name}: {JsonSerializer.Serialize(json, _indented).ReplaceLineEndings("\n         ")}");
    }
}
