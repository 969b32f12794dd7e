#include "engine/image/reduced_idct.h"

#include "engine/image/byte_reader.h"

namespace onebyone {
namespace {

// Row and column of each zigzag index (ITU-T T.81, figure 5).
constexpr std::array<uint8_t, 64> kNaturalOrder = {0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,
                                                   12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
                                                   35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
                                                   58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

// Rows and columns 2, 4 and 6 cancel out in the mean of half a block; the odd ones weigh sqrt(2) times the sum of
// +-cos(k * pi / 16) over the odd k, 13 bits behind the point.
constexpr int kWeightBits = 13;
constexpr std::array<int32_t, 8> kWeights = {1 << (kWeightBits + 2), 29692, 0, -10426, 0, 6967, 0, -5906};
constexpr std::array<size_t, 8> kColumnOf = {0, 1, 0, 2, 0, 3, 0, 4};  // in Sums
constexpr int kPassBits = 2;                                           // that columns keep behind the point

int32_t Descale(int32_t value, int bits) { return (value + (1 << (bits - 1))) >> bits; }

}  // namespace

void ReducedIdct::SetQuantization(absl::string_view steps) {
  for (size_t i = 0; i < terms_.size(); ++i) {
    const int row = kNaturalOrder[i] / 8;
    const int column = kNaturalOrder[i] % 8;
    terms_[i] = {};
    if (kWeights[row] == 0 || kWeights[column] == 0) continue;
    terms_[i] = {static_cast<int32_t>(ByteAt(steps, i)), kWeights[row], kColumnOf[column] + (row == 0 ? 0 : kColumns)};
  }
}

bool ReducedIdct::Finish(const Sums& sums, Samples& samples) {
  std::array<int32_t, 2 * kColumns> rows;
  for (size_t i = 0; i < kColumns; ++i) {
    rows[i] = Descale(sums[i] + sums[kColumns + i], kWeightBits + 2 - kPassBits);
    rows[kColumns + i] = Descale(sums[i] - sums[kColumns + i], kWeightBits + 2 - kPassBits);
  }
  std::array<int32_t, 4> values;
  for (size_t row = 0; row < 2; ++row) {
    const int32_t* const column = rows.data() + row * kColumns;
    const int32_t even = column[0] * kWeights[0];
    const int32_t odd =
        column[1] * kWeights[1] + column[2] * kWeights[3] + column[3] * kWeights[5] + column[4] * kWeights[7];
    values[2 * row] = Descale(even + odd, kWeightBits + 2 + kPassBits + 3) + 128;
    values[2 * row + 1] = Descale(even - odd, kWeightBits + 2 + kPassBits + 3) + 128;
  }
  bool is_near = true;
  for (size_t i = 0; i < 4; ++i) samples[i] = static_cast<uint8_t>(values[i]);
  if (static_cast<uint32_t>(values[0] | values[1] | values[2] | values[3]) > 255) {  // rare: some are to be clamped
    for (size_t i = 0; i < 4; ++i) {
      is_near &= values[i] >= 128 - 512 && values[i] < 128 + 512;
      samples[i] = Clamped(values[i]);
    }
  }
  return is_near;
}

}  // namespace onebyone
