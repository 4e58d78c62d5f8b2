using System.Text;

namespace LLMeterProxy.Cli;

/// <summary>Reads CSV as RFC 4180 has it: quoted cells may hold commas, quotes and line ends. Blank lines are skipped, cells trimmed.</summary>
internal static class CsvLines
{
    /// <returns>The cells of each record with the number of the line it starts on, from 1.</returns>
    /// <exception cref="CliException">A quote is never closed.</exception>
    public static IEnumerable<(int Line, IReadOnlyList<string> Cells)> Read(string text)
    {
        var cells = new List<string>();
        var cell = new StringBuilder();
        var quoted = false;
        var (line, start) = (1, 1);
        for (var i = 0; i <= text.Length; i++)
        {
            var c = i < text.Length ? text[i] : '\n';
            if (quoted)
            {
                if (i == text.Length)
                {
                    throw new CliException(ExitCodes.Failed, $"line {start}: a quote is never closed");
                }

                if (c == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else if (c == '"')
                {
                    quoted = false;
                }
                else
                {
                    cell.Append(c);
                }

                line += c == '\n' ? 1 : 0;
                continue;
            }

            switch (c)
            {
                case '"' when cell.ToString().Trim().Length == 0:
                    cell.Clear();
                    quoted = true;
                    break;
                case ',' or '\n':
                    cells.Add(cell.ToString().Trim());
                    cell.Clear();
                    if (c == '\n')
                    {
                        if (cells.Count > 1 || cells[0].Length > 0)
                        {
                            yield return (start, cells);
                        }

                        cells = [];
                        start = ++line;
                    }

                    break;

                // A byte order mark is not part of the first id.
                case '\uFEFF' when i == 0:
                    break;
                default:
                    cell.Append(c);
                    break;
            }
        }
    }
}
