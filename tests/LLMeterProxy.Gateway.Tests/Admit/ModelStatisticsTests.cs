using CsCheck;
using LLMeterProxy.Gateway.Admit;

namespace LLMeterProxy.Gateway.Tests.Admit;

/// <summary>What is learned of a model sizes holds: slowly moved, always bounded.</summary>
public sealed class ModelStatisticsTests
{
    [Fact]
    public void Nothing_is_said_of_output_before_eight_calls()
    {
        var statistics = new ModelStatistics();
        for (var i = 0; i < 7; i++)
        {
            statistics.Learn(100, 25, 400, 100);
        }

        Assert.Null(statistics.OutputP95);
        statistics.Learn(100, 25, 400, 100);
        Assert.Equal(100, statistics.OutputP95);
    }

    [Fact]
    public void The_ratios_go_to_what_is_reported()
    {
        var statistics = new ModelStatistics();
        for (var i = 0; i < 500; i++)
        {
            statistics.Learn(500, 100, 700, 100);
        }

        Assert.Equal(5, statistics.InputBytesPerToken, 0.01);
        Assert.Equal(7, statistics.OutputBytesPerToken, 0.01);
    }

    [Fact]
    public void A_few_calls_are_enough_to_leave_the_first_guess()
    {
        var statistics = new ModelStatistics();
        for (var i = 0; i < 20; i++)
        {
            statistics.Learn(0, 0, 500, 100);
        }

        Assert.InRange(statistics.OutputBytesPerToken, 4.6, 5);
    }

    // Of an answer of two tokens nobody learns how many bytes a token has.
    [Fact]
    public void Short_answers_teach_little()
    {
        var statistics = new ModelStatistics();
        for (var i = 0; i < 100; i++)
        {
            statistics.Learn(0, 0, 500, 100);
        }

        for (var i = 0; i < 10; i++)
        {
            statistics.Learn(0, 0, 1, 2);
        }

        Assert.InRange(statistics.OutputBytesPerToken, 4.9, 5);
    }

    [Fact]
    public void One_absurd_report_moves_a_ratio_little()
    {
        var statistics = new ModelStatistics();
        var before = statistics.InputBytesPerToken;
        statistics.Learn(long.MaxValue, 1, 0, 0);
        Assert.InRange(statistics.InputBytesPerToken, before, before + 2);
    }

    [Fact]
    public void The_percentile_is_near_the_top_of_the_recent_calls()
    {
        var statistics = new ModelStatistics();
        for (var i = 1; i <= 128; i++)
        {
            statistics.Learn(0, 0, 0, i);
        }

        Assert.InRange(statistics.OutputP95!.Value, 118, 124);
    }

    [Fact]
    public void Any_reports_leave_ratios_in_their_bounds() =>
        Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue]).Array.Sample(reports =>
        {
            var statistics = new ModelStatistics();
            foreach (var (body, input, text, output) in reports)
            {
                statistics.Learn(body, input, text, output);
            }

            Assert.InRange(statistics.InputBytesPerToken, 1, 64);
            Assert.InRange(statistics.OutputBytesPerToken, 0.5, 64);
            Assert.True(statistics.OutputP95 is null or > 0);
        });
}
