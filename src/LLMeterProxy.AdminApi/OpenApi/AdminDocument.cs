using LLMeterProxy.AdminApi.Http;
using LLMeterProxy.AdminApi.Security;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace LLMeterProxy.AdminApi.OpenApi;

/// <summary>Makes the OpenAPI document say what the code does: who needs a token, and how amounts are written.</summary>
internal static class AdminDocument
{
    public const string Name = "v1";
    private const string Scheme = "adminToken";

    public static void Configure(OpenApiOptions options)
    {
        // The gateway's own routes are the providers' APIs and are documented there.
        options.ShouldInclude = endpoint => endpoint.ActionDescriptor.EndpointMetadata.OfType<Documented>().Any();
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "LLMeterProxy admin API",
                Version = Name,
                Description = "Tenants, virtual keys, budgets and usage. Money is USD as decimal strings with at most 9 places.",
            };
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            if (context.Description.ActionDescriptor.EndpointMetadata.OfType<AdminOnly>().Any())
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, context.Document)] = [] }];
            }

            return Task.CompletedTask;
        });
        options.AddSchemaTransformer((schema, context, _) =>
        {
            if (context.JsonTypeInfo.Type == typeof(UsdAmount) || context.JsonTypeInfo.Type == typeof(UsdAmount?))
            {
                schema.Type = JsonSchemaType.String;
                schema.Pattern = "^[0-9]{1,12}(\\.[0-9]{1,9})?$";
            }

            return Task.CompletedTask;
        });
    }
}
