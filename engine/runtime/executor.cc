#include "engine/runtime/executor.h"

#include <algorithm>
#include <list>
#include <utility>
#include <vector>

#include "engine/base/status_macros.h"
#include "engine/base/steady_time.h"
#include "engine/kernels/onednn/threads.h"
#include "engine/runtime/flush_denormals.h"

namespace onebyone {
namespace {

// A plan whose kernels know where in the arena their operands are. Only the current plan is held: others end when
// whoever keeps plans lets go of them.
struct BoundPlan {
  std::weak_ptr<const Plan> plan;
  std::vector<std::unique_ptr<BoundKernel>> kernels;
};

class ArenaExecutor : public Executor {
 public:
  explicit ArenaExecutor(const Options& options) : options_(options) {}

  absl::Status Use(std::shared_ptr<const Plan> plan) override {
    current_ = nullptr;
    bound_.remove_if([](const BoundPlan& bound) { return bound.plan.expired(); });
    const auto found =
        std::find_if(bound_.begin(), bound_.end(), [&](const BoundPlan& bound) { return bound.plan.lock() == plan; });
    if (found != bound_.end()) {
      bound_.splice(bound_.begin(), bound_, found);
      current_ = std::move(plan);
      return absl::OkStatus();
    }
    if (static_cast<int64_t>(arena_.size()) < plan->arena_bytes) {
      bound_.clear();  // they point into the old arena
      arena_ = AlignedBuffer();
      ASSIGN_OR_RETURN(arena_, AlignedBuffer::Create(static_cast<size_t>(plan->arena_bytes)));
    }
    ASSIGN_OR_RETURN(BoundPlan bound, Bind(plan));
    bound_.push_front(std::move(bound));
    current_ = std::move(plan);
    if (static_cast<int>(bound_.size()) > options_.max_bound_plans) bound_.pop_back();
    return absl::OkStatus();
  }

  TensorView Input(int index) override {
    const PlanInput& input = current_->inputs[index];
    return {input.type, input.shape, Address(input.buffer)};
  }

  absl::Status Run(const Cancellation* cancellation) override {
    const ScopedThreads threads(options_.threads);
    const ScopedFlushDenormals flush;
    for (const std::unique_ptr<BoundKernel>& kernel : bound_.front().kernels) {
      if (cancellation != nullptr) RETURN_IF_ERROR(cancellation->Check());
      RETURN_IF_ERROR(kernel->Run());
      ++steps_run_;
    }
    return absl::OkStatus();
  }

  absl::Status RunProfiled(std::vector<absl::Duration>& step_durations) override {
    const ScopedThreads threads(options_.threads);
    const ScopedFlushDenormals flush;
    step_durations.clear();
    for (const std::unique_ptr<BoundKernel>& kernel : bound_.front().kernels) {
      const absl::Time start = SteadyNow();
      RETURN_IF_ERROR(kernel->Run());
      step_durations.push_back(SteadyNow() - start);
      ++steps_run_;
    }
    return absl::OkStatus();
  }

  ConstTensorView Output(int index) const override {
    const PlanOutput& output = current_->outputs[index];
    const void* data =
        output.buffer.constant != nullptr ? output.buffer.constant : arena_.data() + output.buffer.offset;
    return {output.type, output.shape, data};
  }

  int64_t steps_run() const override { return steps_run_; }

 private:
  void* Address(const BufferRef& buffer) {
    if (buffer.constant != nullptr) return const_cast<void*>(buffer.constant);
    return buffer.offset < 0 ? nullptr : arena_.data() + buffer.offset;
  }

  absl::StatusOr<BoundPlan> Bind(const std::shared_ptr<const Plan>& plan) {
    BoundPlan bound;
    for (const Step& step : plan->steps) {
      std::vector<const void*> inputs;
      std::vector<void*> outputs;
      for (const BufferRef& buffer : step.inputs) inputs.push_back(Address(buffer));
      for (const BufferRef& buffer : step.outputs) outputs.push_back(Address(buffer));
      void* scratch = step.scratch_offset < 0 ? nullptr : arena_.data() + step.scratch_offset;
      ASSIGN_OR_RETURN(std::unique_ptr<BoundKernel> kernel, step.kernel->Bind(inputs, outputs, scratch));
      bound.kernels.push_back(std::move(kernel));
    }
    bound.plan = plan;
    return bound;
  }

  const Options options_;
  AlignedBuffer arena_;
  std::shared_ptr<const Plan> current_;
  std::list<BoundPlan> bound_;  // the current one first
  int64_t steps_run_ = 0;
};

}  // namespace

std::unique_ptr<Executor> Executor::Create(const Options& options) { return std::make_unique<ArenaExecutor>(options); }

}  // namespace onebyone
