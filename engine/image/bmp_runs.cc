#include "engine/image/bmp_runs.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/byte_reader.h"

namespace onebyone {
namespace {

// Second bytes after a count of 0; from 3 on they count pixels that follow one by one.
constexpr uint32_t kEndOfLine = 0;
constexpr uint32_t kEndOfPicture = 1;
constexpr uint32_t kMove = 2;

class RunReader {
 public:
  RunReader(const BmpLayout& layout, absl::FunctionRef<absl::Status(int64_t, int64_t, uint32_t)> write)
      : layout_(layout), bytes_(layout.pixels), write_(write), is_rle4_(layout.coding == BmpLayout::kRle4) {}

  absl::Status Run() {
    while (!ended_ && written_ < layout_.width * layout_.height) {
      RETURN_IF_ERROR(CheckLeft(2));
      const uint32_t count = ByteAt(bytes_, position_);
      const uint32_t second = ByteAt(bytes_, position_ + 1);
      position_ += 2;
      if (count > 0) {
        for (uint32_t i = 0; i < count; ++i) RETURN_IF_ERROR(Write(is_rle4_ ? Nibble(second, i) : second));
      } else if (second > kMove) {
        RETURN_IF_ERROR(CopyPixels(second));
      } else {
        RETURN_IF_ERROR(Jump(second));
      }
    }
    if (written_ == layout_.width * layout_.height) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("BMP: run lengths: want ", layout_.width * layout_.height, " pixels, got ", written_));
  }

 private:
  static uint32_t Nibble(uint32_t byte, uint32_t i) { return i % 2 == 0 ? byte >> 4 : byte & 15; }

  absl::Status CheckLeft(size_t want) const {
    if (bytes_.size() - position_ >= want) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat("BMP: ends early: run lengths: want ", want, " bytes more, got ", bytes_.size() - position_));
  }

  // What runs over the end of a line has no place: encoders pad an odd width so.
  absl::Status Write(uint32_t index) {
    if (x_ >= layout_.width || row_ >= layout_.height) return absl::OkStatus();
    ++written_;
    return write_(x_++, row_, index);
  }

  absl::Status CopyPixels(uint32_t count) {
    const size_t used = is_rle4_ ? (count + 1) / 2 : count;
    RETURN_IF_ERROR(CheckLeft(used));
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t byte = ByteAt(bytes_, position_ + (is_rle4_ ? i / 2 : i));
      RETURN_IF_ERROR(Write(is_rle4_ ? Nibble(byte, i) : byte));
    }
    position_ += used;
    // To an even number of bytes; the pad after the last pixels of a file may be missing.
    if (used % 2 == 1 && position_ < bytes_.size()) ++position_;
    return absl::OkStatus();
  }

  absl::Status Jump(uint32_t kind) {
    if (kind == kEndOfLine) {
      x_ = 0;
      ++row_;
    } else if (kind == kEndOfPicture) {
      ended_ = true;
    } else {
      RETURN_IF_ERROR(CheckLeft(2));
      x_ += ByteAt(bytes_, position_);
      row_ += ByteAt(bytes_, position_ + 1);
      position_ += 2;
    }
    return absl::OkStatus();
  }

  const BmpLayout& layout_;
  const absl::string_view bytes_;
  const absl::FunctionRef<absl::Status(int64_t, int64_t, uint32_t)> write_;
  const bool is_rle4_;
  size_t position_ = 0;
  int64_t x_ = 0;
  int64_t row_ = 0;
  int64_t written_ = 0;
  bool ended_ = false;
};

}  // namespace

absl::Status ReadBmpRuns(const BmpLayout& layout, absl::FunctionRef<absl::Status(int64_t, int64_t, uint32_t)> write) {
  return RunReader(layout, write).Run();
}

}  // namespace onebyone
