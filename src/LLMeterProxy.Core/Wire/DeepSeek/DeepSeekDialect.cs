using LLMeterProxy.Core.Wire.OpenAi;

namespace LLMeterProxy.Core.Wire.DeepSeek;

/// <summary>DeepSeek, with and without the version in the path, and Anthropic's format under <c>/anthropic</c>. Its streams always carry usage.</summary>
internal sealed class DeepSeekDialect() : OpenAiFormatDialect(DeepSeekRoutes.Table, new())
{
    public override string Kind => "deepseek";

    public override string? DefaultBaseUrl => "https://api.deepseek.com";

    public override string? ApiKeyVariable => "DEEPSEEK_API_KEY";

    public override DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public override CredentialForm CredentialFor(RouteMatch match) => IsAnthropic(match) ? CredentialForm.XApiKey : Credential;
}
