#pragma once

#include <cstdint>

#include "engine/bundle/bundle.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// What a user asks for. kAuto: the fastest precision whose features are as good as those of float32.
enum class PrecisionChoice : uint8_t { kAuto, kFloat32, kBFloat16, kInt8 };

// From where on features of that precision may stand for those of float32: every pooled feature within a cosine of 0.99
// (int8) or 0.999 (bf16), every map within 0.98 (int8), and the same largest output on each picture.
Fidelity LeastFidelity(Precision precision);
bool IsFaithful(const Fidelity& fidelity);

// What a choice means for a bundle and its network on this machine. kAuto is int8 or else bf16 (where the CPU has it)
// where the bundle's calibration states that it is faithful, on a CPU whose bytes are as exact; int8 for a network that
// is quantized already and has no calibration; float32 otherwise. What this machine or bundle cannot run is told by
// CompiledModel::Compile.
Precision ChoosePrecision(const Bundle& bundle, const Graph& network, PrecisionChoice choice);

}  // namespace onebyone
