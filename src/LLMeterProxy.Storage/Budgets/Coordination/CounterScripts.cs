using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Storage.Budgets.Redis;
using StackExchange.Redis;

namespace LLMeterProxy.Storage.Budgets.Coordination;

/// <summary>
/// What the coordinator calls of the counter store, where anything but success ends the turn: it is tried again at the next one, and
/// until then the gate says what may be admitted.
/// </summary>
internal sealed class CounterScripts(BudgetScriptClient scripts, RedisPrimaries primaries, BudgetEpoch gate)
{
    /// <summary>Names the store's primaries for as long as they have lost nothing: their run ids.</summary>
    /// <exception cref="BudgetStoreUnavailableException">A primary cannot be reached.</exception>
    public async Task<string> ReadStoreAsync()
    {
        try
        {
            return string.Join(',', await primaries.ReadRunIdsAsync());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new BudgetStoreUnavailableException($"Redis does not answer: {e.Message}", e);
        }
    }

    /// <summary>Lets every node that is in the store's epoch call it: without the scripts every call is refused.</summary>
    /// <exception cref="BudgetStoreUnavailableException">A primary cannot be reached.</exception>
    public async Task LoadAsync()
    {
        try
        {
            await primaries.LoadScriptsAsync();
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            throw new BudgetStoreUnavailableException($"Redis does not take the scripts: {e.Message}", e);
        }
    }

    /// <param name="incarnation">Empty to read only.</param>
    /// <exception cref="BudgetStoreUnavailableException">Redis does not answer.</exception>
    public async Task<NodeBeats> BeatAsync(string incarnation, params IReadOnlyList<string> drop)
    {
        var (status, beats) = await scripts.BeatAsync(incarnation, drop);
        gate.Judge(status, BudgetScriptClient.NodesKey);
        return beats ?? throw Unavailable(BudgetScriptClient.NodesKey, status);
    }

    /// <inheritdoc cref="BudgetScriptClient.RebuildAsync"/>
    /// <exception cref="BudgetStoreUnavailableException">The slot was not set.</exception>
    public async Task SetAsync(SlotSnapshot slot, long epoch, bool onlyWhereAbsent) =>
        ThrowUnlessOk(slot.Slot, await scripts.RebuildAsync(slot, epoch, onlyWhereAbsent));


    /// <inheritdoc cref="BudgetScriptClient.ExpireAsync(string, long, string, string)"/>
    /// <exception cref="BudgetStoreUnavailableException">Some holds may not have been handed over.</exception>
    public async Task<IReadOnlyList<LostHold>> ExpireAsync(string slot, long epoch, string dead, string newOwner)
    {
        var (status, holds) = await scripts.ExpireAsync(slot, epoch, dead, newOwner);
        ThrowUnlessOk(slot, status);
        return holds;
    }

    /// <inheritdoc cref="BudgetScriptClient.ExpireOverdueAsync"/>
    /// <exception cref="BudgetStoreUnavailableException">Some holds may not have been handed over.</exception>
    public async Task<IReadOnlyList<LostHold>> ExpireOverdueAsync(
        string slot, long epoch, DateTimeOffset before, DateTimeOffset abandonedBefore, string newOwner)
    {
        var (status, holds) = await scripts.ExpireOverdueAsync(slot, epoch, before, abandonedBefore, newOwner);
        ThrowUnlessOk(slot, status);
        return holds;
    }

    /// <inheritdoc cref="BudgetScriptClient.ForgetAsync"/>
    /// <exception cref="BudgetStoreUnavailableException">They may not have been dropped.</exception>
    public async Task ForgetAsync(IReadOnlyList<string> slots, long epoch, IReadOnlyList<string> incarnations)
    {
        foreach (var slot in slots)
        {
            ThrowUnlessOk(slot, await scripts.ForgetAsync(slot, epoch, incarnations));
        }
    }

    /// <inheritdoc cref="BudgetScriptClient.TrimAsync"/>
    /// <exception cref="BudgetStoreUnavailableException">Nothing may have been dropped.</exception>
    public async Task TrimAsync(IReadOnlyList<string> slots, long epoch, DateTimeOffset now)
    {
        foreach (var slot in slots)
        {
            ThrowUnlessOk(slot, await scripts.TrimAsync(slot, epoch, now));
        }
    }

    // A slot that does not exist has nothing to hand over, to forget or to trim.
    private void ThrowUnlessOk(string slot, ScriptStatus status)
    {
        if (status is not (ScriptStatus.Ok or ScriptStatus.Absent))
        {
            gate.Judge(status, slot);
            throw Unavailable(slot, status);
        }
    }

    private static BudgetStoreUnavailableException Unavailable(string slot, ScriptStatus status) =>
        new($"Redis did not do what was asked on {slot}: {status}.");
}
