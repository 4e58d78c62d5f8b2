using LLMeterProxy.CaptureTests;
using LLMeterProxy.CaptureTests.Estimation;
using LLMeterProxy.CaptureTests.Recordings;
using LLMeterProxy.CaptureTests.Replays;
using LLMeterProxy.CaptureTests.Results;

if (args is ["estimation", var recordings, .. var flags])
    return EstimationReport.Write(recordings, details: flags is ["--details"]);

RunOptions options;
try
{
    options = RunOptions.Parse(args);
}
catch (FormatException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(RunOptions.Usage);
    return 2;
}

if (!File.Exists(Path.Combine(options.Folder, CaptureFolder.IndexName)))
{
    Console.WriteLine($"Skipped: {options.Folder} has no {CaptureFolder.IndexName}, so that there are no recordings to replay.");
    return 0;
}

var captures = CaptureFolder.Read(options.Folder, options.Only);
if (captures.Count == 0)
{
    Console.Error.WriteLine($"No recording of {options.Folder} has an id like '{options.Only}'.");
    return 2;
}

var exceptions = ExceptionList.Read(Path.Combine(AppContext.BaseDirectory, "Exceptions.txt"));
var results = await CaptureRun.RunAsync(captures, options);
return ResultReport.Write(results, exceptions, options);
