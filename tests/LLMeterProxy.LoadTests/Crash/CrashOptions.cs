namespace LLMeterProxy.LoadTests.Crash;

/// <param name="ProxyDll">The program under test.</param>
/// <param name="Directory">Logs, bill and data of the run.</param>
/// <param name="Kills">At least 1.</param>
/// <param name="Clients">How many call at once.</param>
internal sealed record CrashOptions(string ProxyDll, string Directory, int Kills, int Clients, int Seed);
