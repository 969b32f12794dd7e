#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <variant>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "engine/tensor/data_type.h"

namespace onebyone {

// One number per spatial axis, outermost (height) first.
using SpatialVector = absl::InlinedVector<int64_t, 3>;

// A function of one element, fused behind a convolution or on its own.
struct Activation {
  enum class Kind : uint8_t { kRelu, kLeakyRelu, kClip, kSigmoid };
  Kind kind = Kind::kRelu;
  float slope = 0.0F;                                   // kLeakyRelu: x < 0 gives slope * x
  float low = -std::numeric_limits<float>::infinity();  // kClip
  float high = std::numeric_limits<float>::infinity();

  friend bool operator==(const Activation&, const Activation&) = default;
};

// The sliding window of a convolution or a pool; every vector has one number per spatial axis. The importer resolves
// auto_pad into `automatic` (same padding depends on the input's size) or explicit pads.
struct Window {
  enum class AutoPad : uint8_t { kExplicit, kSameUpper, kSameLower };
  SpatialVector kernel;
  SpatialVector strides;
  SpatialVector dilations;
  SpatialVector pads_begin;
  SpatialVector pads_end;
  AutoPad auto_pad = AutoPad::kExplicit;
};

struct ConvAttributes {
  Window window;
  int64_t groups = 1;
  std::optional<Activation> activation;  // applied to the result, set by the pass fuse_activation
  bool stays_float = false;              // where others run in int8; set by the pass mark_convolutions
  bool is_companded = false;             // its bytes in int8, see Quantization; set by the pass mark_convolutions
  bool byte_winograd = false;  // in int8 it may run as Winograd by its calibration; set by the pass mark_convolutions
};

struct PoolAttributes {
  Window window;
  bool ceil_mode = false;  // round the output's size up; windows that begin behind the padded input are left out
  bool count_include_pad = false;     // AveragePool: padding counts in the divisor
  bool column_major_indices = false;  // MaxPool: the order of the second output
};

struct BatchNormalizationAttributes {
  float epsilon = 1e-5F;
};

// Relu, LeakyRelu, Clip, Sigmoid.
struct ActivationAttributes {
  Activation activation;
};

struct LrnAttributes {
  int64_t size = 5;  // channels in the window: floor((size-1)/2) before, ceil((size-1)/2) after
  float alpha = 1e-4F;
  float beta = 0.75F;
  float bias = 1.0F;
};

// Concat, and Softmax with one axis (opset 13 on).
struct AxisAttributes {
  int64_t axis = 1;
};

struct SoftmaxAttributes {
  int64_t axis = -1;
  bool flatten_to_2d = false;  // before opset 13: everything from `axis` on is one row
};

// Result = alpha * op(A) * op(B) + beta * C.
struct GemmAttributes {
  float alpha = 1.0F;
  float beta = 1.0F;
  bool transpose_a = false;
  bool transpose_b = false;
};

struct FlattenAttributes {
  int64_t axis = 1;
};

struct ReshapeAttributes {
  std::vector<int64_t> shape;  // 0 copies the input's extent, -1 takes what is left
  bool allow_zero = false;     // 0 means 0
};

// Squeeze (empty: every axis of extent 1), Unsqueeze.
struct AxesAttributes {
  std::vector<int64_t> axes;
};

struct TransposeAttributes {
  std::vector<int64_t> permutation;  // empty: reversed
};

struct PadAttributes {
  enum class Mode : uint8_t { kConstant, kReflect, kEdge };
  Mode mode = Mode::kConstant;
  std::vector<int64_t> begin;  // per axis; negative numbers cut
  std::vector<int64_t> end;
  float value = 0.0F;  // kConstant, where there is no second input
};

struct CastAttributes {
  DataType to = DataType::kFloat32;
};

struct ReduceMeanAttributes {
  std::vector<int64_t> axes;  // empty: all
  bool keep_dims = true;
};

// QuantizeLinear, DequantizeLinear.
struct QuantizeAttributes {
  int64_t axis = 1;  // of a scale with more than one element
};

// The attributes of one node; std::monostate for operators that have none.
using Attributes = std::variant<std::monostate, ConvAttributes, PoolAttributes, BatchNormalizationAttributes,
                                ActivationAttributes, LrnAttributes, AxisAttributes, SoftmaxAttributes, GemmAttributes,
                                FlattenAttributes, ReshapeAttributes, AxesAttributes, TransposeAttributes,
                                PadAttributes, CastAttributes, ReduceMeanAttributes, QuantizeAttributes>;

}  // namespace onebyone
