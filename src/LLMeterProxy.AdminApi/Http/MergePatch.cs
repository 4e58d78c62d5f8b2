using System.Text.Json.Nodes;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>JSON Merge Patch (RFC 7396): null takes a field back to its default, an object is merged, all else replaces.</summary>
internal static class MergePatch
{
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                // An unknown field must reach the strict binding even when it is null.
                if (!target.Remove(name))
                {
                    target[name] = null;
                }
            }
            else if (value is JsonObject nested)
            {
                target[name] = Apply(target[name] as JsonObject is { } known ? (JsonObject)known.DeepClone() : [], nested);
            }
            else
            {
                target[name] = value.DeepClone();
            }
        }

        return target;
    }
}
