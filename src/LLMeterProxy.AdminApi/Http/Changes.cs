using Microsoft.AspNetCore.Http;

namespace LLMeterProxy.AdminApi.Http;

/// <summary>Read, check the entity tag, change, write where the version is still the one that was read; again where it is not.</summary>
internal static class Changes
{
    private const int MaxTries = 5;

    /// <param name="write">Returns null where the stored version is another one by now.</param>
    public static async Task<IResult> ApplyAsync<T>(
        HttpContext http,
        Func<ValueTask<T?>> read,
        Func<T, long> version,
        Func<T, FieldErrors, T> change,
        Func<T, T, Task<T?>> write,
        Func<T, IResult> answer,
        string what)
        where T : class
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (await read() is not { } current)
            {
                return Problems.NotFound(what);
            }

            if (!ETags.Allow(http, version(current)))
            {
                return Problems.VersionMismatch();
            }

            var errors = new FieldErrors();
            var changed = change(current, errors);
            if (errors.Any)
            {
                return errors.ToProblem();
            }

            if (await write(current, changed) is { } stored)
            {
                return answer(stored);
            }
        }

        return ETags.HasCondition(http) ? Problems.VersionMismatch() : Problems.ConcurrentChange();
    }
}
