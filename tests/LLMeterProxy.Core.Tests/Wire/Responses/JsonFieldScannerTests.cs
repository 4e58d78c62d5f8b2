using System.Text;
using System.Text.Json;
using CsCheck;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Tests.Wire.Responses;

/// <summary>The scanner finds what a full parser finds at the same paths, whatever stands around them.</summary>
public class JsonFieldScannerTests
{
    private static readonly FieldNode _tree = FieldNode.Root(
        FieldNode.Value("usage"u8, ResponseField.Usage),
        FieldNode.Value("model"u8, ResponseField.Model),
        FieldNode.Elements("choices"u8, ResponseField.Choice, FieldNode.Value("usage"u8, ResponseField.UsageCopy), FieldNode.Text("text"u8)),
        FieldNode.Parent("response"u8, FieldNode.Value("usage"u8, ResponseField.OpeningUsage)));

    private static readonly Gen<string> _scalar = Pick.From(
        "null", "true", "12", "-1.5e3", "\"\"", "\"usage\"", "\"a\\\"usage\\\":{\"", "\"\\\\\"", "\"{[}]\"", "\"Grüße\"", "\"\\u0022usage\\u0022\"");

    private static readonly Gen<string> _name = Pick.From("usage", "model", "choices", "response", "text", "x", "a much longer name that is not any of ours, and is longer than the buffer");

    private static readonly Gen<string> _space = Pick.From("", "", " ", "\r\n\t");

    [Fact]
    public void Random_documents_under_random_splits_give_what_a_parser_finds()
    {
        var documents = Gen.Select(Value(5), Gen.Int[0, 200].Array[0, 6]);
        documents.Sample(
            (document, points) =>
            {
                if (document[0] is not ('{' or '['))
                {
                    return;
                }

                var bytes = Encoding.UTF8.GetBytes(document);
                var cuts = points.Select(point => Math.Min(point, bytes.Length)).Order().ToArray();
                var expected = new List<string>();
                using var parsed = JsonDocument.Parse(bytes);
                var text = 0;
                Walk(parsed.RootElement, "", expected, ref text);
                expected.Add("text " + text);
                var (found, scanner) = Scan(bytes, cuts);
                Assert.Equal(expected, found);
                Assert.True(scanner.IsClosed);
            },
            iter: 100_000);
    }

    [Fact]
    public void A_value_above_the_limit_is_reported_cut()
    {
        var document = "{\"usage\":{\"x\":\"" + new string('y', 5_000_000) + "\"},\"model\":\"m\"}";
        var (found, scanner) = Scan(Encoding.UTF8.GetBytes(document), [17, 40_000, 3_000_000]);
        Assert.Equal(3, found.Count);
        Assert.StartsWith("Usage cut", found[0]);
        Assert.Equal("Model \"m\"", found[1]);
        Assert.True(scanner.BufferedBytes <= JsonFieldScanner.MaxValueLength + 64);
    }

    [Fact]
    public void What_is_no_object_or_array_is_not_JSON()
    {
        var (found, scanner) = Scan("  \"usage\""u8.ToArray(), []);
        Assert.Equal(["text 0"], found);
        Assert.False(scanner.IsClosed);
    }

    [Fact]
    public void Depth_costs_no_memory_and_changes_nothing()
    {
        var nested = string.Concat(Enumerable.Repeat("{\"choices\":[", 50_000)) + string.Concat(Enumerable.Repeat("]}", 50_000));
        var (found, _) = Scan(Encoding.UTF8.GetBytes("{\"a\":" + nested + ",\"model\":\"m\"}"), []);
        Assert.Equal(["Model \"m\"", "text 0"], found);
    }

    private static Gen<string> Value(int depth)
    {
        if (depth == 0)
        {
            return _scalar;
        }

        var inner = Value(depth - 1);
        var member = Gen.Select(_name, _space, _space, inner, (name, before, after, value) => "\"" + name + "\"" + before + ":" + after + value);
        return Gen.Frequency(
            (1, _scalar),
            (3, Gen.Select(member.Array[0, 4], _space, (members, space) => "{" + space + string.Join(space + "," + space, members) + space + "}")),
            (2, Gen.Select(inner.Array[0, 3], _space, (items, space) => "[" + space + string.Join(space + "," + space, items) + space + "]")));
    }

    // The slow reading: paths with one transparent level of arrays.
    private static void Walk(JsonElement value, string path, List<string> found, ref int text, bool inArray = false)
    {
        if (path == ".choices" && value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        {
            found.Add("Choice ");
        }

        var field = path switch { ".usage" => "Usage", ".model" => "Model", ".choices.usage" => "UsageCopy", ".response.usage" => "OpeningUsage", _ => null };
        if (field is not null)
        {
            found.Add(field + " " + value.GetRawText());
            return;
        }

        if (path == ".choices.text" && value.ValueKind == JsonValueKind.String)
        {
            text += Encoding.UTF8.GetByteCount(value.GetRawText()) - 2;
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                Walk(member.Value, path + "." + member.Name, found, ref text);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array && !inArray)
        {
            foreach (var item in value.EnumerateArray())
            {
                if (item.ValueKind != JsonValueKind.Array)
                {
                    Walk(item, path, found, ref text, inArray: true);
                }
            }
        }
    }

    private static (List<string> Found, JsonFieldScanner Scanner) Scan(byte[] bytes, int[] cuts)
    {
        var heard = new Heard();
        var scanner = new JsonFieldScanner(heard);
        scanner.Reset(_tree);
        var at = 0;
        foreach (var cut in cuts)
        {
            scanner.Scan(bytes.AsSpan(at..cut));
            at = cut;
        }

        scanner.Scan(bytes.AsSpan(at));
        heard.Found.Add("text " + heard.TextLength);
        return (heard.Found, scanner);
    }

    private sealed class Heard : IFieldSink
    {
        public List<string> Found { get; } = [];

        public int TextLength { get; private set; }

        public void OnField(ResponseField field, ReadOnlySpan<byte> raw, bool cut) =>
            Found.Add(field + (cut ? " cut " : " ") + Encoding.UTF8.GetString(raw));

        public void OnText(int length) => TextLength += length;

        public void OnObjectEnd()
        {
        }
    }
}
