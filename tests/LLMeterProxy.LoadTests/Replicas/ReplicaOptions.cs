namespace LLMeterProxy.LoadTests.Replicas;

/// <param name="ProxyDll">The program under test.</param>
/// <param name="Directory">Logs, bill and data of the run.</param>
/// <param name="Kills">0 leaves out the run under load.</param>
/// <param name="Clients">How many call at once while nodes are killed.</param>
/// <param name="Callers">How many call at once for the exact admission; 0 leaves it out.</param>
/// <param name="Room">For how many of them the cap has room.</param>
internal sealed record ReplicaOptions(string ProxyDll, string Directory, int Kills, int Clients, int Callers, int Room, int Seed);
