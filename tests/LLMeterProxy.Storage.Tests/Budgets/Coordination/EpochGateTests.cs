using LLMeterProxy.Storage.Budgets.Coordination;

namespace LLMeterProxy.Storage.Tests.Budgets.Coordination;

public sealed class EpochGateTests
{
    private readonly EpochGate _gate = new();

    [Fact]
    public void Nothing_is_verified_before_the_first_verification()
    {
        Assert.False(_gate.IsVerified);
        Assert.False(_gate.IsOpen);
    }

    [Fact]
    [Trait("Acceptance", "T104")]
    public void A_doubt_closes_the_gate_and_is_heard_of_once()
    {
        List<string> heard = [];
        _gate.Doubted += heard.Add;
        Verified(1);
        _gate.Open(1);

        _gate.Doubt("connection_lost");
        _gate.Doubt("noscript");

        Assert.False(_gate.IsVerified);
        Assert.False(_gate.IsOpen);
        Assert.Equal(["connection_lost"], heard);
    }

    [Fact]
    public void A_doubt_that_overtakes_a_verification_stands()
    {
        var before = _gate.Doubts;
        _gate.Doubt("connection_lost");

        Assert.False(_gate.TryVerify(1, before));
        Assert.False(_gate.IsVerified);
    }

    [Fact]
    public void The_same_epoch_is_open_again_once_it_is_verified_and_another_is_not()
    {
        Verified(1);
        _gate.Open(1);
        _gate.Doubt("connection_lost");
        Verified(1);
        Assert.True(_gate.IsOpen);

        _gate.Doubt("run_id");
        Verified(2);

        Assert.True(_gate.IsVerified);
        Assert.False(_gate.IsOpen);
        _gate.Open(1);
        Assert.False(_gate.IsOpen);
    }

    private void Verified(long number) => Assert.True(_gate.TryVerify(number, _gate.Doubts));
}
