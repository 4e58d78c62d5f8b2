namespace LLMeterProxy.Core.Wire;

/// <summary>The media types that a route takes as its request body.</summary>
[Flags]
public enum RequestForm
{
    /// <summary><c>application/json</c> in UTF-8.</summary>
    Json = 1,

    /// <summary><c>multipart/form-data</c>: audio and image uploads.</summary>
    Multipart = 2,

    /// <summary>
    /// JSON whose sender did not say so: no type at all, or <c>application/octet-stream</c>. AWS's SDKs send InvokeModel's
    /// body so, unless their caller names its type.
    /// </summary>
    UntypedJson = 4,
}
