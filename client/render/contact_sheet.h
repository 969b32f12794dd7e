#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// A picture on the sheet with two lines beneath it.
struct ContactTile {
  size_t image = 0;
  std::string caption;  // bright
  std::string name;     // muted, cut where it is too long
};

struct ContactSheet {
  std::string title;
  std::string subtitle;
  std::vector<std::vector<ContactTile>> rows;  // the first tile of each stands apart from the others
};

// The encoded bytes of an image.
using PhotographReader = std::function<absl::StatusOr<std::string>(size_t image)>;

// INVALID_ARGUMENT where a sheet of so many rows and tiles a row would have more pixels than are drawn (64 million),
// and how many rows would do.
absl::Status CheckContactSheet(size_t rows, size_t tiles);

// The sheet as a PNG or JPEG, by the ending of `path`. Each image is read and decoded once, when its turn comes, and
// only its thumbnails are kept; one that cannot be is a grey tile. INVALID_ARGUMENT for too large a sheet or another
// ending than .png, .jpg or .jpeg.
absl::StatusOr<std::string> DrawContactSheet(const ContactSheet& sheet, const PhotographReader& read,
                                             absl::string_view path);

// Whether a sheet can be written to a file of this name.
bool IsSheetName(absl::string_view path);

}  // namespace onebyone
