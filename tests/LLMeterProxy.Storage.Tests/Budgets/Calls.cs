using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Storage.Tests.Budgets;

/// <summary>Short forms for calls against a budget store.</summary>
internal static class Calls
{
    public const string Incarnation = "node-1.1";

    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static AppliedBudget Applied(string slot, string id, long limit, BudgetMode mode = BudgetMode.Hard, int day = 24) =>
        new(
            slot,
            new Budget
            {
                Id = id,
                TenantId = string.Equals(slot, AppliedBudget.GlobalSlot) ? null : slot,
                Name = id,
                ScopeId = slot,
                Limit = new NanoUsd(limit),
                Mode = mode,
            },
            new WindowBounds($"day:2026-11-{day:00}T00:00:00Z", Noon.AddHours(-12).AddDays(day - 24), Noon.AddHours(12).AddDays(day - 24)));

    public static AppliedLimit Limited(string slot, string scope, long? requests = null, long? tokens = null, long? concurrent = null) =>
        new(slot, scope, new RateLimits(requests, tokens, concurrent));

    public static Reservation Reservation(
        string tenant, long amount, IReadOnlyList<AppliedBudget> budgets, IReadOnlyList<AppliedLimit>? limits = null, RequestId? id = null) => new()
        {
            Id = id ?? RequestIdGenerator.At(Noon),
            Tenant = tenant,
            Amount = new NanoUsd(amount),
            Budgets = budgets,
            Limits = limits ?? [],
            At = Noon,
            Incarnation = Incarnation,
        };

    public static Settlement Settlement(Reservation reservation, long sequence, long cost, bool endsHold = true, string incarnation = Incarnation) => new()
    {
        Tenant = reservation.Tenant,
        Incarnation = incarnation,
        Sequence = sequence,
        ReservationId = reservation.Id,
        EndsHold = endsHold,
        Cost = new NanoUsd(cost),
        Budgets = [.. reservation.Budgets.Select(b => b.Key)],
        At = Noon,
    };
}
