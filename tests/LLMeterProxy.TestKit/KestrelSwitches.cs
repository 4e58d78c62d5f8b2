using System.Runtime.CompilerServices;

namespace LLMeterProxy.TestKit;

/// <summary>The switches that the product's runtimeconfig.json sets, which a test host does not read.</summary>
internal static class KestrelSwitches
{
#pragma warning disable CA2255 // Kestrel reads the switch with its first options: only a module initializer is sure to come before.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Set() => AppContext.SetSwitch("Microsoft.AspNetCore.Server.Kestrel.DisableHttp1LineFeedTerminators", true);
}
