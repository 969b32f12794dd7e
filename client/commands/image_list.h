#pragma once

#include <istream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// One image to send, not read yet.
struct ImageSource {
  std::string path;  // "-": standard input
  std::string name;  // what its files are named after; unique within a list
};

struct ImageList {
  std::vector<ImageSource> images;
  std::vector<absl::Status> failures;  // inputs that cannot be listed, each named
  std::vector<std::string> notes;      // files that are left out and names that had to differ from the rule, in words
};

// The images that `inputs` mean: a file is itself, whatever it holds; a folder all images under it (image_file.h) in
// the order of their paths; "-" standard input. Hidden files (.name) of a folder are left out; a file that is named
// twice comes once.
//
// An image is named after its file without ending. Where two would have the same name, both take their ending, or else
// the path from the input on, '/' as '_', or else both. ALREADY_EXISTS, naming the two files, where that does not tell
// them apart either.
absl::StatusOr<ImageList> ListImages(const std::vector<std::string>& inputs);

// The same images, each named by its path: for what writes no files named after them, so that equal names do not
// matter.
ImageList FindImages(const std::vector<std::string>& inputs);

// How messages name an image: its path, or "stdin".
std::string ShownPath(const ImageSource& image);

// A message of the server about an image, without the image's place in a request that the user never saw
// (images[3].content).
std::string WithoutPlace(absl::string_view message);

// The encoded bytes of `image`; `in` is standard input. NOT_FOUND, INVALID_ARGUMENT (empty, a folder, over 64 MiB) or
// UNAVAILABLE, naming the path.
absl::StatusOr<std::string> ReadImage(const ImageSource& image, std::istream& in);

}  // namespace onebyone
