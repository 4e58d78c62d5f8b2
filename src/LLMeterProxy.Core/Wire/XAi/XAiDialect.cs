using LLMeterProxy.Core.Wire.OpenAi;

namespace LLMeterProxy.Core.Wire.XAi;

/// <summary>xAI. Its answers state their exact cost.</summary>
internal sealed class XAiDialect() : OpenAiFormatDialect(XAiRoutes.Table, new() { AsksForUsage = true })
{
    public override string Kind => "xai";

    public override string? DefaultBaseUrl => "https://api.x.ai";

    public override string? ApiKeyVariable => "XAI_API_KEY";

    public override DisconnectPolicy OnDisconnect => DisconnectPolicy.Cancel;

    public override bool StatesExactCost => true;
}
