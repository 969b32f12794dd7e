#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace onebyone::benchmarks {

// A file of at most 1 MB that was made to cost its decoder as much as it can.
struct HostileFile {
  std::string name;  // its format first: "PNG, RGBA of 16 bits"
  std::string bytes;
};

// JPEGs of `side` x `side` pixels: one colour, whose blocks take two bits each; the same in as many scans as are let
// in, and with the most coefficients to keep; and noise, which fills 1 MB.
std::vector<HostileFile> HostileJpegs(int side);

// PNGs of `side` x `side` pixels of one colour, of which deflate makes a thousandth; with the deepest samples and the
// costliest filter, interlaced; and noise.
std::vector<HostileFile> HostilePngs(int side);

// WebPs by libwebp, lossy and lossless, with alpha: one colour, and dots in it that undo the fast paths; and noise.
std::vector<HostileFile> HostileWebps(int side);

// BMPs in run lengths, and plain.
std::vector<HostileFile> HostileBmps(int side);

}  // namespace onebyone::benchmarks
