namespace LLMeterProxy.Core.Wire.Requests.Multipart;

/// <summary>One part of a form.</summary>
/// <param name="Name">The name of its field.</param>
/// <param name="IsFile">It has a file name.</param>
/// <param name="Start">Offset of its content in the body.</param>
/// <param name="Length">Bytes of its content.</param>
internal readonly record struct MultipartPart(string Name, bool IsFile, int Start, int Length);
