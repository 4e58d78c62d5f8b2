using LLMeterProxy.LoadTests.Crash;
using LLMeterProxy.LoadTests.PowerLoss;

return args switch
{
    ["crash", .. var rest] => await CrashProgram.RunAsync(rest),
    ["powerloss", .. var rest] => await PowerLossProgram.RunAsync(rest),
    _ => WriteUsage(),
};

static int WriteUsage()
{
    Console.Error.WriteLine(CrashProgram.Usage);
    Console.Error.WriteLine(PowerLossProgram.Usage);
    return 2;
}
