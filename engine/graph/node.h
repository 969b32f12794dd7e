#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/op/attributes.h"
#include "engine/op/op_type.h"
#include "engine/tensor/quantization.h"
#include "engine/tensor/tensor.h"

namespace onebyone {

// Index of a value or node in its graph; stays valid while others are removed.
using ValueId = int32_t;
using NodeId = int32_t;
inline constexpr ValueId kNoValue = -1;  // an optional input that is absent
inline constexpr NodeId kNoNode = -1;    // the producer of inputs and constants

// Where a value lives inside another one: it is the channels from `channel_offset` on of `parent`, with no memory of
// its own. Set by the pass elide_concat.
struct Slice {
  ValueId parent = kNoValue;
  int64_t channel_offset = 0;
};

// One tensor that flows through the graph.
struct Value {
  std::string name;
  DataType type = DataType::kFloat32;
  Shape shape;  // meaningful where has_shape
  bool has_shape = false;
  std::shared_ptr<const Tensor> constant;  // weights; null for what is computed
  NodeId producer = kNoNode;
  std::optional<Slice> slice;
  // How the value is written as bytes, for kernels that read or write it so. Set by the pass quantize_int8.
  std::optional<Quantization> quantization;
  // Not empty: no node produces this value; the nodes that produce these slices of it fill it together. Whoever needs
  // the value needs all of them. A part may itself be made of parts.
  std::vector<ValueId> parts;
};

// One operator.
struct Node {
  OpType op = OpType::kIdentity;
  std::string name;
  Attributes attributes;
  std::vector<ValueId> inputs;  // kNoValue for an absent optional one
  std::vector<ValueId> outputs;
};

}  // namespace onebyone
