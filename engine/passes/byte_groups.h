#pragma once

#include <vector>

#include "engine/graph/graph.h"

namespace onebyone {

// Sets of values that share one quantization: what concats, max pools and average pools of small windows read and give,
// since they only move or compare bytes, or nearly so.
class ByteGroups {
 public:
  explicit ByteGroups(const Graph& graph);

  // The first value of the set that `value` is in.
  ValueId Find(ValueId value);
  void Join(ValueId a, ValueId b);

 private:
  std::vector<ValueId> parent_;
};

}  // namespace onebyone
