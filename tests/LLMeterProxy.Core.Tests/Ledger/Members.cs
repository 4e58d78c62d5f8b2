using System.Collections;
using LLMeterProxy.Core.Usage;

namespace LLMeterProxy.Core.Tests.Ledger;

internal static class Members
{
    /// <summary>Every public property is equal, lists by their elements: a member that is added later is compared without a change here.</summary>
    public static void AssertEqual<T>(T expected, T actual)
    {
        foreach (var property in typeof(T).GetProperties())
        {
            switch (property.GetValue(expected), property.GetValue(actual))
            {
                case (TokenUsage left, TokenUsage right):
                    AssertEqual(left, right);
                    break;
                case (IReadOnlyList<ExtraUsage> left, IReadOnlyList<ExtraUsage> right):
                    Assert.Equal(left.Count, right.Count);
                    Assert.All(left.Zip(right), pair => AssertEqual(pair.First, pair.Second));
                    break;
                case (IEnumerable left and not string, IEnumerable right):
                    Assert.Equal(left.Cast<object>(), right.Cast<object>());
                    break;
                case var (left, right):
                    Assert.True(Equals(left, right), $"{property.Name}: {left} became {right}");
                    break;
            }
        }
    }
}
