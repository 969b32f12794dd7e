#include "client/commands/load_work.h"

#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/commands/image_list.h"
#include "client/load/work/synthetic_jpeg.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

struct WeightedInput {
  std::string path;
  double weight = 1;
};

// "photos/=3": a path that exists as it is typed has no weight.
absl::StatusOr<WeightedInput> ParseInput(const std::string& text) {
  WeightedInput input = {.path = text};
  const size_t equals = text.rfind('=');
  std::error_code error;
  if (equals == std::string::npos || std::filesystem::exists(text, error)) return input;
  if (!absl::SimpleAtod(text.substr(equals + 1), &input.weight) || !(input.weight > 0)) {
    return absl::InvalidArgumentError(absl::StrCat("want PATH or PATH=WEIGHT with a weight above 0, got '", text, "'"));
  }
  input.path = text.substr(0, equals);
  return input;
}

absl::Status AddInput(const WeightedInput& input, std::istream& in, LoadPictures& set,
                      std::vector<std::string>& notes) {
  const ImageList list = FindImages({input.path});
  if (!list.failures.empty()) return list.failures.front();
  notes.insert(notes.end(), list.notes.begin(), list.notes.end());
  for (const ImageSource& image : list.images) {
    ASSIGN_OR_RETURN(std::string content, ReadImage(image, in));
    set.pictures.push_back(
        {ShownPath(image), std::move(content), input.weight / static_cast<double>(list.images.size())});
  }
  return absl::OkStatus();
}

// What random tensors are drawn as: the plan draws pictures, and these stand for sets of random values.
LoadPictures RandomSets(int count) {
  LoadPictures set;
  for (int i = 0; i < count; ++i) set.pictures.push_back({absl::StrCat("random values ", i), "", 1.0 / count});
  set.description = absl::StrCat(count, " sets of random values");
  return set;
}

}  // namespace

absl::StatusOr<LoadPictures> GatherPictures(const LoadWorkOptions& options, std::istream& in,
                                            std::vector<std::string>& notes) {
  LoadPictures set;
  if (!options.inputs.empty()) {
    for (const std::string& text : options.inputs) {
      ASSIGN_OR_RETURN(const WeightedInput input, ParseInput(text));
      RETURN_IF_ERROR(AddInput(input, in, set, notes));
    }
    set.description = absl::StrCat(absl::StrJoin(options.inputs, " "), ", ", set.pictures.size(),
                                   set.pictures.size() == 1 ? " picture" : " pictures");
  } else {
    if (options.synthetic.empty()) return RandomSets(options.pictures_of_each_size);
    const auto sizes = ParseSyntheticSizes(options.synthetic);
    if (!sizes.ok()) return absl::InvalidArgumentError(absl::StrCat("--synthetic: ", sizes.status().message()));
    AddSyntheticPictures(*sizes, options.pictures_of_each_size, options.seed, set);
    set.description =
        absl::StrCat("synthetic JPEG ", options.synthetic, ", ", options.pictures_of_each_size, " of each");
  }
  if (!options.size_mix.empty()) {
    RETURN_IF_ERROR(ApplySizeMix(options.size_mix, set));
    absl::StrAppend(&set.description, ", size mix ", options.size_mix);
  }
  return set;
}

}  // namespace onebyone
