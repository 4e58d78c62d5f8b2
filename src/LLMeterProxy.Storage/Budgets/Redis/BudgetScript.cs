using System.Security.Cryptography;
using System.Text;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>
/// One script of the budget protocol, embedded as Scripts/NAME.lua. It is called by its hash alone: the hash is the version, and
/// a server that was not given the script in a verification refuses.
/// </summary>
public sealed class BudgetScript
{
    private const string Prelude = "prelude";

    private BudgetScript(string name, bool isOfSlot)
    {
        Name = name;
        Text = isOfSlot ? Read(Prelude) + Read(name) : Read(name);
#pragma warning disable CA5350 // SHA-1 is what Redis names scripts by; it protects nothing.
        Hash = SHA1.HashData(Encoding.UTF8.GetBytes(Text));
#pragma warning restore CA5350
    }

    public static BudgetScript Reserve { get; } = new("reserve", isOfSlot: true);

    public static BudgetScript Settle { get; } = new("settle", isOfSlot: true);

    public static BudgetScript Release { get; } = new("release", isOfSlot: true);

    public static BudgetScript Expire { get; } = new("expire", isOfSlot: true);

    public static BudgetScript Rehold { get; } = new("rehold", isOfSlot: true);

    public static BudgetScript Rebuild { get; } = new("rebuild", isOfSlot: true);

    public static BudgetScript Figures { get; } = new("read", isOfSlot: true);

    public static BudgetScript Trim { get; } = new("trim", isOfSlot: true);

    public static BudgetScript Forget { get; } = new("forget", isOfSlot: true);

    public static BudgetScript Heartbeat { get; } = new("heartbeat", isOfSlot: false);

    /// <summary>All of them, as a verification loads them.</summary>
    public static IReadOnlyList<BudgetScript> All { get; } = [Reserve, Settle, Release, Expire, Rehold, Rebuild, Figures, Trim, Forget, Heartbeat];

    public string Name { get; }

    public string Text { get; }

    /// <summary>SHA-1 of the text, as Redis names it.</summary>
    internal byte[] Hash { get; }

    private static string Read(string name)
    {
        using var stream = typeof(BudgetScript).Assembly.GetManifestResourceStream($"LLMeterProxy.Storage.Scripts.{name}.lua")
            ?? throw new InvalidOperationException($"The script {name} is not embedded.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
