#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/graph/graph.h"
#include "engine/kernels/kernel.h"
#include "engine/kernels/onednn/layout.h"
#include "engine/kernels/onednn/weight_cache.h"
#include "engine/runtime/conv_choice.h"
#include "engine/tensor/precision.h"

namespace onebyone {

// What computes one node: a kernel, the values that it reads (weights that it has packed are left out), and the layouts
// that it reads and writes.
struct NodeKernel {
  std::shared_ptr<const Kernel> kernel;
  std::vector<ValueId> inputs;
  Layout input_layout = Layout::kPlain;
  Layout output_layout = Layout::kPlain;
  // Convolutions: what ConvChoice knows this one by, and which of its kernels it is. Empty for others.
  std::string conv_key = {};
  ConvVariant conv_variant = {};
};

// What a plan prefers among the kernels of a node.
struct KernelPreference {
  Layout blocked = Layout::kBlocked;   // or kBlockedBFloat16
  Layout dense = Layout::kPlain;       // or kPlainBFloat16: what inner products read
  const ConvChoice* choice = nullptr;  // which kernels convolutions run by; null: the ordinary ones
};

// The preference of a precision on this CPU. In int8 what is not quantized runs in float32: conversions between bytes
// and bfloat16 are slow.
KernelPreference PreferenceOf(Precision precision, const ConvChoice* choice);

// The fastest kernel that fits the node; the plain reference where no other does. `layout_of` tells the layout that a
// value was written in.
absl::StatusOr<NodeKernel> ChooseKernel(const Graph& graph, NodeId node, const std::vector<Layout>& layout_of,
                                        const KernelPreference& preference, WeightCache& weights);

// The reference for any node.
NodeKernel ReferenceFor(const Graph& graph, NodeId node);

}  // namespace onebyone
