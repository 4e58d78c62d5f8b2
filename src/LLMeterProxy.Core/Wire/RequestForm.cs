namespace LLMeterProxy.Core.Wire;

/// <summary>The media types that a route takes as its request body.</summary>
[Flags]
public enum RequestForm
{
    /// <summary><c>application/json</c> in UTF-8.</summary>
    Json = 1,

    /// <summary><c>multipart/form-data</c>: audio and image uploads.</summary>
    Multipart = 2,
}
