#include "absl/status/status.h"
#include "engine/base/npy.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"

// A .npy file is refused, or holds what its header says; written again it reads the same.

using onebyone::FormatNpy;
using onebyone::NpyArray;
using onebyone::ParseNpy;
using onebyone::testing::Require;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view file(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<NpyArray> array = ParseNpy(file);
  if (!array.ok()) {
    Require(absl::IsInvalidArgument(array.status()), "a file that is refused is INVALID_ARGUMENT");
    return 0;
  }
  Require(array->content.size() < size, "the elements are shorter than the file");
  const absl::StatusOr<NpyArray> again = ParseNpy(FormatNpy(array->descr, array->shape, array->content));
  Require(again.ok(), "what was read can be written and read");
  Require(again->descr == array->descr && again->shape == array->shape && again->content == array->content,
          "what was written reads the same");
  return 0;
}
