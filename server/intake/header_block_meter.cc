#include "server/intake/header_block_meter.h"

#include <algorithm>

#include "absl/strings/string_view.h"

namespace onebyone {
namespace {

constexpr absl::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr uint8_t kHeaders = 1;
constexpr uint8_t kContinuation = 9;
constexpr uint32_t kStreamBits = 0x7f;  // the first bit of a stream's number is reserved
constexpr uint8_t kHasPriority = 0x20;
constexpr uint32_t kPriorityBytes = 5;

}  // namespace

bool HeaderBlockMeter::Take(absl::Span<const uint8_t> bytes) {
  while (!bytes.empty() && state_ != State::kOther && state_ != State::kTooLong) {
    size_t taken = 0;
    switch (state_) {
      case State::kPreface: taken = TakePreface(bytes); break;
      case State::kFrameHeader: taken = TakeFrameHeader(bytes); break;
      default: taken = TakePayload(bytes);
    }
    bytes.remove_prefix(taken);
  }
  return state_ != State::kTooLong;
}

size_t HeaderBlockMeter::TakePreface(absl::Span<const uint8_t> bytes) {
  const size_t taken = std::min(bytes.size(), kPreface.size() - preface_);
  const bool is_right = std::equal(bytes.begin(), bytes.begin() + taken, kPreface.begin() + preface_);
  preface_ += taken;
  if (!is_right) {
    state_ = State::kOther;
  } else if (preface_ == kPreface.size()) {
    state_ = State::kFrameHeader;
  }
  return taken;
}

size_t HeaderBlockMeter::TakeFrameHeader(absl::Span<const uint8_t> bytes) {
  const size_t taken = std::min(bytes.size(), kFrameHeaderBytes - frame_header_);
  std::copy_n(bytes.begin(), taken, header_.begin() + frame_header_);
  frame_header_ += taken;
  if (frame_header_ == kFrameHeaderBytes) BeginFrame();
  return taken;
}

void HeaderBlockMeter::BeginFrame() {
  frame_header_ = 0;
  payload_left_ = uint32_t{header_[0]} << 16 | uint32_t{header_[1]} << 8 | header_[2];
  state_ = payload_left_ > 0 ? State::kPayload : State::kFrameHeader;
  const uint8_t type = header_[3];
  is_block_ = type == kHeaders || type == kContinuation;
  priority_left_ = 0;
  if (type == kHeaders) {
    const uint32_t stream = (uint32_t{header_[5]} & kStreamBits) << 24 | uint32_t{header_[6]} << 16 |
                            uint32_t{header_[7]} << 8 | header_[8];
    const bool is_call = stream > last_stream_;
    most_of_block_ = is_call ? most_ : kMostTrailerBytes;
    calls_ += is_call ? 1 : 0;
    last_stream_ = std::max(last_stream_, stream);
    block_ = HpackSize();
    frames_ = 0;
    if ((header_[4] & kHasPriority) != 0) priority_left_ = kPriorityBytes;
  }
  if (!is_block_) return;
  // A block may have any number of empty frames; and a payload need not be waited for that is too long by itself.
  frames_ += kFrameHeaderBytes;
  if (frames_ + block_.bytes() + payload_left_ > most_of_block_) state_ = State::kTooLong;
}

size_t HeaderBlockMeter::TakePayload(absl::Span<const uint8_t> bytes) {
  const size_t taken = std::min<size_t>(bytes.size(), payload_left_);
  payload_left_ -= static_cast<uint32_t>(taken);
  if (payload_left_ == 0) state_ = State::kFrameHeader;
  if (!is_block_) return taken;
  const size_t skipped = std::min<size_t>(taken, priority_left_);
  priority_left_ -= static_cast<uint32_t>(skipped);
  block_.Take(bytes.subspan(skipped, taken - skipped));
  if (frames_ + block_.bytes() > most_of_block_) state_ = State::kTooLong;
  return taken;
}

}  // namespace onebyone
