using System.Text;
using LLMeterProxy.Core.Ledger;

namespace LLMeterProxy.Core.Tests.Ledger;

/// <summary>Payloads as earlier versions journalled them. They are on disk for ever: each has to be read, and each has a hash over its bytes.</summary>
public sealed class GoldenRecordTests
{
    // Written before records kept speed, region, usage beside the totals and the version that a correction replaces.
    private const string First =
        """{"v":1,"id":"0198c6b0-d1e2-7c3f-9a4b-5c6d7e8f9001","tenant":"acme","key":"key_1","provider":"anthropic","operation":"messages","channel":"proxy","modelRequested":"claude-sonnet-4-5","modelBilled":"claude-sonnet-4-5-20250929","model":"claude-sonnet-4-5","stream":true,"status":200,"outcome":"completed","source":"reported","usage":{"input":10,"uncached":4,"output":7,"cacheRead":6,"units":[["web_search",2]]},"lines":[["input_token",4,3000000000,12000],["cache_read_token",6,300000000,1800],["output_token",7,15000000000,105000],["output_token",1,5000000000,5000,"claude-haiku-4-5"]],"costNanoUsd":123800,"billedNanoUsd":123800,"providerCostNanoUsd":5,"priceVersion":"2026-11-24-1a2b3c4d","holdNanoUsd":900000,"budgets":[["acme","bud_1","month:2026-11-01T00:00:00Z"]],"serviceTier":"standard","responseId":"msg_1","endUser":"u1","tags":{"team":"blue"},"flags":["model_substituted"],"startedAtMicros":1764000000000000,"dispatchedMicros":150,"firstByteMicros":2000,"completedMicros":9000,"rawUsage":{"input_tokens":4},"corrects":"0198c6b0-d1e2-7c3f-9a4b-5c6d7e8f9002","incarnation":"n1-2","chainSeq":17,"prevHash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""";

    private const string Least =
        """{"v":1,"id":"0198c6b0-d1e2-7c3f-9a4b-5c6d7e8f9001","tenant":"acme","key":"key_1","provider":"openai","operation":"models","channel":"proxy","modelRequested":"","model":"","stream":false,"status":200,"outcome":"completed","source":"free","usage":{"input":0,"uncached":0,"output":0},"lines":[],"costNanoUsd":null,"billedNanoUsd":null,"priceVersion":"p","holdNanoUsd":0,"budgets":[],"startedAtMicros":1764000000000000,"completedMicros":1,"incarnation":"n1-2","chainSeq":1,"prevHash":"0000000000000000000000000000000000000000000000000000000000000000"}""";

    [Theory]
    [InlineData(First)]
    [InlineData(Least)]
    public void A_payload_of_an_earlier_version_is_read_and_written_back_to_the_byte(string payload) =>
        Assert.Equal(payload, Encoding.UTF8.GetString(UsageRecordCodec.Encode(UsageRecordCodec.Decode(Encoding.UTF8.GetBytes(payload)))));
}
