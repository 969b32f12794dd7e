#pragma once

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/commands/load_options.h"
#include "client/load/work/load_pictures.h"

namespace onebyone {

// The pictures to send, read or made. NOT_FOUND or INVALID_ARGUMENT, naming the input, where one cannot be read or a
// folder holds none: a load test of half its pictures measures something else. `notes`: files that were left out.
absl::StatusOr<LoadPictures> GatherPictures(const LoadWorkOptions& options, std::istream& in,
                                            std::vector<std::string>& notes);

}  // namespace onebyone
