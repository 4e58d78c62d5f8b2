namespace LLMeterProxy.Gateway.Route;

/// <summary>An access key of AWS, with which every call is signed.</summary>
/// <param name="Region">The region of the endpoint, such as <c>us-east-1</c>: the signature is good for that one.</param>
/// <param name="SecretAccessKey">Never logged, never in an answer, never sent.</param>
/// <param name="SessionToken">Of temporary credentials; null for a lasting access key.</param>
public sealed record AwsCredential(string Region, string AccessKeyId, string SecretAccessKey, string? SessionToken = null)
{
    /// <summary>Never the secret.</summary>
    public override string ToString() => "AwsCredential";
}
