using System.Buffers.Text;
using System.Security.Cryptography;

namespace LLMeterProxy.Options;

/// <summary>
/// Secrets that the configuration leaves out: generated on first start and kept in the data directory, readable by this
/// user alone. The admin token is printed once, by the start that made it.
/// </summary>
internal sealed class SecretFiles(string dataDirectory)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string AdminTokenPath => Path.Combine(dataDirectory, "admin-token");

    private string PepperPath => Path.Combine(dataDirectory, "pepper");

    public string AdminToken(out bool generated) => ReadOrCreate(AdminTokenPath, out generated);

    public string Pepper() => ReadOrCreate(PepperPath, out _);

    /// <summary>Replaces the admin token; a running server takes the new one at its next start.</summary>
    public string ResetAdminToken()
    {
        var token = Generate();
        Write(AdminTokenPath, token);
        return token;
    }

    private static string Generate() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static string ReadOrCreate(string path, out bool generated)
    {
        generated = !File.Exists(path);
        if (generated)
        {
            var secret = Generate();
            Write(path, secret);
            return secret;
        }

        var text = File.ReadAllText(path).Trim();
        return text.Length >= 32
            ? text
            : throw new InvalidDataException($"'{path}' holds {text.Length} characters; a secret has at least 32. Restore it, or delete it to have a new one made.");
    }

    private static void Write(string path, string secret)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        var temporary = path + ".tmp";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, options))
        {
            file.Write(System.Text.Encoding.UTF8.GetBytes(secret + "\n"));
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
