#include "engine/kernels/elementwise/activation.h"

#include <cmath>

namespace onebyone {

double Activate(const Activation& activation, double value) {
  switch (activation.kind) {
    case Activation::Kind::kRelu: return value < 0.0 ? 0.0 : value;
    case Activation::Kind::kLeakyRelu: return value < 0.0 ? activation.slope * value : value;
    case Activation::Kind::kSigmoid: return 1.0 / (1.0 + std::exp(-value));
    case Activation::Kind::kClip: break;
  }
  const double raised = value < activation.low ? activation.low : value;
  return raised > activation.high ? activation.high : raised;
}

}  // namespace onebyone
