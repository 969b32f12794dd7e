#pragma once

namespace onebyone {

// How far one look at the bits of a block goes among its AC coefficients: the sum of the zigzag index of the next
// coefficient and a step's count of coefficients goes on below 64, and ends the block at
//   64                     where the last coefficient was read,
//   kEnd + 1 .. kEnd + 63  where the end of the block was read (ITU-T T.81, F.1.2.2).
// Anything else is not one step, for it is kUnknown, or it reaches past the end of this block: read symbol by symbol.
struct AcStep {
  static constexpr int kEnd = 128;
  static constexpr int kUnknown = 255;  // a long code, or no code at all

  static bool EndsBlock(int sum) { return sum == 64 || static_cast<unsigned>(sum - kEnd - 1) < 63; }
  // Of the coefficient that was read last. REQUIRES: the sum goes on or ends the block.
  static int LastIndex(int sum) { return (sum & (kEnd - 1)) - 1; }
};

}  // namespace onebyone
