#include "engine/runtime/lowering.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "engine/base/status_macros.h"
#include "engine/graph/cost.h"
#include "engine/kernels/elementwise/companding.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/runtime/merged_conv.h"
#include "engine/runtime/node_kernel.h"
#include "engine/runtime/sibling_groups.h"
#include "engine/runtime/storages.h"

namespace onebyone {
namespace {

// Operators that only rename the elements of a dense value.
bool SharesMemory(const Node& node) {
  switch (node.op) {
    case OpType::kFlatten:
    case OpType::kReshape:
    case OpType::kSqueeze:
    case OpType::kUnsqueeze:
    case OpType::kIdentity: return true;
    case OpType::kDropout: return node.outputs.size() == 1;
    default: return false;
  }
}

class Lowering {
 public:
  Lowering(const Graph& graph, const LoweringOptions& options, WeightCache& weights)
      : graph_(graph),
        options_(options),
        preference_(PreferenceOf(options.precision, options.choice)),
        weights_(weights),
        home_(graph.value_count(), Layout::kPlain) {}

  absl::StatusOr<std::shared_ptr<Plan>> Run() {
    RETURN_IF_ERROR(PlaceSiblings());  // first: any part of a concat may be placed inside their memory
    PlaceInputs();
    for (const NodeId id : graph_.NodeIds()) {
      if (const auto merged = merged_.find(id); merged != merged_.end()) {
        RETURN_IF_ERROR(LowerMerged(*merged->second));
        continue;
      }
      RETURN_IF_ERROR(SharesMemory(graph_.node(id)) && !graph_.value(graph_.node(id).outputs.front()).slice
                          ? LowerSharing(id)
                          : LowerComputing(id));
    }
    RETURN_IF_ERROR(PlaceOutputs());
    FixAddresses();
    return std::move(plan_);
  }

 private:
  using Key = std::pair<ValueId, Layout>;

  // Siblings that run as one step, and the memory that it writes.
  struct MergedStep {
    SiblingGroup group;
    NodeKernel kernel;
    int storage = -1;
    bool is_done = false;
  };

  int steps() const { return static_cast<int>(plan_->steps.size()); }

  // The layout that the parent of slices has: blocks where kernels are fast, planes for the plain references.
  Layout SliceLayout() const { return options_.reference_only ? Layout::kPlain : preference_.blocked; }

  static int64_t BytesOf(const Value& value, Layout layout) {
    if (layout != Layout::kPlain) return LayoutBytes(value.shape, layout);
    return value.shape.Elements() * static_cast<int64_t>(SizeOf(value.type));
  }

  // The memory of `value` in `layout`, made where it is not there yet.
  int StorageOf(ValueId id, Layout layout) {
    if (const auto found = storage_of_.find({id, layout}); found != storage_of_.end()) return found->second;
    const Value& value = graph_.value(id);
    int storage = -1;
    if (value.slice.has_value() && layout == SliceLayout()) {
      const int parent = StorageOf(value.slice->parent, layout);
      const int64_t plane = value.shape[2] * value.shape[3] * ElementBytes(layout);
      storage = storages_.AddPart(parent, value.slice->channel_offset * plane);
      home_[value.slice->parent] = layout;
    } else {
      storage = storages_.Add(BytesOf(value, layout));
    }
    storage_of_[{id, layout}] = storage;
    return storage;
  }

  static bool IsCompanded(Layout layout) { return layout == Layout::kChannelsLastCompanded; }

  // Both layouts have the same bytes.
  static bool LayoutsAgree(const Shape& shape, Layout a, Layout b) {
    return IsBFloat16(a) == IsBFloat16(b) && !IsByte(a) && !IsByte(b) && shape.rank() == 4 &&
           shape[2] * shape[3] == 1 && (shape[0] == 1 || shape[1] % ChannelBlock() == 0) &&
           shape[1] % ChannelBlock() == 0;
  }

  // The memory where `value`, computed already, lies in `layout`; reorders it where it does not.
  absl::StatusOr<int> Want(ValueId id, Layout layout) {
    const Value& value = graph_.value(id);
    if (const auto found = storage_of_.find({id, layout}); found != storage_of_.end()) return found->second;
    if (value.constant != nullptr && !storage_of_.contains({id, Layout::kPlain})) {
      const int storage = storages_.AddConstant(value.constant->data());
      plan_->keep_alive.push_back(value.constant);
      storage_of_[{id, Layout::kPlain}] = storage;
      if (layout == Layout::kPlain) return storage;
    }
    const Layout home = value.constant != nullptr ? Layout::kPlain : home_[id];
    const int from = StorageOf(id, home);
    if (home == layout) return from;
    if (LayoutsAgree(value.shape, home, layout) && !storages_.IsConstant(from)) {
      return storage_of_[{id, layout}] = storages_.AddPart(from, 0);
    }
    if (layout != Layout::kChannelsLast &&
        (IsCompanded(home) || IsCompanded(layout))) {  // two steps: that is the middle
      ASSIGN_OR_RETURN(const int numbers, Want(id, Layout::kChannelsLast));
      const int to = StorageOf(id, layout);
      RETURN_IF_ERROR(EmitReorder(id, numbers, Layout::kChannelsLast, to, layout));
      return to;
    }
    const int to = StorageOf(id, layout);
    RETURN_IF_ERROR(EmitReorder(id, from, home, to, layout));
    return to;
  }

  absl::Status EmitReorder(ValueId id, int from, Layout from_layout, int to, Layout to_layout) {
    const Value& value = graph_.value(id);
    const float scale = value.quantization.has_value() ? value.quantization->scale : 1.0F;
    std::shared_ptr<const Kernel> kernel;
    if (IsCompanded(from_layout)) {
      kernel = MakeExpand(value.shape.Elements(), scale);
    } else if (IsCompanded(to_layout)) {
      kernel = MakeCompand(value.shape.Elements(), scale);
    } else {
      ASSIGN_OR_RETURN(kernel, MakeReorder(value.shape, from_layout, to_layout, scale));
    }
    Emit(value.name, "Reorder", std::move(kernel), {from}, {to});
    return absl::OkStatus();
  }

  void Emit(const std::string& name, absl::string_view op, std::shared_ptr<const Kernel> kernel,
            const std::vector<int>& inputs, const std::vector<int>& outputs) {
    const int step = steps();
    for (const int storage : inputs) {
      if (storage >= 0) storages_.Touch(storage, step);
    }
    for (const int storage : outputs) storages_.Touch(storage, step);
    int scratch = -1;
    if (kernel->scratch_bytes() > 0) {
      scratch = storages_.Add(kernel->scratch_bytes());
      storages_.Touch(scratch, step);
    }
    plan_->steps.push_back({name, std::string(op), std::move(kernel), {}, {}});
    operands_.push_back({inputs, outputs, scratch});
  }

  absl::Status PlaceSiblings() {
    if (options_.reference_only) return absl::OkStatus();
    for (const SiblingGroup& group : FindSiblingGroups(graph_)) {
      const StepGroup step = DescribeSiblings(graph_, group, preference_.blocked);
      for (const NodeId member : group.members) siblings_[member] = step;
      if (options_.choice == nullptr || options_.choice->For(step.key) != kMergedVariant) continue;
      absl::StatusOr<NodeKernel> kernel = MakeMergedConv(graph_, group, preference_.blocked, weights_);
      if (absl::IsUnimplemented(kernel.status())) continue;  // then each by itself
      RETURN_IF_ERROR(kernel.status());
      const auto merged = std::make_shared<MergedStep>(MergedStep{group, *std::move(kernel), PlaceGroup(group)});
      for (const NodeId member : group.members) merged_[member] = merged;
    }
    return absl::OkStatus();
  }

  // One memory for all members, and for the concat that begins with the last one.
  int PlaceGroup(const SiblingGroup& group) {
    const Layout layout = preference_.blocked;
    std::vector<ValueId> pieces;
    for (const NodeId member : group.members) {
      pieces.push_back(graph_.node(member).outputs[0]);
      home_[pieces.back()] = layout;
    }
    if (group.whole != kNoValue) pieces.back() = group.whole;
    int64_t bytes = 0;
    for (const ValueId piece : pieces) bytes += BytesOf(graph_.value(piece), layout);
    if (group.whole != kNoValue) home_[group.whole] = layout;
    const int storage = storages_.Add(bytes);
    int64_t offset = 0;
    for (const ValueId piece : pieces) {
      storage_of_[{piece, layout}] = storages_.AddPart(storage, offset);
      offset += BytesOf(graph_.value(piece), layout);
    }
    return storage;
  }

  // At the first member all are computed.
  absl::Status LowerMerged(MergedStep& merged) {
    if (std::exchange(merged.is_done, true)) return absl::OkStatus();
    NodeKernel& chosen = merged.kernel;
    ASSIGN_OR_RETURN(const int input, Want(chosen.inputs[0], chosen.input_layout));
    Emit(siblings_[merged.group.members[0]].name, NameOf(OpType::kConv), std::move(chosen.kernel), {input},
         {merged.storage});
    Describe(std::move(chosen.conv_key), chosen.conv_variant, merged.group.members);
    return absl::OkStatus();
  }

  // What the last step does for `nodes`.
  void Describe(std::string conv_key, const ConvVariant& variant, absl::Span<const NodeId> nodes) {
    Step& step = plan_->steps.back();
    for (const NodeId node : nodes) step.multiply_adds += MultiplyAdds(graph_, node);
    plan_->multiply_adds += step.multiply_adds;
    step.conv_key = std::move(conv_key);
    step.conv_variant = variant;
    if (const auto found = siblings_.find(nodes.front()); found != siblings_.end()) step.siblings = found->second;
  }

  void PlaceInputs() {
    for (const ValueId input : graph_.inputs()) {
      const int storage = StorageOf(input, Layout::kPlain);
      storages_.Touch(storage, -1);
      plan_->inputs.push_back({graph_.value(input).name, graph_.value(input).type, graph_.value(input).shape, {}});
      input_storages_.push_back(storage);
    }
  }

  absl::Status LowerSharing(NodeId id) {
    const Node& node = graph_.node(id);
    ASSIGN_OR_RETURN(const int from, Want(node.inputs.front(), Layout::kPlain));
    if (storages_.IsConstant(from)) return LowerComputing(id);
    storage_of_[{node.outputs.front(), Layout::kPlain}] = storages_.AddPart(from, 0);
    return absl::OkStatus();
  }

  absl::Status LowerComputing(NodeId id) {
    const Node& node = graph_.node(id);
    NodeKernel chosen = ReferenceFor(graph_, id);
    if (!options_.reference_only) {
      ASSIGN_OR_RETURN(chosen, ChooseKernel(graph_, id, home_, preference_, weights_));
    }
    std::vector<int> inputs;
    for (const ValueId input : chosen.inputs) {
      int storage = -1;
      if (input != kNoValue) {
        ASSIGN_OR_RETURN(storage, Want(input, chosen.input_layout));
      }
      inputs.push_back(storage);
    }
    std::vector<int> outputs;
    for (const ValueId output : node.outputs) {
      home_[output] = graph_.value(output).slice.has_value() ? SliceLayout() : chosen.output_layout;
      outputs.push_back(StorageOf(output, chosen.output_layout));
    }
    Emit(graph_.value(node.outputs.front()).name, NameOf(node.op), std::move(chosen.kernel), inputs, outputs);
    Describe(std::move(chosen.conv_key), chosen.conv_variant, {&id, 1});
    for (const ValueId output : node.outputs) {
      if (home_[output] == chosen.output_layout) continue;
      RETURN_IF_ERROR(EmitReorder(output, StorageOf(output, chosen.output_layout), chosen.output_layout,
                                  StorageOf(output, home_[output]), home_[output]));
    }
    return absl::OkStatus();
  }

  absl::Status PlaceOutputs() {
    for (const Graph::Output& output : graph_.outputs()) {
      ASSIGN_OR_RETURN(const int storage, Want(output.value, Layout::kPlain));
      output_storages_.push_back(storage);
      const Value& value = graph_.value(output.value);
      plan_->outputs.push_back({output.name, value.type, value.shape, {}, std::nullopt});
    }
    for (const int storage : output_storages_) storages_.Touch(storage, steps());
    return absl::OkStatus();
  }

  void FixAddresses() {
    plan_->arena_bytes = storages_.Place();
    const auto address = [&](int storage) { return storages_.AddressOf(storage); };
    for (size_t i = 0; i < operands_.size(); ++i) {
      Step& step = plan_->steps[i];
      for (const int storage : operands_[i].inputs) step.inputs.push_back(storage < 0 ? BufferRef{} : address(storage));
      for (const int storage : operands_[i].outputs) step.outputs.push_back(address(storage));
      if (operands_[i].scratch >= 0) step.scratch_offset = address(operands_[i].scratch).offset;
    }
    for (size_t i = 0; i < input_storages_.size(); ++i) plan_->inputs[i].buffer = address(input_storages_[i]);
    for (size_t i = 0; i < output_storages_.size(); ++i) plan_->outputs[i].buffer = address(output_storages_[i]);
  }

  struct Operands {
    std::vector<int> inputs;
    std::vector<int> outputs;
    int scratch;
  };

  const Graph& graph_;
  const LoweringOptions& options_;
  const KernelPreference preference_;
  WeightCache& weights_;
  std::vector<Layout> home_;  // of each value: the layout that it was written in first
  Storages storages_;
  std::map<Key, int> storage_of_;
  std::map<NodeId, StepGroup> siblings_;                  // of nodes that have some
  std::map<NodeId, std::shared_ptr<MergedStep>> merged_;  // the step of nodes that run as one with others
  std::vector<Operands> operands_;                        // of each step
  std::vector<int> input_storages_;
  std::vector<int> output_storages_;
  std::shared_ptr<Plan> plan_ = std::make_shared<Plan>();
};

}  // namespace

absl::StatusOr<std::shared_ptr<Plan>> Lower(const Graph& graph, const LoweringOptions& options, WeightCache& weights) {
  return Lowering(graph, options, weights).Run();
}

}  // namespace onebyone
