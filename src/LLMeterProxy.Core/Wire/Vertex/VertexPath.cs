namespace LLMeterProxy.Core.Wire.Vertex;

/// <summary>
/// The project and the location in a path. The credential is the operator's, so that its project is the one that is called:
/// what is configured stands in place of what the client wrote.
/// </summary>
internal static class VertexPath
{
    private const string Projects = "/projects/";
    private const string Locations = "/locations/";

    // Where express mode has no location and a project is configured without a region.
    private const string Everywhere = "global";

    /// <param name="path">Of a matched route: begins with the version.</param>
    /// <param name="project">Null leaves the client's, or none.</param>
    /// <param name="region">Null leaves the client's.</param>
    public static string Rebuild(string path, string? project, string? region)
    {
        if (project is null && region is null)
        {
            return path;
        }

        var afterVersion = path.IndexOf('/', 1);
        var version = path.AsSpan(0, afterVersion);
        var rest = path.AsSpan(afterVersion);
        if (!rest.StartsWith(Projects))
        {
            return project is null ? path : string.Concat(version, Projects, project, $"{Locations}{region ?? Everywhere}{rest}");
        }

        rest = rest[Projects.Length..];
        var slash = rest.IndexOf('/');
        var wroteProject = rest[..slash];
        rest = rest[(slash + Locations.Length)..];
        slash = rest.IndexOf('/');
        var wroteLocation = rest[..slash];
        return $"{version}{Projects}{project ?? wroteProject}{Locations}{region ?? wroteLocation}{rest[slash..]}";
    }
}
