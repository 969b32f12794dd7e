#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/calibration/calibration.h"
#include "engine/graph/graph.h"
#include "engine/graph/layer_table.h"
#include "engine/kernels/onednn/onednn_kernels.h"
#include "engine/reduction/reduction.h"
#include "engine/runtime/kernel_cache.h"
#include "engine/runtime/native_sizes.h"
#include "engine/runtime/plan.h"
#include "engine/tensor/precision.h"

namespace onebyone {

struct CompileOptions {
  // kMeasured times the kernels that oneDNN has for each convolution once and keeps the fastest, then whether siblings
  // are faster as one; kExact never takes Winograd, whose rounding error is larger, and measures nothing.
  enum class Convolution : uint8_t { kMeasured, kExact };
  Convolution convolution = Convolution::kMeasured;
  // The kernel of every convolution that has it, instead of `convolution`: to measure what a kernel costs or gains.
  // kMergedVariant: all siblings run as one.
  std::optional<ConvVariant> every_conv = std::nullopt;
  Precision precision = Precision::kFloat32;
  // What kInt8 runs by.
  std::shared_ptr<const Calibration> calibration = nullptr;
  // Keeps what kMeasured found beyond the end of the process; null: nothing is kept.
  std::shared_ptr<KernelCache> kernel_cache = nullptr;
  // The network's name in there, the hash of its file; MakeModel fills in the bundle's. Empty: nothing is kept.
  std::string model_hash = {};
  // Plans kept, least recently used first out; a plan is one set of layers, reductions and input size.
  int max_plans = 64;
  // The same for plans of native queries, which have a cache of their own: each size of a picture is another plan.
  int max_native_plans = 32;
  // Run nodes through the plain reference kernels only; for tests.
  bool reference_only = false;
};

// One output of a plan.
struct LayerQuery {
  std::string layer;                                     // a value of the graph
  std::shared_ptr<const Reduction> reduction = nullptr;  // null: the whole layer
  int64_t channels = 0;                                  // with a reduction: its first `channels` rows
};

struct PlanQuery {
  std::vector<LayerQuery> layers = {};  // at least one
  int64_t batch = 1;
  int64_t height = 0;  // of the input
  int64_t width = 0;
  int threads = 1;  // that the executor will run it with
  // Any size that NativeSizes allows for the layers: dense layers run as convolutions and give maps, shape [N, C, H,
  // W]. Kernels are the ordinary ones; none is timed.
  bool native = false;
};

// A network ready to run: passes done, plans made on demand and kept. Thread-safe.
class CompiledModel {
 public:
  // `graph`: as imported; its first input is the image, [N, C, H, W]. INVALID_ARGUMENT for a graph whose shapes do not
  // fit; FAILED_PRECONDITION for kBFloat16 on a CPU that has no such instructions, and for kInt8 without a
  // calibration, unless the network is quantized already.
  static absl::StatusOr<std::shared_ptr<CompiledModel>> Compile(Graph graph, int64_t height, int64_t width,
                                                                const CompileOptions& options);
  virtual ~CompiledModel() = default;

  // Every layer that can be asked for, in graph order, at the model's own input size.
  virtual const std::vector<LayerInfo>& layers() const = 0;
  // Null where there is none.
  virtual const LayerInfo* FindLayer(const std::string& name) const = 0;
  // The graph's own outputs.
  virtual const std::vector<std::string>& output_layers() const = 0;
  virtual Precision precision() const = 0;
  virtual int64_t input_channels() const = 0;
  virtual int64_t input_height() const = 0;
  virtual int64_t input_width() const = 0;

  // What the layers are at other sizes of the input.
  virtual const NativeSizes& native_sizes() const = 0;

  // The plan that computes exactly these layers and nothing behind them; compiled at the first call, then kept. Who
  // wants the same plan meanwhile waits for it, and for no other one. Plans share their weights, so that a plan of
  // another size costs little but the arena that its executor needs. INVALID_ARGUMENT for an unknown layer (naming the
  // nearest one), a reduction that does not fit, or an input size that the network cannot take.
  virtual absl::StatusOr<std::shared_ptr<const Plan>> PlanFor(const PlanQuery& query) = 0;

  // Plans that are kept now, and compilations so far; those of native queries.
  virtual int native_plans() const = 0;
  virtual int64_t native_compilations() const = 0;

  // Convolutions that had to be timed so far: those of no plan before and not in the kernel cache.
  virtual int64_t convs_measured() const = 0;
};

}  // namespace onebyone
