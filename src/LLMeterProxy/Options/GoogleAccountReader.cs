using System.Text.Json;

namespace LLMeterProxy.Options;

/// <summary>Reads which Google Cloud project is called and by which service account.</summary>
internal static class GoogleAccountReader
{
    /// <param name="isOwn">The kind is Google's, so that Google's own environment variables are looked at.</param>
    public static GoogleAccount Read(SettingsSection provider, IConfiguration environment, bool isOwn)
    {
        var project = provider.Text("Project") ?? (isOwn ? NotEmpty(environment["GOOGLE_CLOUD_PROJECT"]) : null);
        var region = isOwn ? NotEmpty(environment["GOOGLE_CLOUD_LOCATION"]) : null;
        var file = provider.Text("ServiceAccountFile");
        var shown = file;
        if (file is null && isOwn && provider.List("ApiKeys").Count == 0)
        {
            file = NotEmpty(environment["GOOGLE_APPLICATION_CREDENTIALS"]);
        }

        if (project is not null && !IsSegment(project))
        {
            provider.Fail("Project", project, "is not a project's id.", "Write the id, such as my-project-123.");
        }

        if ((provider.Text("Region") ?? region) is { } location && isOwn && !IsSegment(location))
        {
            provider.Fail("Region", location, "is not a location.", "Write one such as europe-west4, or global.");
        }

        if (file is null)
        {
            return new GoogleAccount(project, region, null);
        }

        var ofFile = ProjectOf(file, out var problem);
        if (problem is not null)
        {
            provider.Fail("ServiceAccountFile", shown ?? file, problem, "Name the JSON key file of a service account that this process can read.");
        }

        return new GoogleAccount(project ?? ofFile, region, file);
    }

    // Nothing of the file goes into a message: it holds a private key.
    private static string? ProjectOf(string file, out string? problem)
    {
        problem = null;
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = json.RootElement;
            if (Text(root, "type") == "service_account" && Text(root, "client_email") is not null && Text(root, "private_key") is not null)
            {
                return Text(root, "project_id");
            }

            problem = "is not the key file of a service account.";
        }
        catch (JsonException)
        {
            problem = "is not the key file of a service account.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = "cannot be read.";
        }

        return null;
    }

    private static string? Text(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? NotEmpty(value.GetString())
            : null;

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static bool IsSegment(string text) => text.Length <= 256 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
