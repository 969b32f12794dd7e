#include "engine/kernels/onednn/line_winograd.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "engine/kernels/conv/line_transform.h"
#include "engine/kernels/onednn/primitive_kernel.h"
#include "engine/kernels/onednn/version.h"

namespace onebyone {
namespace {

using onednn::PrimitiveKernel;
using From = PrimitiveKernel::Operand::From;

// The parts of the scratch memory, in bytes.
struct Scratch {
  int64_t inputs = 0;   // transformed
  int64_t outputs = 0;  // not yet transformed back
  int64_t line = 0;
  int64_t product = 0;

  int64_t total() const { return inputs + outputs + line + product; }
};

int64_t Aligned(int64_t bytes) {
  constexpr auto kAlignment = static_cast<int64_t>(AlignedBuffer::kAlignment);
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

struct Form {
  LineTransform transform;
  LineFunctions functions;
  int axis = 1;  // that lines run along: 0 is down, 1 is across
  int64_t images = 0;

  int64_t src_channels() const { return transform.src.blocks * transform.block; }
  int64_t dst_channels() const { return transform.dst.blocks * transform.block; }
  int64_t src_tiles() const { return transform.src_lines() * transform.tiles(); }
  int64_t dst_tiles() const { return transform.strip * transform.tiles(); }
};

LinesOfPixels LinesOf(const Shape& shape, int axis, int64_t block) {
  const int64_t strides[] = {shape[3] * block, block};
  return {.blocks = (shape[1] + block - 1) / block,
          .lines = shape[3 - axis],
          .pixels = shape[2 + axis],
          .block_stride = shape[2] * shape[3] * block,
          .line_stride = strides[1 - axis],
          .pixel_stride = strides[axis]};
}

// Cut-offs that leave the zeros which fill up the last block as they are.
bool SetCutOff(const std::optional<Activation>& activation, LineTransform& transform) {
  transform.low = -std::numeric_limits<float>::infinity();
  transform.high = std::numeric_limits<float>::infinity();
  if (!activation.has_value()) return true;
  if (activation->kind == Activation::Kind::kRelu) {
    transform.low = 0.0F;
    return true;
  }
  transform.low = activation->low;
  transform.high = activation->high;
  return activation->kind == Activation::Kind::kClip && transform.low <= 0.0F && transform.high >= 0.0F;
}

// Lines enough that weights are read few times, and so few that scratch memory is bounded: with strips for the second
// cache (384 KB) bfloat16 took 4 to 25 % longer. All strips are alike, the last one over lines of the one before where
// they do not divide the whole.
int64_t StripOf(const LineTransform& transform) {
  constexpr int64_t kStripBytes = 1536 << 10;
  constexpr int64_t kLeastTiles = 48;
  const auto bytes = static_cast<int64_t>(SizeOf(transform.type));
  const int64_t of_tile =
      transform.points() * transform.block * (transform.src.blocks * bytes + transform.dst.blocks * 4);
  const int64_t tiles = std::max(kLeastTiles, kStripBytes / of_tile);
  const int64_t strips = std::max<int64_t>(1, transform.dst.lines * transform.tiles() / tiles);
  return (transform.dst.lines + strips - 1) / strips;
}

bool IsOnes(const SpatialVector& vector) {
  return std::all_of(vector.begin(), vector.end(), [](int64_t each) { return each == 1; });
}

// Nothing where there is no such kernel for the convolution.
std::optional<Form> FormOf(const ConvSpec& spec) {
  const Window& window = spec.attributes.window;
  const bool is_dense = spec.attributes.groups == 1 && IsOnes(window.strides) && IsOnes(window.dilations);
  if (!is_dense || !IsBlocked(spec.src_layout) || spec.dst_layout != spec.src_layout || !spec.siblings.empty()) {
    return std::nullopt;
  }
  Form form;
  form.axis = window.kernel[1] >= window.kernel[0] ? 1 : 0;
  form.transform.rows = window.kernel[1 - form.axis];
  form.images = spec.src[0];
  LineTransform& transform = form.transform;
  transform.type = IsBFloat16(spec.src_layout) ? DataType::kBFloat16 : DataType::kFloat32;
  transform.taps = static_cast<int>(window.kernel[form.axis]);
  transform.outputs = LineOutputs(transform.taps, transform.type);
  if (transform.outputs == 0) return std::nullopt;
  transform.block = ChannelBlock();
  transform.src = LinesOf(spec.src, form.axis, transform.block);
  transform.dst = LinesOf(spec.dst, form.axis, transform.block);
  transform.src_line = -window.pads_begin[1 - form.axis];
  transform.src_pixel = -window.pads_begin[form.axis];
  transform.strip = StripOf(transform);
  form.functions = LineFunctionsFor(transform);
  if (form.functions.input == nullptr || !SetCutOff(spec.attributes.activation, transform)) return std::nullopt;
  return form;
}

// One row of the window: [points][channels in][channels out], transformed.
void TransformWeights(const Form& form, const Tensor& weights, int64_t row, float* to) {
  const Shape& shape = weights.shape();  // [K, C, h, w]
  const int64_t taps = form.transform.taps;
  const int64_t tap_stride = form.axis == 1 ? 1 : shape[3];
  const int64_t row_stride = form.axis == 1 ? shape[3] : 1;
  for (int64_t k = 0; k < shape[0]; ++k) {
    for (int64_t c = 0; c < shape[1]; ++c) {
      const float* tap = weights.As<float>() + (k * shape[1] + c) * shape[2] * shape[3] + row * row_stride;
      for (int point = 0; point < form.transform.points(); ++point) {
        double sum = 0.0;
        for (int64_t t = 0; t < taps; ++t) sum += form.functions.filter[point * taps + t] * tap[t * tap_stride];
        to[(point * form.src_channels() + c) * form.dst_channels() + k] = static_cast<float>(sum);
      }
    }
  }
}

dnnl::memory::desc PlainWeights(const Form& form) {
  return {{form.transform.points(), form.src_channels(), form.dst_channels()},
          dnnl::memory::data_type::f32,
          dnnl::memory::format_tag::abc};
}

absl::StatusOr<std::shared_ptr<const PackedWeights>> PackRow(const Form& form, const ConvSpec& spec, int64_t row,
                                                             const dnnl::memory::desc& wanted, WeightCache& weights) {
  const std::string key = absl::StrCat("line winograd ", form.axis, " row ", row, " ", onednn::LayoutKey(wanted));
  return weights.Find({spec.weights}, key, static_cast<int64_t>(wanted.get_size()), [&](AlignedBuffer& buffer) {
    const dnnl::memory::desc plain = PlainWeights(form);
    ASSIGN_OR_RETURN(AlignedBuffer transformed, AlignedBuffer::Create(plain.get_size()));
    TransformWeights(form, *spec.weights, row, reinterpret_cast<float*>(transformed.data()));
    dnnl::memory from(plain, onednn::CpuEngine(), transformed.data());
    dnnl::memory to(wanted, onednn::CpuEngine(), buffer.data());
    dnnl::stream stream(onednn::CpuEngine());
    dnnl::reorder(from, to).execute(stream, from, to);
    return absl::OkStatus();
  });
}

// The matrix products of one row of the window, added to those of the rows before it.
absl::StatusOr<std::shared_ptr<const Kernel>> MakeProducts(const Form& form, const ConvSpec& spec, int64_t row,
                                                           WeightCache& weights) {
  using Tag = dnnl::memory::format_tag;
  const int64_t points = form.transform.points();
  const int64_t in = form.src_channels();
  const int64_t out = form.dst_channels();
  const auto element = onednn::ElementType(spec.src_layout);
  const dnnl::memory::desc src({points, form.dst_tiles(), in}, element,
                               dnnl::memory::dims{form.src_tiles() * in, in, 1});
  const dnnl::memory::desc any({points, in, out}, element, Tag::any);
  const dnnl::memory::desc dst({points, form.dst_tiles(), out}, dnnl::memory::data_type::f32, Tag::abc);
  dnnl::primitive_attr attributes = onednn::CallersScratch();
  if (row > 0) {
    dnnl::post_ops post_ops;
    post_ops.append_sum();
    attributes.set_post_ops(post_ops);
  }
  const dnnl::matmul::primitive_desc primitive = onednn::PlanMatmul(src, any, dst, attributes);
  if (absl::StartsWith(primitive.impl_info_str(), "ref")) {
    return absl::UnimplementedError("oneDNN: matrix products: no vector kernel");
  }
  const dnnl::memory::desc wanted = primitive.weights_desc();
  ASSIGN_OR_RETURN(const std::shared_ptr<const PackedWeights> packed, PackRow(form, spec, row, wanted, weights));
  std::vector<PrimitiveKernel::Operand> operands = {
      {DNNL_ARG_SRC, src, From::kInput},
      {DNNL_ARG_WEIGHTS, wanted, From::kConstant, 0, packed->packed.data()},
      {DNNL_ARG_DST, dst, From::kOutput},
  };
  return std::make_shared<const PrimitiveKernel>(dnnl::matmul(primitive), std::move(operands),
                                                 primitive.scratchpad_desc(),
                                                 std::vector<std::shared_ptr<const void>>{packed});
}

class BoundLineWinograd : public BoundKernel {
 public:
  BoundLineWinograd(const Form& form, const float* bias, const void* src, void* dst, uint8_t* scratch,
                    const Scratch& parts, std::vector<std::unique_ptr<BoundKernel>> products)
      : form_(form),
        bias_(bias),
        src_(static_cast<const uint8_t*>(src)),
        dst_(static_cast<uint8_t*>(dst)),
        inputs_(scratch),
        outputs_(reinterpret_cast<float*>(scratch + parts.inputs)),
        line_(reinterpret_cast<float*>(scratch + parts.inputs + parts.outputs)),
        products_(std::move(products)) {}

  absl::Status Run() override {
    const LineTransform& transform = form_.transform;
    const auto bytes = static_cast<int64_t>(SizeOf(transform.type));
    for (int64_t image = 0; image < form_.images; ++image) {
      const uint8_t* src = src_ + image * transform.src.blocks * transform.src.block_stride * bytes;
      uint8_t* dst = dst_ + image * transform.dst.blocks * transform.dst.block_stride * bytes;
      for (int64_t line = 0; line < transform.dst.lines; line += transform.strip) {
        const int64_t first = std::min(line, transform.dst.lines - transform.strip);
        form_.functions.input(transform, first, src, line_, inputs_);
        for (const std::unique_ptr<BoundKernel>& product : products_) RETURN_IF_ERROR(product->Run());
        form_.functions.output(transform, first, outputs_, bias_, dst);
      }
    }
    return absl::OkStatus();
  }

 private:
  const Form& form_;
  const float* const bias_;
  const uint8_t* const src_;
  uint8_t* const dst_;
  uint8_t* const inputs_;
  float* const outputs_;
  float* const line_;
  const std::vector<std::unique_ptr<BoundKernel>> products_;
};

class LineWinograd : public Kernel {
 public:
  LineWinograd(Form form, std::vector<float> bias, std::vector<std::shared_ptr<const Kernel>> products)
      : form_(std::move(form)), bias_(std::move(bias)), products_(std::move(products)) {
    const LineTransform& transform = form_.transform;
    const auto bytes = static_cast<int64_t>(SizeOf(transform.type));
    const auto floats = static_cast<int64_t>(sizeof(float));
    parts_.inputs = Aligned(transform.points() * form_.src_tiles() * form_.src_channels() * bytes);
    parts_.outputs = Aligned(transform.points() * form_.dst_tiles() * form_.dst_channels() * floats);
    parts_.line = Aligned(transform.padded_line() * floats);
    for (const auto& product : products_) parts_.product = std::max(parts_.product, product->scratch_bytes());
  }

  int64_t scratch_bytes() const override { return parts_.total(); }

  absl::StatusOr<std::unique_ptr<BoundKernel>> Bind(absl::Span<const void* const> inputs,
                                                    absl::Span<void* const> outputs, void* scratch) const override {
    auto* memory = static_cast<uint8_t*>(scratch);
    const auto bytes = static_cast<int64_t>(SizeOf(form_.transform.type));
    std::vector<std::unique_ptr<BoundKernel>> products;
    for (size_t row = 0; row < products_.size(); ++row) {
      // The lines below are the same, so many lines later.
      const void* src = memory + static_cast<int64_t>(row) * form_.transform.tiles() * form_.src_channels() * bytes;
      void* dst = memory + parts_.inputs;
      void* own = memory + parts_.inputs + parts_.outputs + parts_.line;
      ASSIGN_OR_RETURN(std::unique_ptr<BoundKernel> bound, products_[row]->Bind({&src, 1}, {&dst, 1}, own));
      products.push_back(std::move(bound));
    }
    return std::make_unique<BoundLineWinograd>(form_, bias_.empty() ? nullptr : bias_.data(), inputs.front(),
                                               outputs.front(), memory, parts_, std::move(products));
  }

 private:
  const Form form_;
  const std::vector<float> bias_;                              // whole blocks, or nothing
  const std::vector<std::shared_ptr<const Kernel>> products_;  // of each row of the window
  Scratch parts_;
};

}  // namespace

absl::StatusOr<std::shared_ptr<const Kernel>> MakeLineWinograd(const ConvSpec& spec, WeightCache& weights) {
  return onednn::Guard("convolution", [&]() -> absl::StatusOr<std::shared_ptr<const Kernel>> {
    std::optional<Form> form = FormOf(spec);
    if (!form.has_value()) return absl::UnimplementedError("convolution: no Winograd for this window and layout");
    std::vector<std::shared_ptr<const Kernel>> products;
    for (int64_t row = 0; row < form->transform.rows; ++row) {
      ASSIGN_OR_RETURN(std::shared_ptr<const Kernel> product, MakeProducts(*form, spec, row, weights));
      products.push_back(std::move(product));
    }
    std::vector<float> bias;
    if (spec.bias != nullptr) {
      bias.assign(spec.bias->As<float>(), spec.bias->As<float>() + spec.bias->elements());
      bias.resize(static_cast<size_t>(form->dst_channels()));
    }
    return std::make_shared<const LineWinograd>(*std::move(form), std::move(bias), std::move(products));
  });
}

}  // namespace onebyone
