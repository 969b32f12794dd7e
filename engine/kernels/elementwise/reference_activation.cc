#include "engine/kernels/elementwise/reference_activation.h"

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"
#include "engine/kernels/elementwise/activation.h"

namespace onebyone {
namespace {

Activation::Kind KindOf(OpType op) {
  if (op == OpType::kLeakyRelu) return Activation::Kind::kLeakyRelu;
  if (op == OpType::kSigmoid) return Activation::Kind::kSigmoid;
  return op == OpType::kClip ? Activation::Kind::kClip : Activation::Kind::kRelu;
}

// Relu and Clip of integers, which are not exact in double: a clip with bounds of the type itself.
template <typename T>
T ClipInteger(const Activation& activation, T value) {
  if (activation.kind == Activation::Kind::kRelu) return value < T{0} ? T{0} : value;
  const T low = Saturate<T>(activation.low);
  const T high = Saturate<T>(activation.high);
  const T raised = value < low ? low : value;
  return raised > high ? high : raised;
}

}  // namespace

absl::Status ReferenceActivation(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const ActivationAttributes* attributes, call.AttributesAs<ActivationAttributes>());
  Activation activation = attributes->activation;
  activation.kind = KindOf(call.op);
  const ConstTensorView& x = call.inputs[0];
  RETURN_IF_ERROR(call.ExpectOutput(0, x.type, x.shape));
  return VisitNumber(call, x.type, [&](auto element) -> absl::Status {
    using T = decltype(element);
    if (!kIsFloating<T> && call.op != OpType::kRelu && call.op != OpType::kClip) return call.Unsupported(x.type);
    const T* from = x.As<T>();
    T* to = call.outputs[0].As<T>();
    const int64_t elements = x.shape.Elements();
    for (int64_t i = 0; i < elements; ++i) {
      if constexpr (kIsFloating<T>) {
        to[i] = Narrow<T>(Activate(activation, Widen(from[i])));
      } else {
        to[i] = ClipInteger(activation, from[i]);
      }
    }
    return absl::OkStatus();
  });
}

}  // namespace onebyone
