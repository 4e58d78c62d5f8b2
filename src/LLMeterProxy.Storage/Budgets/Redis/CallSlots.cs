using LLMeterProxy.Core.Budgets;

namespace LLMeterProxy.Storage.Budgets.Redis;

/// <summary>The foreign slots of a call: global budgets, the owner of a key used on behalf of another.</summary>
internal static class CallSlots
{
    /// <summary>All but the tenant's own, in ordinal order: every call takes them in that order.</summary>
    public static string[] ForeignTo(Reservation call)
    {
        List<string>? slots = null;
        for (var i = 0; i < call.Budgets.Count; i++)
        {
            Add(call.Budgets[i].Slot);
        }

        for (var i = 0; i < call.Limits.Count; i++)
        {
            Add(call.Limits[i].Slot);
        }

        slots?.Sort(StringComparer.Ordinal);
        return slots is null ? [] : [.. slots];

        void Add(string slot)
        {
            if (!string.Equals(slot, call.Tenant) && slots?.Contains(slot) != true)
            {
                (slots ??= []).Add(slot);
            }
        }
    }

    /// <summary>As a hold stores them.</summary>
    public static string Join(IReadOnlyList<string> slots) => slots.Count == 0 ? "" : string.Join(',', slots);

    public static string[] Split(string slots) => slots.Length == 0 ? [] : slots.Split(',');
}
