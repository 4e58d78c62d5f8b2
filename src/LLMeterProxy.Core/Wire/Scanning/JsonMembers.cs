using System.Text.Json;

namespace LLMeterProxy.Core.Wire.Scanning;

/// <summary>Steps over the members of a JSON object that is whole in memory.</summary>
internal static class JsonMembers
{
    /// <summary>Advances from a member's name to its value, into it where it is an object and past it where it is not.</summary>
    /// <returns>True where the reader stands in the object.</returns>
    public static bool EnterObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        reader.Skip();
        return false;
    }
}
