using LLMeterProxy.Core.Money;

namespace LLMeterProxy.Core.Pricing;

/// <summary>Collects the exact lines of one record, then rounds once. Reused per thread, so that pricing allocates only its result.</summary>
internal sealed class CostSheet
{
    private Entry[] _entries = new Entry[16];
    private int _count;
    private Int128 _sum;

    public bool IsEmpty => _count == 0;

    public void Clear()
    {
        _entries.AsSpan(0, _count).Clear();
        _count = 0;
        _sum = 0;
    }

    public void Add(string unit, decimal quantity, decimal nanoPerMillion, Int128 amount, string? model)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        _entries[_count++] = new Entry(unit, quantity, nanoPerMillion, amount, model);
        _sum = checked(_sum + amount);
    }

    /// <summary>Rounds the sum half to even and shares it out by largest remainder, the earlier line first among equals.</summary>
    public (NanoUsd Total, CostLine[] Lines) Settle()
    {
        var total = ExactAmount.Round(_sum);
        var entries = _entries.AsSpan(0, _count);
        var missing = total.Value;
        foreach (ref var entry in entries)
        {
            var (whole, rest) = Int128.DivRem(entry.Amount, ExactAmount.PerNano);
            entry.Share = checked((long)whole);
            entry.Rest = rest;
            missing -= entry.Share;
        }

        for (; missing > 0; missing--)
        {
            var largest = 0;
            for (var i = 1; i < entries.Length; i++)
            {
                if (entries[i].Rest > entries[largest].Rest)
                {
                    largest = i;
                }
            }

            entries[largest].Share++;
            entries[largest].Rest = -1;
        }

        var lines = new CostLine[entries.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            lines[i] = new CostLine(entry.Unit, entry.Quantity, entry.NanoPerMillion, new NanoUsd(entry.Share), entry.Model);
        }

        return (total, lines);
    }

    private record struct Entry(string Unit, decimal Quantity, decimal NanoPerMillion, Int128 Amount, string? Model)
    {
        public long Share;
        public Int128 Rest;
    }
}
