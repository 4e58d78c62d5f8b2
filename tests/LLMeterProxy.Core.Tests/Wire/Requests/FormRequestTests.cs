using System.Text;
using CsCheck;
using LLMeterProxy.Core.Tests.Wire.Routes;
using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Problems;

namespace LLMeterProxy.Core.Tests.Wire.Requests;

/// <summary>Form uploads: read by the rules of JSON bodies, and refused where two parsers could read them differently (T56).</summary>
[Trait("Acceptance", "T56")]
public sealed class FormRequestTests
{
    private static readonly string _model = Form.Field("model", "whisper-1");
    private static readonly string _valid = _model + Form.File("file", "sound") + Form.End;

    [Fact]
    public void A_transcription_tells_model_stream_end_user_and_where_its_file_is()
    {
        var body = _model + Form.Field("stream", "true") + Form.Field("user", "u-1") + Form.Field("timestamp_granularities[]", "word")
            + Form.Field("timestamp_granularities[]", "segment") + Form.File("file", new string('x', 8000)) + Form.End;
        var facts = Form.Facts(body);

        Assert.Equal(("whisper-1", true, "u-1"), (facts.Model, facts.Stream, facts.EndUser));
        var file = Assert.Single(facts.Uploads);
        Assert.Equal(("file", 8000), (file.Field, file.Length));
        Assert.Equal(new string('x', 8000), body.Substring(file.Start, file.Length));
        Assert.Equal([new UnitCount("second", 2)], facts.Units);
    }

    [Fact]
    public void Images_to_edit_tell_their_number_size_and_quality()
    {
        var facts = Form.Facts(
            Form.Field("model", "gpt-image-1.5") + Form.Field("n", "2") + Form.Field("size", "1536x1024") + Form.Field("quality", "low")
            + Form.File("image[]", "a", "a.png") + Form.File("image[]", "b", "b.png") + Form.End,
            path: "/v1/images/edits");

        Assert.Equal((2, 2), (facts.Choices, facts.Uploads.Count));
        Assert.Equal([new UnitCount("image/1536x1024/low", 2)], facts.Units);
    }

    [Theory]
    [InlineData("multipart/form-data; boundary=\"----boundary-1\"")]
    [InlineData("Multipart/Form-Data;boundary=----boundary-1")]
    [InlineData("multipart/form-data; charset=utf-8; Boundary=----boundary-1")]
    public void The_boundary_may_be_quoted_and_stand_anywhere(string contentType) => Assert.Null(Form.Refusal(_valid, contentType));

    [Theory]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("multipart/form-data; boundary=----boundary-1; boundary=----boundary-1")]
    [InlineData("multipart/form-data; boundary=----boundary-2")]
    [InlineData("multipart/form-data; boundary=\"----boundary-1")]
    [InlineData("multipart/form-data; boundary=----boundary 1")]
    [InlineData("multipart/form-data; boundary=----boundary-1\u00e9")]
    public void A_boundary_that_is_absent_or_has_two_readings_is_refused(string contentType) =>
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(_valid, contentType));

    [Fact]
    public void A_boundary_of_10_kilobytes_is_refused()
    {
        var boundary = new string('b', 10_240);
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(_valid.Replace(Form.Boundary, boundary, StringComparison.Ordinal), "multipart/form-data; boundary=" + boundary));
        Assert.Null(Form.Refusal(_valid.Replace(Form.Boundary, boundary[..70], StringComparison.Ordinal), "multipart/form-data; boundary=" + boundary[..70]));
    }

    [Fact]
    public void Ten_thousand_parts_are_refused() =>
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(_model + string.Concat(Enumerable.Repeat(Form.Field("x", "y"), 10_000)) + Form.End));

    public static TheoryData<string> Malformed => new(
        "",
        "no boundary at all",
        "\r\n" + _valid,
        "preamble\r\n" + _valid,
        _valid + "epilogue",
        _model + Form.File("file", "sound"),
        _model + Form.File("file", "sound") + "--" + Form.Boundary + "\r\n",
        _model + Form.File("file", "sound") + "--" + Form.Boundary + "-",
        _valid.Replace("\r\n", "\n", StringComparison.Ordinal),
        _valid.Replace("Boundary\r\n", "Boundary \r\n", StringComparison.OrdinalIgnoreCase) + "x",
        "--" + Form.Boundary + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n--" + Form.Boundary + "--\r\n",
        "--" + Form.Boundary + "\r\nContent-Type: text/plain\r\n\r\nx\r\n" + Form.End,
        "--" + Form.Boundary + "\r\n\r\nx\r\n" + Form.End,
        Form.Part("form-data", "x") + Form.End,
        Form.Part("attachment; name=\"model\"", "m") + Form.End,
        Form.Part("form-data; name=\"model\"; name=\"x\"", "m") + Form.End,
        Form.Part("form-data; name=\"mod\\el\"", "m") + Form.End,
        Form.Part("form-data; name=\"mod%65l\"", "m") + Form.End,
        Form.Part("form-data; name=\"model", "m") + Form.End,
        Form.Part("form-data; name=\"model\" x", "m") + Form.End,
        Form.Part("form-data; name=\"model\"; other=\"x\"", "m") + Form.End,
        Form.Part("form-data; name=\"model\"\r\nContent-Disposition: form-data; name=\"x\"", "m") + Form.End,
        Form.Part("form-data;\r\n name=\"model\"", "m") + Form.End,
        Form.Part("form-data; name=\"model\"", "m", "Content-Transfer-Encoding: base64\r\n") + Form.End,
        Form.Part("form-data; name=\"model\"", "m", "X\rY: z\r\n") + Form.End,
        Form.Part("form-data; name=\"model\"", "m", "X : z\r\n") + Form.End,
        Form.Part("form-data; name=\"_charset_\"", "utf-7") + _valid,
        _model + Form.File("file", "x", "a\r\nContent-Type: text/html\r\n\r\n.wav") + Form.End,
        _model + Form.File("file", "x", "a%0d%0ab.wav") + Form.End,
        _model + Form.File("file", "x", "a\u0007.wav") + Form.End,
        _model + Form.Part("form-data; name=\"file\"; filename*=UTF-8''a%0Ab", "x") + Form.End,
        _model + Form.Part("form-data; name=\"file\"; filename=\"a\"; filename=\"b\"", "x") + Form.End,
        Form.Part("form-data; name=\"" + new string('n', 65) + "\"", "x") + _valid,
        Form.Part("form-data; name=\"x\"", "x", "X: " + new string('x', 5000) + "\r\n") + _valid,
        Form.Part("form-data; name=\"x\"", "x", string.Concat(Enumerable.Repeat("X: y\r\n", 9))) + _valid);

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_parsers_could_read_differently_is_refused(string body) => Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(body));

    [Theory]
    [InlineData("song \\\"live\\\".wav")]
    [InlineData("a;b=c.wav")]
    [InlineData("100%.wav")]
    [InlineData("\u00fc.wav")]
    public void Any_other_file_name_is_the_clients_business(string name) => Assert.Null(Form.Refusal(_model + Form.File("file", "x", name) + Form.End));

    [Theory]
    [InlineData("model", "whisper-1", "whisper-1")]
    [InlineData("model", "whisper-1", "gpt-4o-transcribe")]
    [InlineData("stream", "true", "false")]
    [Trait("Acceptance", "T36")]
    public void A_field_that_is_read_comes_once(string name, string first, string second) => Assert.Equal(
        ProblemCode.DuplicateProperty, Form.Refusal(Form.Field(name, first) + Form.Field(name, second) + _valid));

    [Theory]
    [InlineData("model", "a\nb")]
    [InlineData("model", "\u00ff\u00fe")]
    [InlineData("n", "0")]
    [InlineData("n", "129")]
    [InlineData("n", "1.0")]
    [InlineData("n", " 1")]
    [InlineData("stream", "yes")]
    [Trait("Acceptance", "T43")]
    public void A_value_of_the_wrong_kind_is_refused(string name, string value) =>
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(Form.Field(name, value) + Form.File("file", "x") + Form.End));

    [Fact]
    public void The_model_has_a_longest_length_and_is_no_file()
    {
        Assert.Equal(256, Form.Facts(Form.Field("model", new string('m', 256)) + Form.End).Model!.Length);
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(Form.Field("model", new string('m', 257)) + Form.End));
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(Form.Field("model", new string('m', 100_000)) + Form.End));
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(Form.File("model", "whisper-1") + Form.End));
    }

    [Theory]
    [InlineData("")]
    [InlineData("--------")]
    public void A_form_must_name_its_model(string before) => Assert.Equal(
        ProblemCode.MissingModel, Form.Refusal((before.Length == 0 ? "" : Form.Field("x", before)) + Form.File("file", "x") + Form.End));

    [Fact]
    public void Names_that_a_server_could_fold_are_refused_where_the_server_is_unknown()
    {
        var body = Form.Field("Model", "dear") + _valid;
        Assert.Equal(ProblemCode.InvalidValue, Form.Refusal(body, kind: "openai-compatible"));
        Assert.Equal("whisper-1", Form.Facts(body).Model);
    }

    [Fact]
    public void Sound_that_the_body_only_points_to_is_hidden_input()
    {
        Assert.Equal("file_url", Form.Facts(Form.Field("file_url", "https://example.org/a.mp3") + _model + Form.End, "mistral").HiddenInput);
        Assert.Null(Form.Facts(_valid, "mistral").HiddenInput);
    }

    [Fact]
    public void A_JSON_body_is_read_as_one_where_the_route_takes_both()
    {
        const string Body = """{"model":"gpt-image-1","prompt":"p","n":3,"images":[{"image_url":"data:image/png;base64,AA"}]}""";
        Assert.Equal(3, Dialects.Facts("openai", "/v1/images/edits", Body).Choices);
    }

    [Fact]
    public void Damaged_forms_are_read_or_refused_and_never_thrown_over()
    {
        var bytes = Encoding.Latin1.GetBytes(_model + Form.Field("n", "2") + Form.File("file", "--" + Form.Boundary) + _valid);
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte, Gen.Int[0, bytes.Length]).Sample(
            (at, value, length) =>
            {
                var damaged = bytes[..length];
                if (at < length)
                    damaged[at] = value;
                var reading = Dialects.Of("openai").ReadRequest(Dialects.Route("openai", "/v1/audio/transcriptions"), damaged, Form.ContentType);
                Assert.True(reading.Facts is null != reading.Problem is null);
            },
            iter: 20_000);
    }
}
