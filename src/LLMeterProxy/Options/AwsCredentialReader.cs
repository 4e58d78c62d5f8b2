using LLMeterProxy.Gateway.Route;

namespace LLMeterProxy.Options;

/// <summary>Reads the access key with which calls to Bedrock are signed.</summary>
internal static class AwsCredentialReader
{
    /// <summary>The variable in which AWS's own tools look for the region.</summary>
    public const string RegionVariable = "AWS_REGION";

    /// <param name="region">Null where none is configured.</param>
    /// <param name="isOwn">The provider's kind takes these settings; elsewhere they are read and not looked at.</param>
    /// <returns>Null where there is no access key, or where there is an error.</returns>
    public static AwsCredential? Read(SettingsSection provider, string? region, bool isOwn)
    {
        var id = provider.Text("AccessKeyId");
        var secret = provider.Text("SecretAccessKey");
        var token = provider.Text("SessionToken");
        if (!isOwn || (id is null && secret is null))
        {
            return null;
        }

        if (id is null)
        {
            provider.Fail("AccessKeyId", null, "is missing beside SecretAccessKey.", "Write both, or an API key of Bedrock in ApiKeys.");
            return null;
        }

        if (secret is null)
        {
            provider.Fail("SecretAccessKey", null, "is missing beside AccessKeyId.", "Write both, or an API key of Bedrock in ApiKeys.");
            return null;
        }

        if (region is null)
        {
            provider.Fail("Region", null, "is missing, and a signature is good for one region.", "Write the region of the endpoint, such as us-east-1.");
            return null;
        }

        return new AwsCredential(region, id, secret, token);
    }
}
