#pragma once

#include "engine/op/attributes.h"

namespace onebyone {

// `value` after the activation. NaN stays NaN.
double Activate(const Activation& activation, double value);

}  // namespace onebyone
