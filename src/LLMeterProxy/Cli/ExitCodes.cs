namespace LLMeterProxy.Cli;

/// <summary>What scripts can rely on.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The server refused, or a check failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No server answers.</summary>
    public const int NoServer = 3;

    /// <summary>The token is missing or wrong.</summary>
    public const int Unauthorized = 4;

    /// <summary>The ledger could not be written in time (EX_TEMPFAIL). Nothing is lost: the journal keeps what is missing, and the next start ships it.</summary>
    public const int LedgerUnavailable = 75;

    /// <summary>The settings are not usable, or the node may not start with them (EX_CONFIG).</summary>
    public const int BadConfiguration = 78;

    /// <summary>Ctrl+C, as shells have it.</summary>
    public const int Interrupted = 130;
}
