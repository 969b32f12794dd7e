// Asks a server for a layer of one picture.
//
//   ask_layer HOST:PORT LAYER IMAGE
//
// Prints the layer's shape, mean and largest value.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "client/feature_client.h"
#include "client/feature_values.h"
#include "client/rpc_status.h"
#include "engine/base/file.h"
#include "engine/base/status_macros.h"

namespace {

absl::Status Show(const std::string& server, const std::string& layer, const std::string& image) {
  // Once a program: calls share one channel, and threads may share the client.
  ASSIGN_OR_RETURN(const auto client, onebyone::FeatureClient::Create({.target = server}));

  onebyone::v1::ExtractFeaturesRequest request;
  ASSIGN_OR_RETURN(std::string encoded, onebyone::ReadFile(image));
  request.add_images()->set_content(std::move(encoded));
  request.add_features()->set_layer(layer);
  ASSIGN_OR_RETURN(const auto response, client->ExtractFeatures(request));

  const auto& result = response.results(0);
  RETURN_IF_ERROR(onebyone::StatusFromRpc(result.status()));  // of this picture alone
  const onebyone::v1::FeatureMap& map = result.features(0);
  ASSIGN_OR_RETURN(const std::vector<float> values, onebyone::FloatValues(map));
  std::printf("%s", map.layer().c_str());
  for (const auto extent : map.shape()) std::printf(" %lld", static_cast<long long>(extent));
  std::printf(" mean %.6f max %.6f\n",
              std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()),
              *std::max_element(values.begin(), values.end()));
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: ask_layer HOST:PORT LAYER IMAGE\n");
    return 2;
  }
  const absl::Status status = Show(argv[1], argv[2], argv[3]);
  if (!status.ok()) std::fprintf(stderr, "ask_layer: %s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
