namespace LLMeterProxy.Core.Pricing;

/// <summary>The model in an Amazon resource name, which Bedrock takes in place of a model id.</summary>
internal static class BedrockArn
{
    /// <summary>
    /// <c>arn:aws:bedrock:us-east-1::foundation-model/ID</c> and <c>…:inference-profile/ID</c> name their model.
    /// An application's own profile, a provisioned or an imported model does not: its name stays whole, and only an alias can price it.
    /// </summary>
    public static ReadOnlySpan<char> ModelOf(ReadOnlySpan<char> name)
    {
        var slash = name.LastIndexOf('/');
        if (slash < 0 || !name.StartsWith("arn:aws", StringComparison.Ordinal))
        {
            return name;
        }

        var owner = name[..slash];
        return owner.EndsWith(":foundation-model", StringComparison.Ordinal) || owner.EndsWith(":inference-profile", StringComparison.Ordinal)
            ? name[(slash + 1)..]
            : name;
    }
}
