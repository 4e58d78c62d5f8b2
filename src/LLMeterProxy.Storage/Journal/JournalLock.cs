namespace LLMeterProxy.Storage.Journal;

/// <summary>The exclusive lock on a journal's directory. Whoever has it is the one writer of the journal, and of a SQLite ledger beside it.</summary>
public sealed class JournalLock : IDisposable
{
    private readonly FileStream _held;

    private JournalLock(FileStream held) => _held = held;

    /// <param name="directory">Of the journal; made where it does not exist.</param>
    /// <exception cref="IOException">Another process has it.</exception>
    public static JournalLock Take(string directory)
    {
        Directory.CreateDirectory(directory);
        try
        {
            return new JournalLock(new FileStream(Path.Combine(directory, "journal.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new IOException(
                $"The journal in '{directory}' is in use by another process. Stop it, or give this one its own LLMeter:DataDirectory.", e);
        }
    }

    public void Dispose() => _held.Dispose();
}
