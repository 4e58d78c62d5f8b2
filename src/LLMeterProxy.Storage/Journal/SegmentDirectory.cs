using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace LLMeterProxy.Storage.Journal;

/// <summary>The segment files of one journal directory: <c>0000000001.seg</c> and up.</summary>
internal sealed class SegmentDirectory(string path, int segmentSize)
{
    /// <summary>Opens what earlier runs left, oldest first, and removes what a run that died was still making.</summary>
    /// <exception cref="InvalidDataException">A file that should be a segment is none.</exception>
    public List<Segment> OpenAll()
    {
        foreach (var unfinished in Directory.EnumerateFiles(path, "*.tmp"))
        {
            File.Delete(unfinished);
        }

        var segments = new List<Segment>();
        try
        {
            foreach (var file in Directory.EnumerateFiles(path, "*.seg").Order(StringComparer.Ordinal))
            {
                segments.Add(Segment.Open(int.Parse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture), file));
            }
        }
        catch
        {
            segments.ForEach(s => s.Dispose());
            throw;
        }

        return segments;
    }

    /// <inheritdoc cref="Segment.Create"/>
    public Segment Create(int number)
    {
        var file = Path.Combine(path, number.ToString("D10", CultureInfo.InvariantCulture) + ".seg");
        Span<byte> salt = stackalloc byte[4];
        RandomNumberGenerator.Fill(salt);
        return Segment.Create(number, file, segmentSize, BinaryPrimitives.ReadUInt32LittleEndian(salt));
    }
}
