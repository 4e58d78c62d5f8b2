namespace LLMeterProxy.LoadTests;

/// <summary>One line of the verdict.</summary>
/// <param name="Name">What was claimed.</param>
/// <param name="Violations">Every counterexample.</param>
/// <param name="Detail">What it was seen on.</param>
internal sealed record Check(string Name, IReadOnlyList<string> Violations, string Detail)
{
    private const int Shown = 8;

    public bool Passed => Violations.Count == 0;

    /// <returns>The process's exit code: 0 where every check passed.</returns>
    public static int Report(IReadOnlyList<Check> checks)
    {
        foreach (var check in checks)
        {
            Console.WriteLine($"{(check.Passed ? "pass" : "FAIL")}  {check.Name,-58}  {check.Detail}");
            foreach (var violation in check.Violations.Take(Shown))
            {
                Console.WriteLine($"        {violation}");
            }

            if (check.Violations.Count > Shown)
            {
                Console.WriteLine($"        … and {check.Violations.Count - Shown} more");
            }
        }

        var failed = checks.Count(c => !c.Passed);
        Console.WriteLine($"{checks.Count - failed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }
}
