namespace LLMeterProxy.Simulator.Scripting;

/// <summary>How a connection is closed in the middle of an answer.</summary>
public enum CutKind
{
    /// <summary>Reset: the peer reads what came before, then gets a connection error.</summary>
    Reset,

    /// <summary>An orderly end of the TCP stream without the end of the HTTP body.</summary>
    Fin,
}
