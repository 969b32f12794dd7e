#pragma once

#include <string>

#include "engine/op/attributes.h"

namespace onebyone {

// The attributes that differ from their defaults, for people: "kernel 3x3, stride 2x2, pads 0x0 to 1x1, relu". Empty
// where none does.
std::string AttributesText(const Attributes& attributes);

}  // namespace onebyone
