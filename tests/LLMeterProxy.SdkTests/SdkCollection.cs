namespace LLMeterProxy.SdkTests;

/// <summary>One node for all tests of this project: they differ in who calls, not in what is called.</summary>
[CollectionDefinition(Name)]
public sealed class SdkCollection : ICollectionFixture<SdkNode>
{
    public const string Name = "SDKs";
}
