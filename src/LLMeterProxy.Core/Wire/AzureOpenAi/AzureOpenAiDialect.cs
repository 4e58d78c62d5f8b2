using LLMeterProxy.Core.Wire.OpenAi;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.AzureOpenAi;

/// <summary>
/// Azure OpenAI and Foundry. A deployment's name says nothing of its model: the answer does, in its body or in a header, else the
/// configured names do.
/// </summary>
internal sealed class AzureOpenAiDialect() : OpenAiFormatDialect(AzureOpenAiRoutes.Table, _asking)
{
    private static readonly OpenAiRules _asking = new()
    {
        AsksForUsage = true,
        ChatLimit = "max_completion_tokens",
        SearchesByCall = true,
        IgnoresModelBesidePath = true,
    };

    private static readonly OpenAiRules _silent = _asking with { AsksForUsage = false };

    private static readonly OpenAiRules _foundry = _asking with { ChatLimit = "max_tokens", SearchesByCall = false };

    public override string Kind => "azure-openai";

    public override string? DefaultBaseUrl => null;

    public override string? ApiKeyVariable => "AZURE_OPENAI_API_KEY";

    public override string? BaseUrlVariable => "AZURE_OPENAI_ENDPOINT";

    public override CredentialForm Credential => CredentialForm.ApiKey;

    public override DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    protected override OpenAiRules RulesFor(RouteMatch match)
    {
        var template = match.Route.Template;
        if (template.StartsWith(AzureOpenAiRoutes.Foundry, StringComparison.Ordinal))
            return _foundry;
        return template.StartsWith(AzureOpenAiRoutes.V1, StringComparison.Ordinal) || AzureApiVersion.TakesStreamOptions(match.UpstreamQuery)
            ? _asking
            : _silent;
    }

    protected override ResponseReader ReaderFor(RouteMatch match, RequestFacts facts, ResponseHead head)
    {
        var reader = base.ReaderFor(match, facts, head);
        reader.HeadModel = head.Header("x-ms-served-model") ?? head.Header("x-ms-deployment-name");
        reader.HeadServiceTier = head.Header("azureai-processed-tier");
        return reader;
    }
}
