using System.Globalization;
using System.Text.Json;

namespace LLMeterProxy.Storage.Journal;

/// <summary>
/// Who this node is and which of its runs this is. Kept in the journal's directory under an exclusive lock, so that two
/// processes never write one journal and no run ever reuses another's incarnation.
/// </summary>
internal sealed class NodeIdentity : IDisposable
{
    private readonly JournalLock _lock;
    private readonly string _path;
    private long _run;

    private NodeIdentity(JournalLock held, string path, string nodeId, long run)
    {
        (_lock, _path, NodeId, _run) = (held, path, nodeId, run);
    }

    public string NodeId { get; }

    public string Incarnation => string.Create(CultureInfo.InvariantCulture, $"{NodeId}-{_run}");

    /// <summary>The node of an incarnation.</summary>
    public static string NodeOf(string incarnation) => incarnation[..incarnation.LastIndexOf('-')];

    /// <summary>The file that makes a directory a journal's.</summary>
    public static string PathIn(string directory) => Path.Combine(directory, "node.json");

    /// <summary>Takes the next incarnation, as a restart would. One caller at a time.</summary>
    public string Renew()
    {
        Write(_path, NodeId, _run + 1);
        _run++;
        return Incarnation;
    }

    /// <inheritdoc cref="JournalLock.Take"/>
    public static NodeIdentity Claim(string directory, TimeProvider time)
    {
        var held = JournalLock.Take(directory);
        try
        {
            var path = PathIn(directory);

            // A node whose segments are gone is a new node: segment numbers start again, and the ledger must not take the
            // places of the new journal for those of the old one, or it would skip them.
            var known = File.Exists(path) && Directory.EnumerateFiles(directory, "*.seg").Any();
            var (nodeId, run) = known ? Read(path) : (Guid.CreateVersion7(time.GetUtcNow()).ToString("N"), 0);
            run++;
            Write(path, nodeId, run);
            return new NodeIdentity(held, path, nodeId, run);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    private static (string NodeId, long Run) Read(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return (document.RootElement.GetProperty("nodeId").GetString()!, document.RootElement.GetProperty("incarnation").GetInt64());
    }

    private static void Write(string path, string nodeId, long run)
    {
        var temporary = path + ".tmp";
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var json = new Utf8JsonWriter(file))
            {
                json.WriteStartObject();
                json.WriteString("nodeId", nodeId);
                json.WriteNumber("incarnation", run);
                json.WriteEndObject();
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);

        // Else a power cut could bring the old number back, and two runs would share an incarnation.
        DiskSync.FlushDirectory(Path.GetDirectoryName(path)!);
    }
}
