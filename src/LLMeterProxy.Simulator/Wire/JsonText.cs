using System.Text.Encodings.Web;
using System.Text.Json;

namespace LLMeterProxy.Simulator.Wire;

/// <summary>Escapes text from a request before it is echoed inside a JSON string.</summary>
internal static class JsonText
{
    public static string Escape(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
}
