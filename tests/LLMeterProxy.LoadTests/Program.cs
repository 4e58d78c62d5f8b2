using LLMeterProxy.LoadTests.Crash;
using LLMeterProxy.LoadTests.PowerLoss;
using LLMeterProxy.LoadTests.Replicas;

return args switch
{
    ["crash", .. var rest] => await CrashProgram.RunAsync(rest),
    ["replicas", .. var rest] => await ReplicasProgram.RunAsync(rest),
    ["powerloss", .. var rest] => await PowerLossProgram.RunAsync(rest),
    _ => WriteUsage(),
};

static int WriteUsage()
{
    Console.Error.WriteLine(CrashProgram.Usage);
    Console.Error.WriteLine(ReplicasProgram.Usage);
    Console.Error.WriteLine(PowerLossProgram.Usage);
    return 2;
}
