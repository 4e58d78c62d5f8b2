using Spectre.Console;
using Spectre.Console.Rendering;

namespace LLMeterProxy.Cli;

/// <summary>Where tables go. A pipe or a file has no width to fit into, and a table squeezed to 80 columns cuts ids in half.</summary>
internal static class TerminalConsole
{
    private const int Unbounded = 4096;

    public static IAnsiConsole Create()
    {
        if (!Console.IsOutputRedirected)
        {
            return AnsiConsole.Console;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = Unbounded;
        return console;
    }

    /// <summary>Draws at its own width: a narrow terminal wraps the rows itself, and every value stays whole.</summary>
    public static IRenderable Unsqueezed(IRenderable inner) => new NaturalWidth(inner);

    private sealed class NaturalWidth(IRenderable inner) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => inner.Measure(options, Unbounded);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => inner.Render(options, Unbounded);
    }
}
