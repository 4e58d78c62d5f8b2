namespace LLMeterProxy.Core.Wire;

/// <summary>One file of a <c>multipart/form-data</c> body.</summary>
/// <param name="Field">The name of its form field (<c>file</c>, <c>image</c>).</param>
/// <param name="Start">Offset of its first byte in the body.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct UploadedFile(string Field, int Start, int Length);
