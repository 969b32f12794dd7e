#include "engine/kernels/elementwise/reference_cast.h"

#include <type_traits>

#include "engine/base/status_macros.h"
#include "engine/kernels/element.h"

namespace onebyone {
namespace {

template <typename To, typename From>
To Convert(From element) {
  if constexpr (kIsFloating<From>) {
    return Saturate<To>(static_cast<double>(ValueOf(element)));
  } else if constexpr (std::is_same_v<To, bool>) {
    return element != 0;
  } else if constexpr (std::is_same_v<To, Float16> || std::is_same_v<To, BFloat16>) {
    return Narrow<To>(static_cast<double>(element));
  } else {
    return static_cast<To>(element);
  }
}

template <typename To, typename From>
void ConvertAll(const From* from, To* to, int64_t elements) {
  for (int64_t i = 0; i < elements; ++i) to[i] = Convert<To>(from[i]);
}

}  // namespace

absl::Status ReferenceCast(const ReferenceCall& call) {
  ASSIGN_OR_RETURN(const CastAttributes* attributes, call.AttributesAs<CastAttributes>());
  const ConstTensorView& x = call.inputs[0];
  RETURN_IF_ERROR(call.ExpectOutput(0, attributes->to, x.shape));
  const int64_t elements = x.shape.Elements();
  VisitDataType(attributes->to, [&](auto target) {
    using To = decltype(target);
    VisitDataType(x.type, [&](auto source) {
      using From = decltype(source);
      if constexpr (std::is_same_v<From, bool>) {
        // A file may hold bytes that are neither 0 nor 1, which must not be read as bool.
        const uint8_t* bytes = x.As<uint8_t>();
        for (int64_t i = 0; i < elements; ++i)
          call.outputs[0].As<To>()[i] = Convert<To, uint8_t>(bytes[i] != 0 ? 1 : 0);
      } else {
        ConvertAll(x.As<From>(), call.outputs[0].As<To>(), elements);
      }
    });
  });
  return absl::OkStatus();
}

}  // namespace onebyone
