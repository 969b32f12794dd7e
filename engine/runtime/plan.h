#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/receptive_field.h"
#include "engine/kernels/kernel.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/tensor/shape.h"

namespace onebyone {

// Where the elements of a value are: at `offset` bytes in the arena, or outside it (weights).
struct BufferRef {
  int64_t offset = -1;
  const void* constant = nullptr;
};

// Convolutions that can run as one step: its name, and what ConvChoice knows it by.
struct StepGroup {
  std::string name;
  std::string key;
};

// One kernel and its operands.
struct Step {
  std::string name;  // of the value that it computes, or "a + b" of several
  std::string op;
  std::shared_ptr<const Kernel> kernel;
  std::vector<BufferRef> inputs;
  std::vector<BufferRef> outputs;
  int64_t scratch_offset = -1;  // bytes in the arena; -1: the kernel wants none
  int64_t multiply_adds = 0;
  // Convolutions: what ConvChoice knows this one by, and which of its kernels it is. Empty for others.
  std::string conv_key = {};
  ConvVariant conv_variant = {};
  // Of convolutions with siblings, whether they run as one or each by itself. Empty for others.
  StepGroup siblings = {};
};

// What a plan returns: dense, row-major.
struct PlanOutput {
  std::string layer;  // as asked
  DataType type = DataType::kFloat32;
  Shape shape;  // [N, C, H, W] or [N, C]
  BufferRef buffer;
  std::optional<ReceptiveFields> field;
};

struct PlanInput {
  std::string name;
  DataType type = DataType::kFloat32;
  Shape shape;
  BufferRef buffer;
};

// A network compiled for one set of layers and one input size: kernels in order and a memory plan. Immutable, shared by
// every executor.
struct Plan {
  std::vector<PlanInput> inputs;  // the image first
  std::vector<PlanOutput> outputs;
  std::vector<Step> steps;
  int64_t arena_bytes = 0;
  int64_t multiply_adds = 0;
  std::vector<std::shared_ptr<const void>> keep_alive;  // weights that the steps point to
};

}  // namespace onebyone
