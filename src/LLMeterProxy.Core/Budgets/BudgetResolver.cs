using System.Collections.Concurrent;
using LLMeterProxy.Core.Tenancy;

namespace LLMeterProxy.Core.Budgets;

/// <summary>
/// Finds the budgets and limits that apply to a call. On the request path: for a call without budgeted tags it is one
/// look-up and allocates nothing until a window rolls or the snapshot is replaced. Thread-safe.
/// </summary>
/// <param name="globalTimeZone">The IANA zone of global budgets.</param>
public sealed class BudgetResolver(string globalTimeZone)
{
    // Clients invent model names, so the answers are bounded; a full map starts anew rather than choose whom to forget.
    private const int MaxAnswers = 20_000;

    private const string TenantLimits = "tenant";

    private readonly IReadOnlyList<TimeZoneChange> _globalZones = TimeZoneSchedule.Always(globalTimeZone);
    private volatile Generation _generation = new(TenancySnapshot.Empty);

    /// <summary>Answers kept now; never above 20,000.</summary>
    internal int AnswerCount => _generation.Answers.Count;

    /// <summary>
    /// The budgets of the tenant (its own, this key's, these tags'), of the key's owner where the call is on behalf, and the
    /// global ones, each in its window at <paramref name="at"/>.
    /// </summary>
    /// <param name="tenant">The attributed tenant.</param>
    /// <param name="model">The canonical id; null where the operation has none: then only budgets for every model apply.</param>
    /// <param name="tags">The call's tags.</param>
    /// <param name="at">The reservation instant, UTC.</param>
    public ResolvedBudgets Resolve(
        TenancySnapshot snapshot,
        string tenant,
        string keyId,
        string? model,
        IReadOnlyList<KeyValuePair<string, string>> tags,
        DateTimeOffset at)
    {
        var generation = _generation;
        if (generation.Snapshot != snapshot)
        {
            generation = new Generation(snapshot);
            if (snapshot.Revision >= _generation.Snapshot.Revision)
            {
                _generation = generation;
            }
        }

        if (tags.Count > 0 && generation.HasTagBudgets(tenant))
        {
            return Build(generation, tenant, keyId, model, tags, at);
        }

        var question = new Question(tenant, keyId, model);
        if (generation.Answers.TryGetValue(question, out var answer) && at >= answer.From && at < answer.Until)
        {
            return answer;
        }

        answer = Build(generation, tenant, keyId, model, [], at);
        generation.Remember(question, answer);
        return answer;
    }

    private ResolvedBudgets Build(
        Generation generation,
        string tenant,
        string keyId,
        string? model,
        IReadOnlyList<KeyValuePair<string, string>> tags,
        DateTimeOffset at)
    {
        var snapshot = generation.Snapshot;
        var owner = snapshot.FindKeyById(keyId)?.TenantId ?? tenant;
        var found = new List<AppliedBudget>();
        foreach (var budget in snapshot.BudgetsOf(tenant))
        {
            if (AppliesTo(budget, tenant, keyId, tags) && Covers(budget, model))
            {
                found.Add(generation.Apply(budget, tenant, Zones(snapshot, tenant), at));
            }
        }

        if (!string.Equals(owner, tenant))
        {
            // The owner of a shared key caps what the key spends for others; its own budgets count its own spend.
            foreach (var budget in snapshot.BudgetsOf(owner))
            {
                if (budget.Scope == BudgetScope.Key && AppliesTo(budget, owner, keyId, tags) && Covers(budget, model))
                {
                    found.Add(generation.Apply(budget, owner, Zones(snapshot, owner), at));
                }
            }
        }

        foreach (var budget in snapshot.GlobalBudgets)
        {
            if (AppliesTo(budget, tenant, keyId, tags) && Covers(budget, model))
            {
                found.Add(generation.Apply(budget, AppliedBudget.GlobalSlot, _globalZones, at));
            }
        }

        return Answer(found.ToArray(), Limits(snapshot, tenant, owner, keyId));
    }

    private IReadOnlyList<TimeZoneChange> Zones(TenancySnapshot snapshot, string tenant) =>
        snapshot.FindTenant(tenant) is { } found ? TimeZoneSchedule.VersionsOf(found) : _globalZones;

    private static ResolvedBudgets Answer(AppliedBudget[] budgets, AppliedLimit[] limits)
    {
        var keys = new BudgetWindowKey[budgets.Length];
        var (strict, hard) = (false, false);
        var (from, until) = (DateTimeOffset.MinValue, DateTimeOffset.MaxValue);
        for (var i = 0; i < budgets.Length; i++)
        {
            var applied = budgets[i];
            keys[i] = applied.Key;
            strict |= applied.Budget.Strict;
            hard |= applied.Budget.Mode == BudgetMode.Hard;
            from = applied.Window.Start > from ? applied.Window.Start : from;
            until = applied.Window.End < until ? applied.Window.End : until;
        }

        return new ResolvedBudgets
        {
            Budgets = budgets,
            Keys = keys,
            Limits = limits,
            Strict = strict,
            HasHardCap = hard,
            From = from,
            Until = until,
        };
    }

    private static AppliedLimit[] Limits(TenancySnapshot snapshot, string tenant, string owner, string keyId)
    {
        var ofTenant = snapshot.FindTenant(tenant)?.Limits ?? RateLimits.None;
        var ofKey = snapshot.FindKeyById(keyId)?.Limits ?? RateLimits.None;
        return (ofTenant.IsEmpty, ofKey.IsEmpty) switch
        {
            (true, true) => [],
            (false, true) => [new AppliedLimit(tenant, TenantLimits, ofTenant)],
            (true, false) => [new AppliedLimit(owner, keyId, ofKey)],
            _ => [new AppliedLimit(tenant, TenantLimits, ofTenant), new AppliedLimit(owner, keyId, ofKey)],
        };
    }

    private static bool AppliesTo(Budget budget, string tenant, string keyId, IReadOnlyList<KeyValuePair<string, string>> tags) =>
        budget.Scope switch
        {
            BudgetScope.Global => true,
            BudgetScope.Tenant => string.Equals(budget.ScopeId, tenant),
            BudgetScope.Key => string.Equals(budget.ScopeId, keyId),
            BudgetScope.Tag => HasTag(budget.ScopeId, tags),
            _ => false,
        };

    private static bool HasTag(string nameAndValue, IReadOnlyList<KeyValuePair<string, string>> tags)
    {
        for (var i = 0; i < tags.Count; i++)
        {
            var (name, value) = tags[i];
            if (nameAndValue.Length == name.Length + 1 + value.Length
                && nameAndValue[name.Length] == '='
                && nameAndValue.StartsWith(name, StringComparison.Ordinal)
                && nameAndValue.EndsWith(value, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Covers(Budget budget, string? model)
    {
        if (budget.Models is not { } patterns)
        {
            return true;
        }

        foreach (var pattern in patterns)
        {
            if (model is not null
                && (pattern.EndsWith('*')
                    ? model.AsSpan().StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal)
                    : string.Equals(pattern, model)))
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Question(string Tenant, string KeyId, string? Model);

    /// <summary>What was worked out for one snapshot.</summary>
    private sealed class Generation(TenancySnapshot snapshot)
    {
        // By the budget object itself: a changed budget is a new object in a new snapshot.
        private readonly ConcurrentDictionary<Budget, AppliedBudget> _applied = new(ReferenceEqualityComparer.Instance);
        private readonly ConcurrentDictionary<string, bool> _tagged = new(StringComparer.Ordinal);
        private readonly bool _globalTags = Any(snapshot.GlobalBudgets);
        private int _remembered;

        public TenancySnapshot Snapshot { get; } = snapshot;

        public ConcurrentDictionary<Question, ResolvedBudgets> Answers { get; } = new();

        public bool HasTagBudgets(string tenant) =>
            _globalTags || _tagged.GetOrAdd(tenant, static (id, all) => Any(all.BudgetsOf(id)), Snapshot);

        public void Remember(Question question, ResolvedBudgets answer)
        {
            if (Interlocked.Increment(ref _remembered) > MaxAnswers)
            {
                Answers.Clear();
                _remembered = 0;
            }

            Answers[question] = answer;
        }

        public AppliedBudget Apply(Budget budget, string slot, IReadOnlyList<TimeZoneChange> zones, DateTimeOffset at)
        {
            if (_applied.TryGetValue(budget, out var applied) && applied.Window.Contains(at))
            {
                return applied;
            }

            var next = new AppliedBudget(slot, budget, WindowSchedule.At(at, budget.Window, budget.Anchor, zones));

            // Calls that cross a boundary together bring both windows: the newer one stays.
            if (applied is null || next.Window.Start > applied.Window.Start)
            {
                _applied[budget] = next;
            }

            return next;
        }

        private static bool Any(IReadOnlyList<Budget> budgets)
        {
            foreach (var budget in budgets)
            {
                if (budget.Scope == BudgetScope.Tag)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
