namespace LLMeterProxy.Core.Wire;

/// <summary>Finds a dialect by the kind that the configuration names.</summary>
public interface IDialectCatalog
{
    IReadOnlyCollection<IDialect> All { get; }

    /// <returns>Null where the kind is unknown.</returns>
    IDialect? Find(string kind);
}
