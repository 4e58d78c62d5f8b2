using System.Text;
using LLMeterProxy.Simulator.Wire;

namespace LLMeterProxy.Simulator.Demo;

/// <summary>Request bodies of the demo; the same call number always gives the same body.</summary>
internal static class DemoPrompts
{
    private static readonly string[] _questions =
    [
        "How do I change the delivery address of an order?",
        "Summarise the release notes for a customer.",
        "Write a friendly reminder for an unpaid invoice.",
        "Which plan fits a team of twelve?",
        "Translate the greeting on our start page into Spanish.",
    ];

    private static readonly string[] _complaints =
    [
        "My parcel has not arrived yet. What can I do?",
        "I was charged twice this month.",
        "The app logs me out every few minutes.",
        "Please close my account and confirm it.",
    ];

    private static readonly string _page = Page();

    /// <summary>A streamed chat question of one of 40 end users.</summary>
    public static string Chat(int call) =>
        $$"""{"model":"{{(call % 4 == 3 ? "gpt-5-mini" : "gpt-4o-mini")}}","stream":true,"max_completion_tokens":{{60 + (call * 37 % 140)}},"user":"user-{{call % 40}}","messages":[{"role":"system","content":"You are the assistant of a small shop. Answer in short sentences."},{"role":"user","content":"{{_questions[call % _questions.Length]}}"}]}""";

    /// <summary>A support message; every fifth is streamed from the larger model.</summary>
    public static string Support(int call)
    {
        var isHard = call % 5 == 4;
        return $$"""{"model":"{{(isHard ? "claude-sonnet-4-5" : "claude-haiku-4-5")}}","max_tokens":{{(isHard ? 400 : 180)}},"stream":{{(isHard ? "true" : "false")}},"metadata":{"user_id":"customer-{{call % 25}}"},"system":"You work for the support of a parcel service. Be brief and kind.","messages":[{"role":"user","content":"{{_complaints[call % _complaints.Length]}}"}]}""";
    }

    /// <summary>One document of 8 to 23 pages, to be turned into structured fields by a large model.</summary>
    public static string Document(int number)
    {
        var pages = 8 + (number * 7 % 16);
        var body = new StringBuilder(_page.Length * pages + 512);
        body.Append("""{"model":"gpt-4o","max_tokens":300,"response_format":{"type":"json_object"},"messages":[{"role":"system","content":"Extract title, parties, dates and amounts as JSON."},{"role":"user","content":"Document """).Append(number).Append(".pdf\\n");
        for (var page = 0; page < pages; page++)
            body.Append(_page);
        return body.Append("\"}]}").ToString();
    }

    private static string Page()
    {
        var page = new StringBuilder();
        for (var word = 0; word < 350; word++)
            page.Append(Encoding.UTF8.GetString(PseudoText.Word(word)));
        return page.Append("\\n").ToString();
    }
}
