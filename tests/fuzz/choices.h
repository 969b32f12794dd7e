#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace onebyone::testing {

// An input read as a row of choices, one byte each, so that a small change of the input is a small change of what is
// made of it. Where it has ended, every choice is the first one.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : data_(data), size_(size) {}

  // 0 to `end` - 1; `end` at most 256.
  int64_t Below(int64_t end) {
    if (at_ == size_) return 0;
    return data_[at_++] % end;
  }
  bool Flip() { return Below(2) == 1; }
  bool ended() const { return at_ == size_; }
  absl::string_view Rest() const { return {reinterpret_cast<const char*>(data_) + at_, size_ - at_}; }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

}  // namespace onebyone::testing
