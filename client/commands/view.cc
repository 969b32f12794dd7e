#include "client/commands/view.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/commands/image_list.h"
#include "client/commands/layer_views.h"
#include "client/commands/map_summary.h"
#include "client/feature_client.h"
#include "client/render/layer_page.h"
#include "client/render/layers_sheet.h"
#include "client/render/view_sheet.h"
#include "client/rpc_status.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Where the colours of a layer come from.
std::string ComponentNote(const LayerView& layer) {
  if (layer.components.has_value()) return absl::StrCat("; colours by ", layer.components->reduction());
  return layer.map.shape_size() == 1 ? "; a vector has no colours"
                                     : "; no reduction is fitted: colours by the components of this map alone";
}

// One view of one image: what it was asked, and what it draws from.
class Viewer {
 public:
  Viewer(const ViewOptions& options, Terminal& terminal)
      : options_(options), call_{.cancellation = &terminal.interruption} {}

  // Extracts, draws and writes; returns what was drawn, in words.
  absl::StatusOr<std::string> View(std::istream& in) {
    ASSIGN_OR_RETURN(photograph_, ReadImage({options_.image, "image"}, in));
    ASSIGN_OR_RETURN(client_, FeatureClient::Create(options_.client));
    if (!options_.page.empty()) return DrawPage();
    if (options_.components) return DrawComponents();
    return DrawActivations();
  }

 private:
  ViewCaption CaptionOf(const std::string& model, int64_t version) const {
    const std::string name =
        options_.image == "-" ? "standard input" : std::filesystem::path(options_.image).filename().string();
    return {.model = model, .version = version, .image_name = name};
  }

  absl::StatusOr<v1::GetModelResponse> GetModel() const {
    v1::GetModelRequest request;
    request.set_model(options_.request.model());
    request.set_version(options_.request.version());
    return client_->GetModel(request, call_);
  }

  // Of the model that was described, even where another version comes between.
  absl::Status Extract(const v1::GetModelResponse& model, const std::vector<std::string>& layers,
                       absl::FunctionRef<absl::Status(LayerView)> receive) const {
    v1::ExtractFeaturesRequest request = options_.request;
    request.set_model(model.summary().name());
    request.set_version(model.summary().version());
    return ExtractLayerViews(*client_, request, photograph_, model, layers, call_, receive);
  }

  std::vector<std::string> LayersOf(const v1::GetModelResponse& model) const {
    std::vector<std::string> names;
    if (options_.all_layers) {
      for (const v1::Layer& layer : model.layers()) names.push_back(layer.name());
    } else {
      for (const v1::FeatureRequest& feature : options_.request.features()) names.push_back(feature.layer());
    }
    return names;
  }

  absl::StatusOr<std::string> DrawPage() const {
    ASSIGN_OR_RETURN(const v1::GetModelResponse model, GetModel());
    ASSIGN_OR_RETURN(LayerPage page,
                     LayerPage::Create(photograph_, CaptionOf(model.summary().name(), model.summary().version())));
    RETURN_IF_ERROR(Extract(model, LayersOf(model), [&page](const LayerView& layer) { return page.Add(layer); }));
    const std::string html = page.ToHtml();
    RETURN_IF_ERROR(WriteFile(options_.page, html));
    return absl::StrFormat("%d %s, %.0f kB -> %s", page.layers(), page.layers() == 1 ? "layer" : "layers",
                           static_cast<double>(html.size()) / 1000, options_.page);
  }

  absl::StatusOr<std::string> DrawComponents() const {
    ASSIGN_OR_RETURN(const v1::GetModelResponse model, GetModel());
    std::vector<LayerView> layers;
    RETURN_IF_ERROR(Extract(model, LayersOf(model), [&](LayerView layer) -> absl::Status {
      layers.push_back(std::move(layer));
      return absl::OkStatus();
    }));
    return WriteSheet(layers, LayerLook::kComponents, CaptionOf(model.summary().name(), model.summary().version()));
  }

  absl::StatusOr<std::string> DrawActivations() const {
    v1::ExtractFeaturesRequest request = options_.request;
    request.add_images()->set_content(photograph_);
    ASSIGN_OR_RETURN(const v1::ExtractFeaturesResponse response, client_->ExtractFeatures(request, call_));
    const v1::ImageResult& result = response.results(0);
    RETURN_IF_ERROR(StatusFromRpc(result.status()));
    const ViewCaption caption = CaptionOf(response.model(), response.version());
    if (result.features_size() == 1) {
      ASSIGN_OR_RETURN(const std::string png, DrawViewSheet(photograph_, result.features(0), caption));
      RETURN_IF_ERROR(WriteFile(options_.output, png));
      ASSIGN_OR_RETURN(const std::string summary, SummarizeMap(result.features(0)));
      return absl::StrCat(summary, " -> ", options_.output);
    }
    std::vector<LayerView> layers;
    for (const v1::FeatureMap& map : result.features()) layers.push_back({.map = map, .components = std::nullopt});
    return WriteSheet(layers, LayerLook::kActivation, caption);
  }

  absl::StatusOr<std::string> WriteSheet(const std::vector<LayerView>& layers, LayerLook look,
                                         const ViewCaption& caption) const {
    ASSIGN_OR_RETURN(const std::string png, DrawLayersSheet(photograph_, layers, look, caption));
    RETURN_IF_ERROR(WriteFile(options_.output, png));
    std::vector<std::string> lines;
    for (const LayerView& layer : layers) {
      ASSIGN_OR_RETURN(lines.emplace_back(), SummarizeMap(layer.map));
      if (look == LayerLook::kComponents) absl::StrAppend(&lines.back(), ComponentNote(layer));
    }
    return absl::StrCat(absl::StrJoin(lines, "\n"), " -> ", options_.output);
  }

  const ViewOptions& options_;
  const CallOptions call_;
  std::string photograph_;
  std::unique_ptr<FeatureClient> client_;
};

absl::Status CheckUsage(const ViewOptions& options) {
  RETURN_IF_ERROR(options.client.Validate());
  if (options.all_layers && options.page.empty()) {
    return absl::InvalidArgumentError("--all-layers: want --html FILE with it; a picture would be too large");
  }
  if (options.all_layers == (options.request.features_size() > 0)) {
    return absl::InvalidArgumentError("want either --layer NAME, which may be repeated, or --all-layers with --html");
  }
  if (options.page.empty() && static_cast<size_t>(options.request.features_size()) > kMaxSheetLayers) {
    return absl::InvalidArgumentError(absl::StrCat("--layer: want at most ", kMaxSheetLayers, " on a picture, got ",
                                                   options.request.features_size(), "; --html takes any number"));
  }
  return absl::OkStatus();
}

}  // namespace

int ViewLayers(const ViewOptions& options, Terminal& terminal) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) {
    terminal.err << absl::StrCat("onebyone view: ", usage.message(), "\n");
    return kWrongUsage;
  }
  const absl::StatusOr<std::string> drawn = Viewer(options, terminal).View(terminal.in);
  if (!drawn.ok()) {
    terminal.err << absl::StrCat("onebyone view: ", options.image, ": ", WithoutPlace(drawn.status().message()), "\n");
    return kFailed;
  }
  terminal.out << *drawn << std::endl;
  return kDone;
}

}  // namespace onebyone
