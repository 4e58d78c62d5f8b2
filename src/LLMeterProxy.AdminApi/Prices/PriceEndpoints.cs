using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.OpenApi;
using LLMeterProxy.Core.Pricing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace LLMeterProxy.AdminApi.Prices;

/// <summary><c>/api/v1/prices</c></summary>
internal sealed class PriceEndpoints(IPriceBookSource prices, IPriceListing listing)
{
    private const int DefaultLimit = 100;

    public void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/prices", List).WithTags("Prices").WithName("listPrices").WithSummary("Reads the price book in force, by provider and model.")
            .Gives<PricesResponse>().Refuses(400);

    private IResult List(HttpContext http, string? provider, string? model, string? cursor, string? limit)
    {
        var errors = new FieldErrors();
        var query = new QueryReader(http, errors, "provider", "model", "cursor", "limit");
        var size = query.Limit(DefaultLimit);
        if (errors.Any)
        {
            return errors.ToProblem();
        }

        var book = prices.Current;
        var after = query.Text("cursor");
        var rows = listing.Models(book)
            .Where(m => query.Text("provider") is not { } list || string.Equals(m.Provider, list, StringComparison.Ordinal))
            .Where(m => query.Text("model") is not { } part || m.Id.Contains(part, StringComparison.OrdinalIgnoreCase))
            .OrderBy(KeyOf, StringComparer.Ordinal)
            .Where(m => after is null || string.CompareOrdinal(KeyOf(m), after) > 0)
            .Take(size + 1)
            .ToList();
        var next = rows.Count > size ? KeyOf(rows[size - 1]) : null;
        return TypedResults.Json(
            new PricesResponse(book.Version, [.. rows.Take(size).Select(ModelPriceResponse.Of)], next),
            AdminJson.Default.PricesResponse);
    }

    private static string KeyOf(PricedModel model) => $"{model.Provider}/{model.Id}";
}
