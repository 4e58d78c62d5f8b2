using LLMeterProxy.Options;

namespace LLMeterProxy.Features;

/// <summary>What a person sees after a start: where things are, which providers have keys, what to do next.</summary>
internal static class Announcement
{
    public static void Write(WebApplication app)
    {
        var settings = app.Services.GetRequiredService<HostSettings>();
        var secrets = app.Services.GetRequiredService<SecretsInUse>();
        var (gateway, control) = Server.Addresses(app);
        Console.WriteLine($"LLMeterProxy {ProductVersion.Text}");
        Console.WriteLine($"  gateway   {gateway}   (base URLs: {gateway}/<provider>/…)");
        Console.WriteLine($"  control   {control}   (admin API, OpenAPI, metrics)");
        Console.WriteLine($"  data      {settings.DataDirectory}");
        if (settings.Providers.Count == 0)
        {
            Console.WriteLine("  providers none. Set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or OPENROUTER_API_KEY, or LLMeter:Providers, and start again.");
        }
        else
        {
            Console.WriteLine($"  providers {string.Join(", ", settings.Providers.Select(p => $"{p.Name} ({p.Kind})"))}");
        }

        if (secrets.IsNewToken)
        {
            Console.WriteLine($"  admin token (shown once; kept in {new SecretFiles(settings.DataDirectory).AdminTokenPath}): {secrets.AdminToken}");
        }
    }
}
