#include <cmath>

#include "absl/status/status.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/calibration_file.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/scratch_folder.h"

// calibration.textproto is refused, or holds finite ranges; written again it reads the same.

namespace {

using onebyone::Calibration;
using onebyone::ReadCalibration;
using onebyone::testing::Require;

constexpr char kModel[] = "5ha";

bool Equal(const Calibration& a, const Calibration& b) {
  if (a.method != b.method || a.images != b.images || a.float_layers != b.float_layers ||
      a.winograd_layers != b.winograd_layers || a.companded_layers != b.companded_layers) {
    return false;
  }
  if (a.ranges.size() != b.ranges.size() || a.fidelities.size() != b.fidelities.size()) return false;
  for (const auto& [name, range] : a.ranges) {
    const auto other = b.ranges.find(name);
    if (other == b.ranges.end() || other->second.low != range.low || other->second.high != range.high) return false;
  }
  for (size_t i = 0; i < a.fidelities.size(); ++i) {
    if (a.fidelities[i].precision != b.fidelities[i].precision) return false;
    if (a.fidelities[i].pooled_cosine != b.fidelities[i].pooled_cosine) return false;
    if (a.fidelities[i].map_cosine != b.fidelities[i].map_cosine) return false;
    if (a.fidelities[i].top1_agreement != b.fidelities[i].top1_agreement) return false;
    const bool has_weights = a.fidelities[i].precision == onebyone::Precision::kInt8;  // of bytes
    if (has_weights && a.fidelities[i].largest_weight != b.fidelities[i].largest_weight) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto* const folder = new onebyone::testing::ScratchFolder("calibration");
  folder->Write(onebyone::kCalibrationFile, {reinterpret_cast<const char*>(data), size});
  const absl::StatusOr<Calibration> read = ReadCalibration(folder->path(), kModel);
  if (!read.ok()) {
    Require(absl::IsInvalidArgument(read.status()), "a calibration that is refused is INVALID_ARGUMENT");
    return 0;
  }
  for (const auto& [name, range] : read->ranges) {
    Require(!name.empty() && std::isfinite(range.low) && std::isfinite(range.high) && range.low <= range.high,
            "a range has a name and finite ends in order");
  }
  Require(onebyone::WriteCalibration(folder->path(), kModel, *read).ok(), "what was read can be written");
  const absl::StatusOr<Calibration> again = ReadCalibration(folder->path(), kModel);
  Require(again.ok() && Equal(*again, *read), "what was written reads the same");
  return 0;
}
