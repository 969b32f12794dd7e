#pragma once

#include <onnx/onnx_pb.h>

#include <set>
#include <string>

namespace onebyone::testing {

// Names of the values that decide the form of the network: shapes, axes, limits. Served networks have them as
// constants.
std::set<std::string> DecidingInputs(const onnx::GraphProto& graph);

}  // namespace onebyone::testing
