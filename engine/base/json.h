#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace onebyone {

// One JSON object, its members in the order in which they are added.
class JsonObject {
 public:
  JsonObject& String(absl::string_view key, absl::string_view value);
  JsonObject& Integer(absl::string_view key, int64_t value);
  // null where the number is not finite.
  JsonObject& Number(absl::string_view key, double value);
  JsonObject& Boolean(absl::string_view key, bool value);
  // `json`: a value that is JSON already.
  JsonObject& Json(absl::string_view key, absl::string_view json);

  std::string ToString() const { return "{" + members_ + "}"; }

 private:
  std::string members_;
};

// A JSON array of values that are JSON already.
std::string JsonArray(const std::vector<std::string>& values);

// Whether the bytes are UTF-8 as JSON wants it: no overlong forms, no surrogates.
bool IsUtf8(absl::string_view text);

// A JSON string with its quotes. Bytes that are no UTF-8 become the code points of the same number.
std::string JsonString(absl::string_view text);

}  // namespace onebyone
