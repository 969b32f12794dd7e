#pragma once

#include <array>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "engine/image/image_header.h"

namespace onebyone {

// What a JPEG's frame header promises, and how much of it the scans so far have delivered.
class JpegFrame {
 public:
  // `marker`: of the segment, FFC0 to FFCF, without the FF. `body`: the segment after its length. `file_bytes`: of the
  // whole file. INVALID_ARGUMENT for what is not let in or is over `limits`.
  static absl::StatusOr<JpegFrame> Create(uint8_t marker, absl::string_view body, int64_t file_bytes,
                                          const ImageLimits& limits);

  // Notes what a scan delivers. `body`: the start-of-scan segment after its length.
  absl::Status AddScan(absl::string_view body);

  // INVALID_ARGUMENT where the scans leave out a component or leave coefficients unfinished.
  absl::Status CheckComplete() const;

  bool progressive() const { return progressive_; }
  // Of all coefficients, two bytes each, in whole blocks of whole units (libjpeg's jpeg_component_info).
  int64_t coefficient_bytes() const;

  int64_t width() const { return width_; }
  int64_t height() const { return height_; }

 private:
  static constexpr int8_t kUnseen = -1;
  struct Component {
    uint8_t id = 0;
    int horizontal = 1;  // sampling factors
    int vertical = 1;
    std::array<int8_t, 64> missing_bits{};  // of each coefficient; kUnseen before its first scan
  };

  struct Sampling {
    int horizontal = 1;
    int vertical = 1;
  };
  Sampling LargestSampling() const;
  // The least that a coder can spend: one bit for each block.
  absl::Status CheckBytes(int64_t file_bytes) const;

  bool progressive_ = false;
  int64_t width_ = 0;
  int64_t height_ = 0;
  int components_ = 0;
  std::array<Component, 4> component_;
};

}  // namespace onebyone
