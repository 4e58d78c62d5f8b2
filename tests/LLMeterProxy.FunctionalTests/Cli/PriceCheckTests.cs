namespace LLMeterProxy.FunctionalTests.Cli;

public sealed class PriceCheckTests : IDisposable
{
    private readonly PriceFilesCli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_shipped_prices_pass_without_a_server()
    {
        var (code, output, _) = await _cli.RunAsync("check");
        Assert.Equal(0, code);
        Assert.Contains("0 gaps, 0 contradictions", output);
        Assert.Contains("note: the ledger was not asked", output);
    }

    // Models of every kind of provider, as clients and responses of the day name them
    [Fact]
    public async Task Models_that_are_called_every_day_have_a_price()
    {
        var models = _cli.Write("models.txt", """
            # provider model
            openai gpt-4o-2024-08-06
            openai gpt-5.1-2025-11-13
            openai gpt-4o-mini-search-preview-2025-03-11
            openai gpt-image-1.5
            openai tts-1
            openai text-moderation-006
            azure gpt-5-nano-2025-08-07
            azure deepseek-v4-pro
            anthropic claude-2.1
            anthropic claude-haiku-4-5-20251001
            google gemini-2.0-flash-exp
            google gemini-embedding-001
            vertex gemini-1.5-flash
            bedrock amazon.titan-text-lite-v1
            bedrock us.anthropic.claude-3-7-sonnet-20250219-v1:0
            bedrock cohere.rerank-v3-5:0
            bedrock-mantle openai.gpt-oss-20b
            openrouter deepseek/deepseek-v3.2-20251201
            openrouter minimax/minimax-m2:free
            mistral ministral-3b-latest
            mistral codestral-embed
            deepseek deepseek-reasoner
            groq compound-beta
            xai grok-imagine-image-pro
            cohere rerank-multilingual-v2.0
            perplexity pplx-embed-v1-0.6b
            together Salesforce/Llama-Rank-v1
            ollama gpt-oss:120b
            gpustack qwen3
            llamacpp bge-reranker-v2-m3-Q4_K_M
            mistralrs Qwen/Qwen3-4B
            alibaba qwen3-max
            cerebras qwen-3-coder-480b
            crusoe meta-llama/Llama-3.3-70B-Instruct
            doubleword Qwen/Qwen3.5-397B-A17B-FP8
            github-copilot gpt-5.3-codex
            huggingface deepseek-ai/DeepSeek-R1
            moonshot kimi-k3
            snowflake openai-gpt-4.1
            venice qwen3-5-9b
            voyage rerank-2-lite
            zai glm-5.2
            """);
        var (code, output, _) = await _cli.RunAsync("check", "--models", models);
        Assert.DoesNotContain("gap:", output);
        Assert.Equal(0, code);
        Assert.Contains("42 named models checked", output);
    }

    [Fact]
    public async Task A_model_without_a_price_is_a_gap()
    {
        var (code, output, _) = await _cli.RunAsync("check", "--models", _cli.Write("models.txt", "openai gpt-99\n\topenai\tgpt-4o\n"));
        Assert.Equal(1, code);
        Assert.Contains("gap: openai gpt-99: no price in the list openai", output);
        Assert.DoesNotContain("gpt-4o", output);
    }

    // Nobody but its operator knows what a server of one's own costs: it is said, with what to do
    [Fact]
    public async Task A_provider_without_a_list_is_a_note_and_no_gap()
    {
        var (code, output, _) = await _cli.RunAsync("check", "--models", _cli.Write("models.txt", "our-gpus llama-9\n"));
        Assert.Equal(0, code);
        Assert.Contains("note: there is no price list for our-gpus", output);
        Assert.Contains("'ollama' for a server of your own", output);
    }

    [Fact]
    public async Task Configured_names_are_looked_up_as_a_server_does_it()
    {
        _cli.Settings["LLMeter:Providers:prod:Kind"] = "openai";
        _cli.Settings["LLMeter:Providers:prod:Models:chat"] = "gpt-4o";
        _cli.Settings["LLMeter:Providers:prod:Models:old"] = "gpt-99";
        _cli.Settings["LLMeter:Providers:gpus:Kind"] = "openai-compatible";
        _cli.Settings["LLMeter:Providers:gpus:PriceList"] = "ollama";
        var (code, output, _) = await _cli.RunAsync("check", "--models", _cli.Write("models.txt", "prod chat\ngpus anything\n"));
        Assert.Equal(1, code);
        Assert.Contains("gap: prod gpt-99", output);
        Assert.DoesNotContain("prod chat", output);
        Assert.DoesNotContain("gpus", output);
    }

    [Fact]
    public async Task A_contradiction_in_the_users_own_file_fails()
    {
        _cli.Settings["LLMeter:Prices:Override"] = _cli.Override;
        _cli.Write("override.json", """
            { "form": 1, "date": "2026-01-01", "lists": { "openai": { "models": { "gpt-4o": { "prices": [
              { "effectiveFrom": "2026-01-01", "source": "x", "read": "2026-01-01", "perMillionTokens": { "input_token": "1", "cache_read_token": "2" } } ] } } } } }
            """);
        var (code, output, _) = await _cli.RunAsync("check");
        Assert.Equal(1, code);
        Assert.Contains("contradiction: openai/gpt-4o: since 2026-01-01: cache_read_token 2 is above input_token 1", output);
    }

    [Fact]
    public async Task A_line_without_a_model_says_where_it_stands()
    {
        var (code, _, error) = await _cli.RunAsync("check", "--models", _cli.Write("models.txt", "openai gpt-4o\nopenai\n"));
        Assert.Equal(2, code);
        Assert.Contains("line 2", error);
    }
}
