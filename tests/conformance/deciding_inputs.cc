#include "tests/conformance/deciding_inputs.h"

#include <map>
#include <vector>

namespace onebyone::testing {

std::set<std::string> DecidingInputs(const onnx::GraphProto& graph) {
  static const std::map<std::string, std::vector<int>> by_operator = {
      {"Clip", {1, 2}}, {"ConstantOfShape", {0}}, {"Dropout", {1, 2}}, {"Pad", {1}},
      {"Reshape", {1}}, {"Squeeze", {1}},         {"Unsqueeze", {1}},
  };
  std::set<std::string> names;
  for (const onnx::NodeProto& node : graph.node()) {
    const auto found = by_operator.find(node.op_type());
    if (found == by_operator.end()) continue;
    for (const int index : found->second) {
      if (index < node.input_size()) names.insert(node.input(index));
    }
  }
  return names;
}

}  // namespace onebyone::testing
