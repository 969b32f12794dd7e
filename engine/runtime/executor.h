#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/runtime/cancellation.h"
#include "engine/runtime/plan.h"
#include "engine/tensor/tensor_view.h"

namespace onebyone {

// Runs plans, one at a time, in an arena of its own. Make one per thread and use it on that thread only. After a plan's
// first run on an executor, further runs of it allocate no tensor memory (as long as at most `max_bound_plans` plans
// alternate).
class Executor {
 public:
  struct Options {
    int threads = 1;           // inside one image; more than one only where the machine is otherwise idle
    int max_bound_plans = 16;  // bindings kept; least recently used first out
  };
  static std::unique_ptr<Executor> Create(const Options& options);
  virtual ~Executor() = default;

  // Makes `plan` the current one, and holds it until the next Use. RESOURCE_EXHAUSTED where there is no memory for its
  // arena.
  virtual absl::Status Use(std::shared_ptr<const Plan> plan) = 0;
  // Input `index` of the current plan; write it before each Run (a run may overwrite it).
  virtual TensorView Input(int index = 0) = 0;
  // Runs the current plan's steps in order; denormal numbers are zero meanwhile. Looks at `cancellation` (may be null)
  // before each step and returns its status.
  virtual absl::Status Run(const Cancellation* cancellation) = 0;
  // The same, and how long each step took, in the order of the plan's steps.
  virtual absl::Status RunProfiled(std::vector<absl::Duration>& step_durations) = 0;
  // Output `index` of the current plan, valid until the next Run or Use.
  virtual ConstTensorView Output(int index) const = 0;

  // Steps run so far, over all plans.
  virtual int64_t steps_run() const = 0;
};

}  // namespace onebyone
