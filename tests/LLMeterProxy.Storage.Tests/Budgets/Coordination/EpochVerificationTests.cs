using LLMeterProxy.Storage.Budgets.Redis;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

public sealed class EpochVerificationTests
{
    private readonly BudgetEpoch _epoch = new();

    [Fact]
    [Trait("Acceptance", "T104")]
    public void A_doubt_that_overtakes_a_verification_stands()
    {
        var before = _epoch.Doubts;
        _epoch.Doubt(EpochDoubt.Connection, "lost while it was verified");

        Assert.False(_epoch.TryVerify(1, before));
        Assert.False(_epoch.State.IsVerified);
    }

    [Fact]
    public void The_same_epoch_is_open_again_once_it_is_verified_and_another_is_not()
    {
        Verified(1);
        _epoch.Open(1);
        _epoch.Doubt(EpochDoubt.Connection, "");
        Verified(1);
        Assert.True(_epoch.State.IsOpen);

        _epoch.Doubt(EpochDoubt.ScriptsMissing, "");
        Verified(2);

        Assert.False(_epoch.State.IsOpen);
        _epoch.Open(1);
        Assert.False(_epoch.State.IsOpen);
    }

    private void Verified(long number) => Assert.True(_epoch.TryVerify(number, _epoch.Doubts));
}
