#include "engine/runtime/lowering.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "engine/base/status_macros.h"
#include "engine/graph/cost.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/runtime/memory_planner.h"
#include "engine/runtime/node_kernel.h"

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

// Memory of one value in one layout; a part of another one where `parent` is set.
struct Storage {
  Lifetime lifetime;
  int parent = -1;
  int64_t parent_offset = 0;
  const void* constant = nullptr;
};

class Lowering {
 public:
  Lowering(const Graph& graph, const LoweringOptions& options, WeightCache& weights)
      : graph_(graph),
        options_(options),
        preference_(PreferenceOf(options.precision, options.choice)),
        weights_(weights),
        home_(graph.value_count(), Layout::kPlain) {}

  absl::StatusOr<std::shared_ptr<Plan>> Run() {
    PlaceInputs();
    for (const NodeId id : graph_.NodeIds()) {
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

  int steps() const { return static_cast<int>(plan_->steps.size()); }

  // The layout that the parent of slices has: blocks where kernels are fast, planes for the plain references.
  Layout SliceLayout() const { return options_.reference_only ? Layout::kPlain : preference_.blocked; }

  static int64_t BytesOf(const Value& value, Layout layout) {
    if (layout != Layout::kPlain) return LayoutBytes(value.shape, layout);
    return value.shape.Elements() * static_cast<int64_t>(SizeOf(value.type));
  }

  int Root(int storage) const {
    while (storages_[storage].parent >= 0) storage = storages_[storage].parent;
    return storage;
  }

  void Touch(int storage, int step) {
    Lifetime& lifetime = storages_[Root(storage)].lifetime;
    lifetime.first_step = std::min(lifetime.first_step, step);
    lifetime.last_step = std::max(lifetime.last_step, step);
  }

  int AddStorage(int64_t bytes, int parent = -1, int64_t parent_offset = 0) {
    Storage storage;
    storage.lifetime = {bytes, steps(), steps()};
    storage.parent = parent;
    storage.parent_offset = parent_offset;
    storages_.push_back(storage);
    return static_cast<int>(storages_.size()) - 1;
  }

  // The memory of `value` in `layout`, made where it is not there yet.
  int StorageOf(ValueId id, Layout layout) {
    if (const auto found = storage_of_.find({id, layout}); found != storage_of_.end()) return found->second;
    const Value& value = graph_.value(id);
    int storage = -1;
    if (value.slice.has_value() && layout == SliceLayout()) {
      const int parent = StorageOf(value.slice->parent, layout);
      const int64_t plane = value.shape[2] * value.shape[3] * ElementBytes(layout);
      storage = AddStorage(0, parent, value.slice->channel_offset * plane);
      home_[value.slice->parent] = layout;
    } else {
      storage = AddStorage(BytesOf(value, layout));
    }
    storage_of_[{id, layout}] = storage;
    return storage;
  }

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
      const int storage = AddStorage(0);
      storages_[storage].constant = value.constant->data();
      plan_->keep_alive.push_back(value.constant);
      storage_of_[{id, Layout::kPlain}] = storage;
      if (layout == Layout::kPlain) return storage;
    }
    const Layout home = value.constant != nullptr ? Layout::kPlain : home_[id];
    const int from = StorageOf(id, home);
    if (home == layout) return from;
    if (LayoutsAgree(value.shape, home, layout) && storages_[from].constant == nullptr) {
      storage_of_[{id, layout}] = AddStorage(0, from, 0);
      return storage_of_[{id, layout}];
    }
    const int to = StorageOf(id, layout);
    RETURN_IF_ERROR(EmitReorder(id, from, home, to, layout));
    return to;
  }

  absl::Status EmitReorder(ValueId id, int from, Layout from_layout, int to, Layout to_layout) {
    const Value& value = graph_.value(id);
    const float scale = value.quantization.has_value() ? value.quantization->scale : 1.0F;
    ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> kernel, MakeReorder(value.shape, from_layout, to_layout, scale));
    Emit(graph_.value(id).name, "Reorder", std::move(kernel), {from}, {to});
    return absl::OkStatus();
  }

  void Emit(const std::string& name, absl::string_view op, std::shared_ptr<const Kernel> kernel,
            const std::vector<int>& inputs, const std::vector<int>& outputs) {
    const int step = steps();
    for (const int storage : inputs) {
      if (storage >= 0) Touch(storage, step);
    }
    for (const int storage : outputs) Touch(storage, step);
    int scratch = -1;
    if (kernel->scratch_bytes() > 0) scratch = AddStorage(kernel->scratch_bytes());
    plan_->steps.push_back({name, std::string(op), std::move(kernel), {}, {}});
    operands_.push_back({inputs, outputs, scratch});
  }

  void PlaceInputs() {
    for (const ValueId input : graph_.inputs()) {
      const int storage = StorageOf(input, Layout::kPlain);
      Touch(storage, -1);
      plan_->inputs.push_back({graph_.value(input).name, graph_.value(input).type, graph_.value(input).shape, {}});
      input_storages_.push_back(storage);
    }
  }

  absl::Status LowerSharing(NodeId id) {
    const Node& node = graph_.node(id);
    ASSIGN_OR_RETURN(const int from, Want(node.inputs.front(), Layout::kPlain));
    if (storages_[from].constant != nullptr) return LowerComputing(id);
    storage_of_[{node.outputs.front(), Layout::kPlain}] = AddStorage(0, from, 0);
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
    Step& step = plan_->steps.back();
    step.multiply_adds = MultiplyAdds(graph_, id);
    step.conv_key = std::move(chosen.conv_key);
    step.conv_variant = chosen.conv_variant;
    plan_->multiply_adds += step.multiply_adds;
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
    for (const int storage : output_storages_) Touch(storage, steps());
    return absl::OkStatus();
  }

  void FixAddresses() {
    std::vector<Lifetime> lifetimes;
    std::vector<int> index(storages_.size(), -1);
    for (size_t i = 0; i < storages_.size(); ++i) {
      if (storages_[i].parent >= 0 || storages_[i].constant != nullptr) continue;
      index[i] = static_cast<int>(lifetimes.size());
      lifetimes.push_back(storages_[i].lifetime);
    }
    const MemoryPlan memory = PlanMemory(lifetimes);
    plan_->arena_bytes = memory.arena_bytes;
    const auto address = [&](int storage) -> BufferRef {
      int64_t offset = 0;
      for (; storages_[storage].parent >= 0; storage = storages_[storage].parent)
        offset += storages_[storage].parent_offset;
      if (storages_[storage].constant != nullptr) return {-1, storages_[storage].constant};
      return {memory.offsets[index[storage]] + offset, nullptr};
    };
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
  std::vector<Storage> storages_;
  absl::flat_hash_map<Key, int> storage_of_;
  std::vector<Operands> operands_;  // of each step
  std::vector<int> input_storages_;
  std::vector<int> output_storages_;
  std::shared_ptr<Plan> plan_ = std::make_shared<Plan>();
};

}  // namespace

absl::StatusOr<std::shared_ptr<Plan>> Lower(const Graph& graph, const LoweringOptions& options, WeightCache& weights) {
  return Lowering(graph, options, weights).Run();
}

}  // namespace onebyone
