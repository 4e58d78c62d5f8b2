using CsCheck;
using LLMeterProxy.Gateway.Meter;

namespace LLMeterProxy.Gateway.Tests.Meter;

/// <summary>The bytes between upstream and client, against a list that does the same simply.</summary>
public sealed class HeldBytesTests
{
    private enum Step
    {
        Append,
        Release,
        ReleaseAll,
        Drop,
        DropWaiting,
        Take,
    }

    [Fact]
    public void Any_steps_give_what_a_plain_list_gives() =>
        Gen.Select(Gen.Enum<Step>(), Gen.Int[0, 5000], Gen.Int[0, 5000]).Array[1, 60].Sample(steps =>
        {
            var held = new HeldBytes();
            var (ready, waiting, next) = (new List<byte>(), new List<byte>(), (byte)0);
            foreach (var (step, one, two) in steps)
            {
                switch (step)
                {
                    case Step.Append:
                        var bytes = new byte[one];
                        for (var i = 0; i < one; i++)
                        {
                            bytes[i] = next++;
                        }

                        held.Append(bytes);
                        waiting.AddRange(bytes);
                        if (one > 0)
                        {
                            Assert.Equal(bytes, held.Last(one).ToArray());
                        }

                        break;
                    case Step.Release when waiting.Count > 0:
                        var count = one % (waiting.Count + 1);
                        held.Release(count, 0, 0);
                        ready.AddRange(waiting[..count]);
                        waiting.RemoveRange(0, count);
                        break;
                    case Step.Drop when waiting.Count > 0:
                        var end = one % (waiting.Count + 1);
                        var start = end == 0 ? 0 : two % end;
                        held.Release(end, start, end - start);
                        ready.AddRange(waiting[..start]);
                        waiting.RemoveRange(0, end);
                        break;
                    case Step.ReleaseAll:
                        held.ReleaseAll();
                        ready.AddRange(waiting);
                        waiting.Clear();
                        break;
                    case Step.DropWaiting:
                        held.DropWaiting();
                        waiting.Clear();
                        break;
                    case Step.Take when ready.Count > 0:
                        var destination = new byte[Math.Max(1, one)];
                        var taken = held.Take(destination);
                        Assert.Equal(Math.Min(destination.Length, ready.Count), taken);
                        Assert.Equal(ready[..taken], destination[..taken]);
                        ready.RemoveRange(0, taken);
                        break;
                }

                Assert.Equal(ready.Count, held.Ready);
                Assert.Equal(waiting.Count, held.Waiting);
                Assert.Equal(ready.Count + waiting.Count == 0, held.IsEmpty);
            }

            held.Free();
        });

    [Fact]
    public void A_verdict_that_releases_too_much_lets_nothing_of_the_pool_out()
    {
        var held = new HeldBytes();
        held.Append([1, 2, 3]);
        held.Release(100, 0, 0);
        Assert.Equal(3, held.Take(new byte[100]));
        Assert.True(held.IsEmpty);
    }
}
