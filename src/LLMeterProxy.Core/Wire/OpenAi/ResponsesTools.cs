using LLMeterProxy.Core.Usage;
using LLMeterProxy.Core.Wire.Scanning;

namespace LLMeterProxy.Core.Wire.OpenAi;

/// <summary>
/// What one response billed by call, counted from its output items, and the image model behind its image tool. Only searches are
/// billed of web search, which can also open a page or find in one for nothing; code interpreter is billed by container.
/// Source: OpenAI's pricing page and its guides to the built-in tools.
/// </summary>
internal sealed class ResponsesTools
{
    private const int MostContainers = 64;
    private const int MostImageKinds = 16;

    private readonly List<string> _containers = [];
    private readonly List<UnitCount> _images = [];
    private string? _type;
    private string? _action;
    private string? _container;
    private string? _size;
    private string? _quality;
    private string? _toolType;
    private string? _toolModel;

    public int WebSearches { get; private set; }

    public int FileSearches { get; private set; }

    public int Containers => _containers.Count;

    /// <summary>Generated images by size and quality.</summary>
    public IReadOnlyList<UnitCount> Images => _images;

    /// <summary>Null where the response does not repeat the image tool with its model.</summary>
    public string? ImageModel { get; private set; }

    public void Clear()
    {
        _type = _action = _container = _size = _quality = _toolType = _toolModel = null;
        WebSearches = FileSearches = 0;
        _containers.Clear();
        _images.Clear();
    }

    /// <returns>False where the field is not of an item or a tool.</returns>
    public bool Take(ResponseField field, ReadOnlySpan<byte> raw)
    {
        switch (field)
        {
            case ResponseField.OutputItemType:
                JsonText.Update(ref _type, raw);
                return true;
            case ResponseField.OutputItemAction:
                JsonText.Update(ref _action, raw);
                return true;
            case ResponseField.OutputItemContainer:
                JsonText.Update(ref _container, raw);
                return true;
            case ResponseField.OutputItemSize:
                JsonText.Update(ref _size, raw);
                return true;
            case ResponseField.OutputItemQuality:
                JsonText.Update(ref _quality, raw);
                return true;
            case ResponseField.Tool:
                EndTool();
                return true;
            case ResponseField.ToolType:
                JsonText.Update(ref _toolType, raw);
                return true;
            case ResponseField.ToolModel:
                JsonText.Update(ref _toolModel, raw);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The next output item begins, or the document ended.</summary>
    public void EndItem()
    {
        switch (_type)
        {
            case "web_search_call" when _action is null or "search":
                WebSearches++;
                break;
            case "file_search_call":
                FileSearches++;
                break;
            case "code_interpreter_call" when _container is not null && _containers.Count < MostContainers && !_containers.Contains(_container):
                _containers.Add(_container);
                break;
            case "image_generation_call":
                AddImage(ImageUnits.Name(null, _size, _quality));
                break;
        }

        _type = _action = _container = _size = _quality = null;
    }

    /// <summary>The next tool begins, or the document ended.</summary>
    public void EndTool()
    {
        if (_toolType == "image_generation")
            ImageModel = _toolModel ?? ImageModel;
        _toolType = _toolModel = null;
    }

    private void AddImage(string unit)
    {
        var known = _images.FindIndex(image => image.Unit == unit);
        if (known >= 0)
            _images[known] = new UnitCount(unit, _images[known].Quantity + 1);
        else if (_images.Count < MostImageKinds)
            _images.Add(new UnitCount(unit, 1));
    }
}
