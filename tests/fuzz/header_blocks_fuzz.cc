#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "server/intake/header_block_meter.h"
#include "tests/fuzz/choices.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/require.h"

// What a client sends over HTTP/2, in parts of any size. The meter finds a block that is too long where a plain reader
// of the same bytes does, which has them all at once.

namespace {

using onebyone::HeaderBlockMeter;
using onebyone::testing::Require;

constexpr absl::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
constexpr int64_t kMost = 4096;

uint8_t At(absl::string_view text, size_t at) { return static_cast<uint8_t>(text[at]); }

// A number whose first bits, in the byte at `at`, are all set (RFC 7541, 5.1). False where its end is not there.
bool SkipNumber(absl::string_view block, size_t& at, uint64_t& value) {
  uint64_t more = 0;
  for (unsigned shift = 0; at < block.size(); shift += 7) {
    const uint8_t byte = At(block, at++);
    if (shift <= 28) more += static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      value += more;
      return true;
    }
  }
  return false;
}

bool SkipString(absl::string_view block, size_t& at) {
  if (at == block.size()) return false;
  uint64_t length = At(block, at++) & 0x7f;
  if (length == 0x7f && !SkipNumber(block, at, length)) return false;
  if (length > block.size() - at) return false;
  at += length;
  return true;
}

// The fields that begin in a block of which so much has come.
int64_t Fields(absl::string_view block) {
  int64_t fields = 0;
  for (size_t at = 0; at < block.size();) {
    ++fields;
    const uint8_t first = At(block, at++);
    const bool is_indexed = first >= 0x80;
    const bool is_table_size = first >= 0x20 && first < 0x40;
    const int bits = is_indexed ? 7 : first >= 0x40 ? 6 : is_table_size ? 5 : 4;
    const uint8_t largest = static_cast<uint8_t>((1 << bits) - 1);
    uint64_t index = first & largest;
    if (index == largest && !SkipNumber(block, at, index)) break;
    if (is_indexed || is_table_size) continue;
    if ((first & largest) == 0 && !SkipString(block, at)) break;
    if (!SkipString(block, at)) break;
  }
  return fields;
}

bool HasTooLongBlock(absl::string_view frames) {
  std::string block;
  int64_t headers = 0;
  int64_t most = 0;
  uint32_t newest = 0;
  while (frames.size() >= 9) {
    const uint32_t length = At(frames, 0) << 16 | At(frames, 1) << 8 | At(frames, 2);
    const uint8_t type = At(frames, 3);
    const bool has_priority = type == 1 && (At(frames, 4) & 0x20) != 0;
    const uint32_t stream =
        static_cast<uint32_t>(At(frames, 5) & 0x7f) << 24 | At(frames, 6) << 16 | At(frames, 7) << 8 | At(frames, 8);
    frames.remove_prefix(9);
    absl::string_view payload = frames.substr(0, length);
    frames.remove_prefix(payload.size());
    if (type != 1 && type != 9) continue;
    if (type == 1) {
      block.clear();
      headers = 0;
      most = stream > newest ? kMost : HeaderBlockMeter::kMostTrailerBytes;
      newest = std::max(newest, stream);
    }
    headers += 9;
    const auto before = static_cast<int64_t>(block.size());
    if (headers + before + 32 * Fields(block) + length > most) return true;
    if (has_priority) payload.remove_prefix(std::min<size_t>(5, payload.size()));
    absl::StrAppend(&block, payload);
    if (headers + static_cast<int64_t>(block.size()) + 32 * Fields(block) > most) return true;
  }
  return false;
}

}  // namespace

// The first byte says whether it is HTTP/2, the second how it comes in parts.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  onebyone::testing::Choices choices(data, size);
  const bool is_http2 = !choices.Flip();
  const size_t part = 1 + static_cast<size_t>(choices.Below(64));
  const std::string sent = absl::StrCat(is_http2 ? kPreface : "", choices.Rest());
  HeaderBlockMeter meter(kMost);
  bool is_taken = true;
  for (size_t at = 0; at < sent.size(); at += part) {
    const absl::string_view bytes = absl::string_view(sent).substr(at, part);
    const bool goes_on = meter.Take({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
    Require(is_taken || !goes_on, "what is too long stays so");
    is_taken = goes_on;
  }
  if (!is_http2) {
    Require(is_taken || absl::StartsWith(sent, kPreface), "what is not HTTP/2 is not looked at");
    return 0;
  }
  Require(is_taken != HasTooLongBlock(absl::string_view(sent).substr(kPreface.size())),
          "a block is too long where a plain reader finds it so");
  return 0;
}
