#include "absl/status/status.h"
#include "engine/bundle/bundle_location.h"
#include "engine/bundle/float_array.h"
#include "engine/bundle/reduction_list.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"
#include "tests/fuzz/scratch_folder.h"

// reductions.textproto and the .npy files that it names: the input is the list, a zero byte, and the file f.npy. It is
// refused, or gives reductions whose shapes fit and whose numbers are finite.

namespace {

using onebyone::ReadReductionList;
using onebyone::ReductionList;
using onebyone::testing::Require;
using onebyone::testing::ScratchFolder;

constexpr char kModel[] = "5ha";

void WriteFloats(const ScratchFolder& folder, const std::string& name, const onebyone::Shape& shape) {
  onebyone::Tensor tensor = *onebyone::Tensor::Create(onebyone::DataType::kFloat32, shape);
  for (int64_t i = 0; i < tensor.elements(); ++i) tensor.As<float>()[i] = 0.25F * static_cast<float>(i);
  folder.Write(name, onebyone::FormatFloatArray(tensor));
}

const ScratchFolder& Folder() {
  static const auto* const folder = [] {
    auto* made = new ScratchFolder("reductions");
    WriteFloats(*made, "w23.npy", {2, 3});
    WriteFloats(*made, "w42.npy", {4, 2});
    WriteFloats(*made, "b2.npy", {2});
    WriteFloats(*made, "b4.npy", {4});
    return made;
  }();
  return *folder;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t zero = input.find('\0');
  Folder().Write(onebyone::kReductionsFile, input.substr(0, zero));
  Folder().Write("f.npy", zero == absl::string_view::npos ? "" : input.substr(zero + 1));
  const absl::StatusOr<ReductionList> list = ReadReductionList(Folder().path(), kModel);
  if (!list.ok()) {
    Require(absl::IsInvalidArgument(list.status()), "a list that is refused is INVALID_ARGUMENT");
    return 0;
  }
  for (const auto& reduction : *list) {
    Require(!reduction->name.empty() && !reduction->layer.empty(), "a reduction has a name and a layer");
    Require(reduction->max_channels() >= 1 && reduction->layer_channels() >= 1, "a reduction has channels");
    const auto& bias = reduction->bias;
    Require(!bias.has_value() || bias->elements() == reduction->max_channels(), "a bias has a number per channel");
    const auto& hidden = reduction->hidden;
    Require(!hidden.has_value() || hidden->out_channels() == reduction->weights.shape()[1], "convolutions fit");
    const auto& shares = reduction->explained_variance;
    Require(shares.empty() || static_cast<int64_t>(shares.size()) == reduction->max_channels(), "shares per channel");
  }
  return 0;
}
