using CsCheck;
using LLMeterProxy.Gateway.Inspect;

namespace LLMeterProxy.Gateway.Tests.Inspect;

/// <summary>The bound on request bytes over all calls (T123).</summary>
public sealed class BodyMemoryTests
{
    [Fact]
    public void What_is_held_never_passes_the_bound_and_all_of_it_comes_back() => Gen.Long[1, 600].Array[1, 40].Sample(sizes =>
    {
        var memory = new BodyMemory(new GatewaySettings { MaxBufferedBytes = 1000 });
        var taken = new List<long>();
        foreach (var size in sizes)
        {
            if (memory.TryTake(size))
            {
                taken.Add(size);
            }

            Assert.Equal(taken.Sum(), memory.Held);
            Assert.True(memory.Held <= 1000);
        }

        taken.ForEach(memory.Return);
        Assert.Equal(0, memory.Held);
    });
}
