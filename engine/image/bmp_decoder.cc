#include "engine/image/bmp_decoder.h"

#include <array>
#include <bit>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/image/bmp_runs.h"
#include "engine/image/byte_reader.h"

namespace onebyone {
namespace {

// The row of the picture that lies `row`th in the file.
uint8_t* RowOf(const BmpLayout& layout, int64_t row, uint8_t* rgb) {
  return rgb + 3 * layout.width * (layout.top_down ? row : layout.height - 1 - row);
}

class Palette {
 public:
  explicit Palette(const BmpLayout& layout)
      : colors_(static_cast<uint32_t>(layout.palette.size()) / layout.palette_entry) {
    for (uint32_t i = 0; i < colors_; ++i) {
      const size_t at = static_cast<size_t>(i * layout.palette_entry);
      for (size_t c = 0; c < 3; ++c) rgb_[i][c] = static_cast<uint8_t>(ByteAt(layout.palette, at + 2 - c));
    }
  }

  absl::Status Write(uint32_t index, uint8_t* rgb) const {
    if (index >= colors_) {
      return absl::InvalidArgumentError(absl::StrCat("BMP: palette index: want below ", colors_, ", got ", index));
    }
    for (size_t c = 0; c < 3; ++c) rgb[c] = rgb_[index][c];
    return absl::OkStatus();
  }

 private:
  const uint32_t colors_;
  std::array<std::array<uint8_t, 3>, 256> rgb_{};
};

absl::Status DecodeRuns(const BmpLayout& layout, uint8_t* rgb) {
  const Palette palette(layout);
  return ReadBmpRuns(layout, [&](int64_t x, int64_t row, uint32_t index) {
    return palette.Write(index, RowOf(layout, row, rgb) + 3 * x);
  });
}

absl::Status DecodeIndexes(const BmpLayout& layout, uint8_t* rgb) {
  const Palette palette(layout);
  const int bits = layout.bits;
  const uint32_t most = (uint32_t{1} << bits) - 1;
  for (int64_t row = 0; row < layout.height; ++row) {
    const absl::string_view from = layout.pixels.substr(static_cast<size_t>(row * layout.RowBytes()));
    uint8_t* to = RowOf(layout, row, rgb);
    for (int64_t x = 0; x < layout.width; ++x, to += 3) {
      const int64_t bit = x * bits;
      const uint32_t byte = ByteAt(from, static_cast<size_t>(bit / 8));
      RETURN_IF_ERROR(palette.Write((byte >> (8 - bits - bit % 8)) & most, to));
    }
  }
  return absl::OkStatus();
}

void DecodeBytes(const BmpLayout& layout, uint8_t* rgb) {
  for (int64_t row = 0; row < layout.height; ++row) {
    const char* from = layout.pixels.data() + row * layout.RowBytes();
    uint8_t* to = RowOf(layout, row, rgb);
    for (int64_t x = 0; x < layout.width; ++x, from += 3, to += 3) {
      to[0] = static_cast<uint8_t>(from[2]);
      to[1] = static_cast<uint8_t>(from[1]);
      to[2] = static_cast<uint8_t>(from[0]);
    }
  }
}

// A channel of a pixel with bit fields, as a share of 255.
class BitField {
 public:
  explicit BitField(uint32_t mask)
      : mask_(mask), shift_(mask == 0 ? 0 : std::countr_zero(mask)), most_(mask >> shift_) {}

  bool IsAbsent() const { return mask_ == 0; }
  uint32_t Read(uint32_t pixel) const {
    const uint32_t value = (pixel & mask_) >> shift_;
    return most_ == 255 ? value : static_cast<uint32_t>((uint64_t{value} * 255 + most_ / 2) / most_);
  }

 private:
  uint32_t mask_;
  int shift_;
  uint32_t most_;
};

void DecodeFields(const BmpLayout& layout, uint8_t* rgb) {
  const BitField fields[3] = {BitField(layout.masks[0]), BitField(layout.masks[1]), BitField(layout.masks[2])};
  const BitField alpha_field(layout.masks[3]);
  const size_t pixel_bytes = static_cast<size_t>(layout.bits / 8);
  for (int64_t row = 0; row < layout.height; ++row) {
    size_t at = static_cast<size_t>(row * layout.RowBytes());
    uint8_t* to = RowOf(layout, row, rgb);
    for (int64_t x = 0; x < layout.width; ++x, at += pixel_bytes, to += 3) {
      const uint32_t pixel = pixel_bytes == 2 ? LittleEndian16(layout.pixels, at) : LittleEndian32(layout.pixels, at);
      const uint32_t alpha = alpha_field.IsAbsent() ? 255 : alpha_field.Read(pixel);
      for (int c = 0; c < 3; ++c) {
        to[c] = static_cast<uint8_t>((fields[c].Read(pixel) * alpha + 255 * (255 - alpha) + 127) / 255);
      }
    }
  }
}

}  // namespace

absl::Status DecodeBmp(const BmpLayout& layout, uint8_t* rgb) {
  if (layout.coding == BmpLayout::kRle8 || layout.coding == BmpLayout::kRle4) return DecodeRuns(layout, rgb);
  if (layout.bits <= 8) return DecodeIndexes(layout, rgb);
  if (layout.bits == 24) {
    DecodeBytes(layout, rgb);
  } else {
    DecodeFields(layout, rgb);
  }
  return absl::OkStatus();
}

}  // namespace onebyone
