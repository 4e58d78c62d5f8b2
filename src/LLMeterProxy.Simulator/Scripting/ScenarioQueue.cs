namespace LLMeterProxy.Simulator.Scripting;

/// <summary>Scenarios that a test set in advance, each for the next so many requests that match it, first set first taken.</summary>
internal sealed class ScenarioQueue
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];
    private volatile bool _isEmpty = true;

    public void Add(Scenario scenario, int times, Func<RecordedRequest, bool>? when)
    {
        lock (_gate)
        {
            _entries.Add(new Entry(scenario, times, when));
            _isEmpty = false;
        }
    }

    /// <summary>Takes the first that matches, or null.</summary>
    public Scenario? Take(Func<RecordedRequest> request)
    {
        if (_isEmpty)
            return null;
        var asked = request();
        lock (_gate)
        {
            var index = _entries.FindIndex(e => e.When is null || e.When(asked));
            if (index < 0)
                return null;
            var entry = _entries[index];
            if (entry.Times <= 1)
                _entries.RemoveAt(index);
            else
                _entries[index] = entry with { Times = entry.Times - 1 };
            _isEmpty = _entries.Count == 0;
            return entry.Scenario;
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _isEmpty = true;
        }
    }

    private sealed record Entry(Scenario Scenario, int Times, Func<RecordedRequest, bool>? When);
}
