#include "tests/fuzz/drawn_network.h"

#include <array>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/graph/cost.h"
#include "tests/testing/graph_builder.h"

namespace onebyone::testing {
namespace {

constexpr int64_t kMostStages = 8;
constexpr int64_t kMostElements = 1 << 16;      // of a value
constexpr int64_t kMostMultiplyAdds = 1 << 24;  // of all nodes: the plain reference runs them four times, one by one

class NetworkDrawer {
 public:
  explicit NetworkDrawer(Choices& choices) : choices_(choices), builder_(1 + choices.Below(4)) {}

  absl::StatusOr<Graph> Draw() {
    constexpr std::array<int64_t, 6> kChannels = {3, 1, 4, 8, 16, 17};
    const int64_t batch = choices_.Below(8) == 7 ? 2 : 1;
    const int64_t height = 1 + choices_.Below(24);
    const int64_t width = choices_.Flip() ? 1 + choices_.Below(24) : height;
    builder_.Input("image", {batch, kChannels[choices_.Below(6)], height, width});
    std::string x = "image";
    for (int64_t stage = choices_.Below(kMostStages); stage >= 0; --stage) {
      ASSIGN_OR_RETURN(x, Stage(x));
    }
    ASSIGN_OR_RETURN(x, Head(x));
    builder_.Output(x);
    ASSIGN_OR_RETURN(Graph graph, builder_.TryBuild());
    int64_t multiply_adds = 0;
    for (const NodeId id : graph.NodeIds()) multiply_adds += MultiplyAdds(graph, id);
    if (multiply_adds > kMostMultiplyAdds) return absl::InvalidArgumentError("a network is too much work");
    return graph;
  }

 private:
  std::string Fresh(const char* kind) { return absl::StrCat(kind, ++count_); }

  // Of a value that the builder has, or its error.
  absl::StatusOr<Shape> ShapeOf(const std::string& value) {
    ASSIGN_OR_RETURN(const Graph graph, builder_.TryBuild());
    const ValueId id = graph.FindValue(value);
    if (id == kNoValue) return absl::InvalidArgumentError(absl::StrCat("no value ", value));
    const Shape shape = graph.value(id).shape;
    if (shape.Elements() > kMostElements) return absl::InvalidArgumentError("a value is too large");
    return shape;
  }

  GraphBuilder::WindowOptions Window() {
    GraphBuilder::WindowOptions options;
    options.kernel_height = 1 + choices_.Below(5);
    options.kernel_width = choices_.Below(4) == 3 ? 1 + choices_.Below(7) : *options.kernel_height;
    options.stride = 1 + choices_.Below(3);
    if (choices_.Below(4) == 3) options.stride_width = 1 + choices_.Below(3);
    options.pad = choices_.Flip() ? *options.kernel_height / 2 : choices_.Below(3);
    if (choices_.Below(4) == 3) {
      options.pad_begin = choices_.Below(3);
      options.pad_end = choices_.Below(3);
    }
    const int64_t auto_pad = choices_.Below(8);
    if (auto_pad == 6) options.auto_pad = Window::AutoPad::kSameUpper;
    if (auto_pad == 7) options.auto_pad = Window::AutoPad::kSameLower;
    return options;
  }

  absl::StatusOr<std::string> Stage(const std::string& x) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(x));
    if (shape.rank() != 4) return x;
    switch (choices_.Below(12)) {
      case 0:
      case 1:
      case 2: return Conv(x, shape);
      case 3: return Block(x, shape);
      case 4: return Pool(x);
      case 5: return Lrn(x);
      case 6: return Behind(x, shape);
      case 7: return Pointwise(x, shape);
      case 8: return Shortcut(x, shape);
      case 9: return Pad(x);
      case 10: {
        const std::string y = Fresh("norm");
        builder_.BatchNorm(y, x);
        return y;
      }
      default: return Behind(x, shape);
    }
  }

  int64_t DrawChannels() {
    constexpr std::array<int64_t, 10> kChannels = {8, 1, 3, 4, 7, 16, 17, 24, 32, 33};
    return kChannels[choices_.Below(10)];
  }

  std::string Activated(const std::string& x) {
    const std::string y = Fresh("act");
    switch (choices_.Below(7)) {
      case 0: return x;
      case 1: builder_.LeakyRelu(y, x, choices_.Flip() ? 0.1F : -0.5F); break;
      case 2: builder_.Clip(y, x, -0.5F, 0.75F); break;
      case 3: builder_.Clip(y, x, 0.0F, 6.0F); break;
      case 4: builder_.Sigmoid(y, x); break;
      default: builder_.Relu(y, x); break;
    }
    return y;
  }

  absl::StatusOr<std::string> Conv(const std::string& x, const Shape& shape) {
    GraphBuilder::WindowOptions options = Window();
    options.dilation = choices_.Below(6) == 5 ? 2 : 1;
    options.bias = choices_.Flip();
    int64_t channels = DrawChannels();
    const int64_t groups = choices_.Below(8);
    if (groups == 6) {  // depthwise
      options.groups = shape[1];
      channels = shape[1];
    } else if (groups == 7 && shape[1] % 2 == 0) {
      options.groups = 2;
      channels += channels % 2;
    }
    const std::string y = Fresh("conv");
    builder_.Conv(y, x, channels, options);
    return Activated(y);
  }

  absl::StatusOr<std::string> Pointwise(const std::string& x, const Shape&) {
    const std::string y = Fresh("conv");
    builder_.Conv(y, x, DrawChannels(), {.kernel = 1, .bias = choices_.Flip()});
    return Activated(y);
  }

  absl::StatusOr<std::string> Pool(const std::string& x) {
    GraphBuilder::WindowOptions options = Window();
    options.ceil_mode = choices_.Flip();
    options.count_include_pad = choices_.Flip();
    const std::string y = Fresh("pool");
    choices_.Flip() ? builder_.AveragePool(y, x, options) : builder_.MaxPool(y, x, options);
    return y;
  }

  absl::StatusOr<std::string> Lrn(const std::string& x) {
    LrnAttributes attributes;
    attributes.size = 1 + choices_.Below(7);
    attributes.alpha = choices_.Flip() ? 1e-4F : 0.5F;
    attributes.beta = choices_.Flip() ? 0.75F : 0.5F;
    attributes.bias = choices_.Flip() ? 1.0F : 2.0F;
    const std::string y = Fresh("lrn");
    builder_.Lrn(y, x, attributes);
    return y;
  }

  // Numbers that broadcast over a map, in every form.
  std::string Numbers(const Shape& shape) {
    const std::array<Shape, 7> forms = {Shape{shape[1], 1, 1}, Shape{1, shape[1], 1, 1}, Shape{1},       Shape{},
                                        Shape{1, 1, 1},        Shape{shape[2], 1},       Shape{shape[3]}};
    const std::string name = Fresh("numbers");
    builder_.RandomConstant(name, forms[choices_.Below(7)], choices_.Flip() ? -1.5F : 0.5F, 1.5F);
    return name;
  }

  absl::StatusOr<std::string> Behind(const std::string& x, const Shape& shape) {
    const std::string y = Fresh("behind");
    switch (choices_.Below(5)) {
      case 0: builder_.Mul(y, x, Numbers(shape)); return y;
      case 1: builder_.Add(y, Numbers(shape), x); return y;
      case 2: builder_.Identity(y, x); return y;
      case 3: builder_.Reshape(y, x, {0, shape[1], -1, shape[3]}); return y;
      default: return Activated(x);
    }
  }

  absl::StatusOr<std::string> Shortcut(const std::string& x, const Shape& shape) {
    const std::string conv = Fresh("conv");
    const int64_t kernel = 1 + 2 * choices_.Below(2);
    builder_.Conv(conv, x, shape[1], {.kernel = kernel, .pad = kernel / 2});
    const std::string branch = Activated(conv);
    const std::string y = Fresh("sum");
    choices_.Flip() ? builder_.Sum(y, {branch, x, x}) : builder_.Add(y, x, branch);
    return Activated(y);
  }

  absl::StatusOr<std::string> Pad(const std::string& x) {
    PadAttributes attributes;
    attributes.begin = {0, 0, choices_.Below(3), choices_.Below(3)};
    attributes.end = {0, 0, choices_.Below(3), choices_.Below(3)};
    const int64_t mode = choices_.Below(4);
    if (mode == 2) attributes.mode = PadAttributes::Mode::kReflect;
    if (mode == 3) attributes.mode = PadAttributes::Mode::kEdge;
    if (mode == 1) attributes.value = -1.0F;
    const std::string y = Fresh("pad");
    builder_.Pad(y, x, attributes);
    return y;
  }

  // Branches that keep the size, some of them siblings, and their concat.
  absl::StatusOr<std::string> Block(const std::string& x, const Shape& shape) {
    std::vector<std::string> branches;
    for (int64_t branch = 2 + choices_.Below(3); branch > 0; --branch) {
      std::string y = x;
      if (choices_.Below(4) == 3) builder_.MaxPool(y = Fresh("pool"), x, {.kernel = 3, .pad = 1});
      if (choices_.Below(8) == 7) {
        branches.push_back(y);
        continue;
      }
      ASSIGN_OR_RETURN(y, Pointwise(y, shape));
      if (choices_.Flip()) {
        const std::string conv = Fresh("conv");
        builder_.Conv(conv, y, DrawChannels(), {.kernel = 3, .pad = 1});
        y = Activated(conv);
      }
      branches.push_back(y);
    }
    if (choices_.Below(8) == 7) branches.push_back(branches.front());
    const std::string y = Fresh("block");
    builder_.Concat(y, branches, choices_.Flip() ? -3 : 1);
    return y;
  }

  absl::StatusOr<std::string> Head(const std::string& x) {
    ASSIGN_OR_RETURN(const Shape shape, ShapeOf(x));
    if (shape.rank() != 4) return x;
    const std::string pooled = Fresh("pooled");
    const std::string flat = Fresh("flat");
    switch (choices_.Below(6)) {
      case 0: return x;
      case 1: builder_.GlobalAveragePool(pooled, x).Flatten(flat, pooled); break;
      case 2: builder_.GlobalMaxPool(pooled, x).Flatten(flat, pooled); break;
      case 3: builder_.ReduceMean(flat, x, {2, 3}, /*keep_dims=*/false); break;
      case 4:
        builder_.AveragePool(pooled, x, {.kernel_height = shape[2], .kernel_width = shape[3]});
        builder_.Flatten(flat, pooled);
        break;
      default: builder_.Flatten(flat, x); break;
    }
    if (choices_.Flip()) return flat;
    const std::string dense = Fresh("dense");
    builder_.Gemm(dense, flat, 1 + choices_.Below(20), {.bias = choices_.Flip(), .transpose_b = choices_.Flip()});
    if (choices_.Flip()) return Activated(dense);
    builder_.Softmax("probabilities", dense, 1);
    return std::string("probabilities");
  }

  Choices& choices_;
  GraphBuilder builder_;
  int count_ = 0;
};

}  // namespace

absl::StatusOr<Graph> DrawNetwork(Choices& choices) { return NetworkDrawer(choices).Draw(); }

}  // namespace onebyone::testing
