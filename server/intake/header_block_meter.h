#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "server/intake/hpack_size.h"

namespace onebyone {

// Follows the frames of one HTTP/2 connection as its client sends them, and finds header blocks that are too long: a
// HEADERS frame with the CONTINUATION frames behind it (RFC 9113, 4.3), by HpackSize and with the frames' own headers.
// A second block of a stream is its trailers, which no client of gRPC sends. Bytes that do not begin as HTTP/2 does are
// not looked at. Not thread-safe.
class HeaderBlockMeter {
 public:
  static constexpr int64_t kMostTrailerBytes = 1024;

  // `most`: bytes of a stream's first block.
  explicit HeaderBlockMeter(int64_t most) : most_(most) {}

  // The next bytes. False from the first on that make a block too long.
  bool Take(absl::Span<const uint8_t> bytes);

  bool is_http2() const { return state_ != State::kOther; }  // by what has come
  int64_t calls() const { return calls_; }                   // that have begun

 private:
  static constexpr size_t kFrameHeaderBytes = 9;
  enum class State : uint8_t { kPreface, kFrameHeader, kPayload, kOther, kTooLong };

  // Each returns how many of the bytes it took.
  size_t TakePreface(absl::Span<const uint8_t> bytes);
  size_t TakeFrameHeader(absl::Span<const uint8_t> bytes);
  size_t TakePayload(absl::Span<const uint8_t> bytes);
  void BeginFrame();

  int64_t most_;
  State state_ = State::kPreface;
  size_t preface_ = 0;       // bytes of it that have come
  size_t frame_header_ = 0;  // likewise
  std::array<uint8_t, kFrameHeaderBytes> header_{};
  uint32_t payload_left_ = 0;
  uint32_t priority_left_ = 0;  // bytes of it, before the block
  uint32_t last_stream_ = 0;    // the newest
  int64_t calls_ = 0;
  bool is_block_ = false;  // whether the frame belongs to a block
  int64_t most_of_block_ = 0;
  int64_t frames_ = 0;  // bytes of the headers of its frames
  HpackSize block_;
};

}  // namespace onebyone
