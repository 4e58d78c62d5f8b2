using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Ids;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Tests.Budgets;

/// <summary>Short forms for the calls of one tenant, acme.</summary>
internal static class Calls
{
    public const string Tenant = "acme";
    public const string Incarnation = "node-1.1";

    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    public static AppliedBudget Applied(
        string id, long limit, BudgetMode mode = BudgetMode.Hard, string slot = Tenant, string window = "day:2026-11-24T00:00:00Z") =>
        new(
            slot,
            new Budget { Id = id, TenantId = slot, Name = id, ScopeId = slot, Limit = new NanoUsd(limit), Mode = mode },
            new WindowBounds(window, Noon.AddHours(-12), Noon.AddHours(12)));

    public static AppliedLimit Limited(long? requests = null, long? tokens = null, long? concurrent = null, string scope = "tenant") =>
        new(Tenant, scope, new RateLimits(requests, tokens, concurrent));

    public static Reservation Reservation(
        long amount,
        IReadOnlyList<AppliedBudget>? budgets = null,
        IReadOnlyList<AppliedLimit>? limits = null,
        RequestId? id = null,
        DateTimeOffset? at = null,
        long tokens = 0,
        string incarnation = Incarnation,
        string tenant = Tenant) => new()
        {
            Id = id ?? RequestIdGenerator.At(Noon),
            Tenant = tenant,
            Amount = new NanoUsd(amount),
            Budgets = budgets ?? [],
            Limits = limits ?? [],
            EstimatedTokens = tokens,
            At = at ?? Noon,
            Incarnation = incarnation,
        };

    public static Settlement Settlement(
        Reservation reservation,
        long sequence,
        long cost,
        bool endsHold = true,
        long tokens = 0,
        DateTimeOffset? at = null,
        string incarnation = Incarnation) => new()
        {
            Tenant = reservation.Tenant,
            Incarnation = incarnation,
            Sequence = sequence,
            ReservationId = reservation.Id,
            EndsHold = endsHold,
            Cost = new NanoUsd(cost),
            Budgets = [.. reservation.Budgets.Select(b => b.Key)],
            Tokens = tokens,
            At = at ?? reservation.At,
        };
}
