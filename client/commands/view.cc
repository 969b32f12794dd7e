#include "client/commands/view.h"

#include <filesystem>
#include <memory>

#include "absl/strings/str_cat.h"
#include "client/commands/image_list.h"
#include "client/commands/map_summary.h"
#include "client/feature_client.h"
#include "client/render/view_sheet.h"
#include "client/rpc_status.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

// Extracts, draws and writes; returns what was drawn, in words.
absl::StatusOr<std::string> DrawLayer(const ViewOptions& options, Terminal& terminal) {
  ASSIGN_OR_RETURN(const std::string photograph, ReadImage({options.image, "image"}, terminal.in));
  ASSIGN_OR_RETURN(const std::unique_ptr<FeatureClient> client, FeatureClient::Create(options.client));
  v1::ExtractFeaturesRequest request = options.request;
  request.add_images()->set_content(photograph);
  ASSIGN_OR_RETURN(const v1::ExtractFeaturesResponse response,
                   client->ExtractFeatures(request, {.cancellation = &terminal.interruption}));
  const v1::ImageResult& result = response.results(0);
  RETURN_IF_ERROR(StatusFromRpc(result.status()));
  const v1::FeatureMap& map = result.features(0);
  const std::string name =
      options.image == "-" ? "standard input" : std::filesystem::path(options.image).filename().string();
  const ViewCaption caption = {.model = response.model(), .version = response.version(), .image_name = name};
  ASSIGN_OR_RETURN(const std::string png, DrawViewSheet(photograph, map, caption));
  RETURN_IF_ERROR(WriteFile(options.output, png));
  return SummarizeMap(map);
}

}  // namespace

int ViewLayer(const ViewOptions& options, Terminal& terminal) {
  const absl::Status valid = options.client.Validate();
  const absl::StatusOr<std::string> drawn = valid.ok() ? DrawLayer(options, terminal) : valid;
  if (drawn.ok()) {
    terminal.out << *drawn << " -> " << options.output << std::endl;
    return kDone;
  }
  terminal.err << absl::StrCat("onebyone view: ", options.image, ": ", WithoutPlace(drawn.status().message()), "\n");
  return valid.ok() ? kFailed : kWrongUsage;
}

}  // namespace onebyone
