#include "engine/image/jpeg_frame.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"
#include "engine/image/image_limits.h"

namespace onebyone {
namespace {

constexpr uint8_t kBaseline = 0xC0;
constexpr uint8_t kProgressive = 0xC2;

absl::Status Broken(absl::string_view message) { return absl::InvalidArgumentError(absl::StrCat("JPEG: ", message)); }

int64_t DividedUp(int64_t number, int64_t by) { return (number + by - 1) / by; }

absl::Status CheckCoding(uint8_t marker) {
  if (marker >= kBaseline && marker <= kProgressive) return absl::OkStatus();
  const absl::string_view got = marker == 0xC3 ? "lossless" : marker < 0xC8 ? "hierarchical" : "arithmetic or unknown";
  return Broken(
      absl::StrFormat("coding: want baseline, extended or progressive Huffman, got %s (marker FF%02X)", got, marker));
}

}  // namespace

absl::StatusOr<JpegFrame> JpegFrame::Create(uint8_t marker, absl::string_view body, int64_t file_bytes,
                                            const ImageLimits& limits) {
  RETURN_IF_ERROR(CheckCoding(marker));
  if (body.size() < 6) return Broken(absl::StrCat("frame header: want at least 6 bytes, got ", body.size()));
  JpegFrame frame;
  frame.progressive_ = marker == kProgressive;
  frame.height_ = BigEndian16(body, 1);
  frame.width_ = BigEndian16(body, 3);
  frame.components_ = static_cast<int>(ByteAt(body, 5));
  if (ByteAt(body, 0) != 8) return Broken(absl::StrCat("precision: want 8 bits, got ", ByteAt(body, 0)));
  if (frame.components_ != 1 && frame.components_ != 3 && frame.components_ != 4) {
    return Broken(absl::StrCat("components: want 1, 3 or 4, got ", frame.components_));
  }
  const size_t want = 6 + 3 * static_cast<size_t>(frame.components_);
  if (body.size() != want) return Broken(absl::StrCat("frame header: want ", want, " bytes, got ", body.size()));
  RETURN_IF_ERROR(CheckSize(frame.width_, frame.height_, limits));
  for (int i = 0; i < frame.components_; ++i) {
    Component& component = frame.component_[i];
    const size_t at = 6 + 3 * static_cast<size_t>(i);
    component.id = static_cast<uint8_t>(ByteAt(body, at));
    component.horizontal = static_cast<int>(ByteAt(body, at + 1) >> 4);
    component.vertical = static_cast<int>(ByteAt(body, at + 1) & 15);
    if (component.horizontal < 1 || component.horizontal > 4 || component.vertical < 1 || component.vertical > 4) {
      return Broken(absl::StrCat("sampling factors: want 1 to 4, got ", component.horizontal, "x", component.vertical));
    }
    component.missing_bits.fill(kUnseen);
  }
  RETURN_IF_ERROR(frame.CheckBytes(file_bytes));
  return frame;
}

JpegFrame::Sampling JpegFrame::LargestSampling() const {
  Sampling largest;
  for (int i = 0; i < components_; ++i) {
    largest.horizontal = std::max(largest.horizontal, component_[i].horizontal);
    largest.vertical = std::max(largest.vertical, component_[i].vertical);
  }
  return largest;
}

int64_t JpegFrame::coefficient_bytes() const {
  constexpr int64_t kBlockBytes = 64 * 2;
  const Sampling largest = LargestSampling();
  const int64_t units_across = DividedUp(width_, int64_t{8} * largest.horizontal);
  const int64_t units_down = DividedUp(height_, int64_t{8} * largest.vertical);
  int64_t blocks = 0;
  for (int i = 0; i < components_; ++i) {
    blocks += units_across * component_[i].horizontal * units_down * component_[i].vertical;
  }
  return kBlockBytes * blocks;
}

absl::Status JpegFrame::CheckBytes(int64_t file_bytes) const {
  const Sampling largest = LargestSampling();
  int64_t blocks = 0;
  for (int i = 0; i < components_; ++i) {
    const Component& component = component_[i];
    blocks += (width_ * component.horizontal / largest.horizontal / 8) *
              (height_ * component.vertical / largest.vertical / 8);
  }
  const int64_t want = blocks / 8;
  if (file_bytes >= want) return absl::OkStatus();
  return Broken(
      absl::StrCat("ends early: want at least ", want, " bytes for ", width_, "x", height_, ", got ", file_bytes));
}

absl::Status JpegFrame::AddScan(absl::string_view body) {
  const size_t count = body.empty() ? 0 : ByteAt(body, 0);
  if (count < 1 || count > 4 || body.size() != 4 + 2 * count) {
    return Broken(absl::StrCat("scan header: want 1 to 4 components in 4 + 2 * components bytes, got ", count, " in ",
                               body.size()));
  }
  const size_t at = 1 + 2 * count;
  const uint32_t first = progressive_ ? ByteAt(body, at) : 0;
  const uint32_t last = progressive_ ? ByteAt(body, at + 1) : 63;
  const uint32_t low_bit = progressive_ ? ByteAt(body, at + 2) & 15 : 0;
  const bool mixes = progressive_ && ((first == 0) != (last == 0) || (first > 0 && count != 1));
  if (first > last || last > 63 || low_bit > 13 || mixes) {
    return Broken(absl::StrCat("progressive scan: want DC alone or AC 1..63 of one component, got ", first, "..", last,
                               " of ", count, ", bit ", low_bit));
  }
  for (size_t i = 0; i < count; ++i) {
    const uint32_t id = ByteAt(body, 1 + 2 * i);
    const auto end = component_.begin() + components_;
    const auto component = std::find_if(component_.begin(), end, [id](const Component& c) { return c.id == id; });
    if (component == end) return Broken(absl::StrCat("scan: want a component of the frame, got id ", id));
    std::fill(component->missing_bits.begin() + first, component->missing_bits.begin() + last + 1,
              static_cast<int8_t>(low_bit));
  }
  return absl::OkStatus();
}

absl::Status JpegFrame::CheckComplete() const {
  for (int i = 0; i < components_; ++i) {
    const auto& missing = component_[i].missing_bits;
    if (missing[0] == kUnseen) return Broken(absl::StrCat("ends early: no scan holds component ", i + 1));
    const auto unfinished = std::find_if(missing.begin(), missing.end(), [](int8_t bits) { return bits > 0; });
    if (unfinished != missing.end()) {
      return Broken(absl::StrCat("ends early: the scans leave the lowest ", static_cast<int>(*unfinished),
                                 " bits of coefficient ", unfinished - missing.begin(), " of component ", i + 1,
                                 " open"));
    }
  }
  return absl::OkStatus();
}

}  // namespace onebyone
