using System.Buffers;

namespace LLMeterProxy.Core.Wire.Problems;

/// <summary>An API family's error body and the status and names under which it knows each <see cref="ProblemCode"/>.</summary>
public abstract class ProblemShape
{
    /// <summary>The provider's own name of the request-id header (<c>x-request-id</c>, <c>request-id</c>); null where it has none.</summary>
    public abstract string? RequestIdHeader { get; }

    /// <summary>The header in which the family names the type of an error (<c>x-amzn-errortype</c>); null where the body does.</summary>
    public virtual string? TypeHeader => null;

    /// <summary>The value of <see cref="TypeHeader"/>; empty where there is no such header.</summary>
    public virtual string ErrorType(ProblemCode code) => "";

    /// <summary>The HTTP status of a problem in this family.</summary>
    public abstract int Status(ProblemCode code);

    /// <summary>The stable machine-readable code (<c>model_not_allowed</c>), the same in logs and metrics of every family.</summary>
    public static string Name(ProblemCode code) => ProblemNames.Of(code);

    /// <summary>True where a retry cannot help: the answer carries <c>x-should-retry: false</c>.</summary>
    public static bool IsFinal(ProblemCode code) => ProblemNames.IsFinal(code);

    /// <summary>Writes the JSON body, UTF-8.</summary>
    public abstract void Write(Problem problem, string requestId, IBufferWriter<byte> output);
}
