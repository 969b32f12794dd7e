#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace onebyone {

// What a file asks for and onebyone lacks: each thing once, with the first place that uses it. Not thread-safe.
class UnsupportedFeatures {
 public:
  // `feature`: "operator Foo", "auto_pad 'X' of Conv", ...; `place`: the node or value that uses it.
  void Add(const std::string& feature, absl::string_view place);

  // UNIMPLEMENTED, naming everything that was added; OK where nothing was.
  absl::Status ToStatus() const;

 private:
  struct Feature {
    std::string name;
    std::string first_place;
    int64_t uses = 0;
  };
  std::vector<Feature> features_;  // in order of appearance
  absl::flat_hash_map<std::string, size_t> by_name_;
};

}  // namespace onebyone
