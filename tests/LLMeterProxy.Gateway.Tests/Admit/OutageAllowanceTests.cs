using LLMeterProxy.Core.Budgets;
using LLMeterProxy.Core.Money;
using LLMeterProxy.Core.Tenancy;
using LLMeterProxy.Gateway.Admit;

namespace LLMeterProxy.Gateway.Tests.Admit;

/// <summary>What passes while the budget store cannot say what is left.</summary>
public sealed class OutageAllowanceTests
{
    [Theory]
    [Trait("Acceptance", "A21")]
    [InlineData(OutagePolicy.Auto, false, true)]
    [InlineData(OutagePolicy.Auto, true, false)]
    [InlineData(OutagePolicy.Closed, false, false)]
    [InlineData(OutagePolicy.Open, true, true)]
    public void The_policy_decides_and_a_hard_cap_closes_by_default(OutagePolicy policy, bool hardCap, bool passes) =>
        Assert.Equal(passes, new OutageAllowance(new GatewaySettings()).TryTake(Tenant(policy), Budgets(1_000, hardCap), new NanoUsd(1)));

    [Fact]
    public void An_open_tenant_spends_a_hundredth_of_its_smallest_limit_and_no_more()
    {
        var allowance = new OutageAllowance(new GatewaySettings());
        var (tenant, budgets) = (Tenant(OutagePolicy.Open), Budgets(10_000, hardCap: true));

        var passed = Enumerable.Range(0, 30).Count(_ => allowance.TryTake(tenant, budgets, new NanoUsd(9)));

        Assert.Equal(11, passed);
    }

    [Fact]
    public void A_configured_ceiling_takes_the_place_of_the_hundredth()
    {
        var allowance = new OutageAllowance(new GatewaySettings { OutageOpenLimit = new NanoUsd(25) });

        var passed = Enumerable.Range(0, 9).Count(_ => allowance.TryTake(Tenant(OutagePolicy.Open), Budgets(10_000, hardCap: true), new NanoUsd(10)));

        Assert.Equal(2, passed);
    }

    [Fact]
    public void Each_outage_and_each_tenant_has_its_own_ceiling()
    {
        var allowance = new OutageAllowance(new GatewaySettings { OutageOpenLimit = new NanoUsd(10) });
        var (acme, zeta, budgets) = (Tenant(OutagePolicy.Open), Tenant(OutagePolicy.Open, "zeta"), Budgets(1_000, hardCap: false));
        Assert.True(allowance.TryTake(acme, budgets, new NanoUsd(10)));
        Assert.False(allowance.TryTake(acme, budgets, new NanoUsd(10)));
        Assert.True(allowance.TryTake(zeta, budgets, new NanoUsd(10)));

        allowance.End("acme");

        Assert.True(allowance.TryTake(acme, budgets, new NanoUsd(10)));
        Assert.False(allowance.TryTake(zeta, budgets, new NanoUsd(10)));
    }

    [Fact]
    public async Task Calls_at_once_do_not_pass_the_ceiling_together()
    {
        var allowance = new OutageAllowance(new GatewaySettings { OutageOpenLimit = new NanoUsd(100) });
        var (tenant, budgets) = (Tenant(OutagePolicy.Open), Budgets(10_000, hardCap: true));

        var passed = await Task.WhenAll(Enumerable.Range(0, 400).Select(_ => Task.Run(() => allowance.TryTake(tenant, budgets, new NanoUsd(3)))));

        Assert.Equal(33, passed.Count(p => p));
    }

    private static Tenant Tenant(OutagePolicy policy, string id = "acme") => new() { Id = id, Name = id, TimeZone = "UTC", OutagePolicy = policy };

    private static ResolvedBudgets Budgets(long limit, bool hardCap)
    {
        var budget = new Budget
        {
            Id = "b1",
            Name = "main",
            TenantId = "acme",
            Scope = BudgetScope.Tenant,
            ScopeId = "acme",
            Window = BudgetWindow.Total,
            Limit = new NanoUsd(limit),
            Mode = hardCap ? BudgetMode.Hard : BudgetMode.Soft,
        };
        var applied = new AppliedBudget("acme", budget, new WindowBounds("total", DateTimeOffset.MinValue, DateTimeOffset.MaxValue));
        return new ResolvedBudgets
        {
            Budgets = [applied],
            Keys = [applied.Key],
            Limits = [],
            Strict = false,
            HasHardCap = hardCap,
            From = DateTimeOffset.MinValue,
            Until = DateTimeOffset.MaxValue,
        };
    }
}
