#pragma once

#include <gmock/gmock.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/graph/graph.h"
#include "engine/graph/graph_printer.h"

// Matchers for Graph; a failure prints the whole graph.

namespace onebyone::testing {

// EXPECT_THAT(graph, HasNodeCount(OpType::kConcat, 0))
MATCHER_P2(HasNodeCount, op, count,
           absl::StrCat("has ", count, " ", std::string(NameOf(op)), negation ? " nodes not" : " nodes")) {
  const auto found = arg.NodesOf(op).size();
  *result_listener << "has " << found;
  return found == static_cast<size_t>(count);
}

// The value `name` is there and comes from a node of type `op`.
MATCHER_P2(ProducedBy, name, op, absl::StrCat("computes '", name, "' by ", std::string(NameOf(op)))) {
  const ValueId value = arg.FindValue(name);
  if (value == kNoValue) {
    *result_listener << "has no value of that name";
    return false;
  }
  const NodeId producer = arg.value(value).producer;
  if (producer == kNoNode) {
    *result_listener << "does not compute it";
    return false;
  }
  *result_listener << "computes it by " << std::string(NameOf(arg.node(producer).op));
  return arg.node(producer).op == op;
}

// The value `part` lies in the value `parent` and is listed among its parts.
MATCHER_P2(WritesInto, part, parent, absl::StrCat("writes '", part, "' into '", parent, "'")) {
  const ValueId inner = arg.FindValue(part);
  const ValueId outer = arg.FindValue(parent);
  if (inner == kNoValue || outer == kNoValue) {
    *result_listener << "has no value of that name";
    return false;
  }
  const auto& slice = arg.value(inner).slice;
  if (!slice.has_value() || slice->parent != outer) {
    *result_listener << "gives it memory of its own";
    return false;
  }
  return ::testing::ExplainMatchResult(::testing::Contains(inner), arg.value(outer).parts, result_listener);
}

// The same, from channel `offset` on.
MATCHER_P3(WritesInto, part, parent, offset,
           absl::StrCat("writes '", part, "' into '", parent, "' from channel ", offset)) {
  if (!::testing::ExplainMatchResult(WritesInto(part, parent), arg, result_listener)) return false;
  const int64_t got = arg.value(arg.FindValue(part)).slice->channel_offset;
  *result_listener << "which begins at channel " << got;
  return got == offset;
}

}  // namespace onebyone::testing
