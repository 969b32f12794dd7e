#include "server/kserve/field_names.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace onebyone {
namespace {

// Of a feature, `field` being what follows "features[i].".
std::string ParameterOf(absl::string_view field) {
  if (field == "pooling.kind") return "pooling";
  if (field == "pooling.grid_height" || field == "pooling.grid_width") return "grid";
  absl::ConsumePrefix(&field, "pooling.");
  return std::string(field);
}

}  // namespace

std::string InferFieldOf(absl::string_view field) {
  if (field == "images") return "inputs[0]";
  if (absl::ConsumePrefix(&field, "images[")) {
    absl::ConsumeSuffix(&field, ".content");
    return absl::StrCat("image[", field);
  }
  if (field == "features") return "outputs";
  if (absl::ConsumePrefix(&field, "features[")) {
    const size_t end = field.find("].");
    if (end == absl::string_view::npos) return absl::StrCat("outputs[", field);
    const absl::string_view output = field.substr(0, end);
    const absl::string_view member = field.substr(end + 2);
    if (member == "layer") return absl::StrCat("outputs[", output, "].name");
    return absl::StrCat("outputs[", output, "].parameters.", ParameterOf(member));
  }
  return absl::StrCat("parameters.", field);
}

}  // namespace onebyone
