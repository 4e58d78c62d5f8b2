using System.Buffers;
using System.Text.Json;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Billing;

/// <summary>
/// All entries of one simulator, in the order in which they were finished, and by option a file of JSON lines.
/// An entry is one write to the file, so that what was logged survives the death of any process.
/// </summary>
public sealed class BillLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<BillEntry> _entries = [];
    private readonly FileStream? _file;
    private readonly bool _keep;

    internal BillLog(string? path, bool keep)
    {
        _keep = keep;
        if (path is null)
            return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } directory)
            Directory.CreateDirectory(directory);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    internal void Add(BillEntry entry)
    {
        var line = _file is null ? null : Line(entry);
        lock (_gate)
        {
            if (_keep)
                _entries.Add(entry);
            if (line is not null)
                _file!.Write(line.WrittenSpan);
        }
    }

    internal IReadOnlyList<BillEntry> Snapshot()
    {
        lock (_gate)
            return [.. _entries];
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    /// <summary>Reads a file of entries back, without bodies. A last line without an end, cut by a crash, is left out.</summary>
    /// <exception cref="JsonException">A finished line is no entry.</exception>
    public static IReadOnlyList<BillEntry> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var lines = reader.ReadToEnd().Split('\n');
        return [.. lines.Take(lines.Length - 1).Select(Entry)];
    }

    private static ArrayBufferWriter<byte> Line(BillEntry entry)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("sequence", entry.Sequence);
            json.WriteString("at", entry.At);
            json.WriteString("shape", entry.Shape.ToString());
            json.WriteString("operation", entry.Operation.ToString());
            json.WriteString("path", entry.Path);
            json.WriteString("modelRequested", entry.ModelRequested);
            json.WriteString("model", entry.Model);
            json.WriteString("tier", entry.Tier);
            json.WriteBoolean("stream", entry.Stream);
            json.WriteNumber("status", entry.Status);
            json.WriteNumber("uncached", entry.Usage.Uncached);
            json.WriteNumber("cached", entry.Usage.Cached);
            json.WriteNumber("cacheWrite5m", entry.Usage.CacheWrite5m);
            json.WriteNumber("cacheWrite1h", entry.Usage.CacheWrite1h);
            json.WriteNumber("output", entry.Usage.Output);
            json.WriteNumber("reasoning", entry.Usage.Reasoning);
            json.WriteNumber("searchUnits", entry.Usage.SearchUnits);
            if (entry.NanoUsd is { } nano)
                json.WriteNumber("nanoUsd", nano);
            else
                json.WriteNull("nanoUsd");
            json.WriteString("responseId", entry.ResponseId);
            json.WriteString("marker", entry.Marker);
            json.WriteBoolean("fullySent", entry.FullySent);
            json.WriteBoolean("clientAborted", entry.ClientAborted);
            json.WriteNumber("bytesSent", entry.BytesSent);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer;
    }

    private static BillEntry Entry(string line)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        return new BillEntry
        {
            Sequence = Int64(json, "sequence"),
            At = json.GetProperty("at").GetDateTimeOffset(),
            Shape = Enum.Parse<ProviderShape>(json.GetProperty("shape").GetString()!),
            Operation = Enum.Parse<SimulatedOperation>(json.GetProperty("operation").GetString()!),
            Path = json.GetProperty("path").GetString()!,
            ModelRequested = json.GetProperty("modelRequested").GetString(),
            Model = json.GetProperty("model").GetString(),
            Tier = json.GetProperty("tier").GetString(),
            Stream = json.GetProperty("stream").GetBoolean(),
            Status = json.GetProperty("status").GetInt32(),
            Usage = new SimulatedUsage(
                Int64(json, "uncached"), Int64(json, "cached"), Int64(json, "cacheWrite5m"),
                Int64(json, "cacheWrite1h"), Int64(json, "output"), Int64(json, "reasoning"), Int64(json, "searchUnits")),
            NanoUsd = json.GetProperty("nanoUsd").ValueKind == JsonValueKind.Null ? null : Int64(json, "nanoUsd"),
            ResponseId = json.GetProperty("responseId").GetString(),
            Marker = json.GetProperty("marker").GetString(),
            FullySent = json.GetProperty("fullySent").GetBoolean(),
            ClientAborted = json.GetProperty("clientAborted").GetBoolean(),
            BytesSent = Int64(json, "bytesSent"),
        };
    }

    private static long Int64(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
