#pragma once

#include <cstdint>
#include <type_traits>
#include <vector>

#include "engine/kernels/element.h"

namespace onebyone {

// Elements that are read many times: those of the tensor itself, or, for the 16-bit floats, their values, made once.
template <typename T>
class ElementValues {
 public:
  using Value = decltype(ValueOf(T{}));

  ElementValues(const T* elements, int64_t count) {
    if constexpr (std::is_same_v<Value, T>) {
      data_ = elements;
    } else {
      values_.reserve(static_cast<size_t>(count));
      for (int64_t i = 0; i < count; ++i) values_.push_back(ValueOf(elements[i]));
      data_ = values_.data();
    }
  }
  ElementValues(const ElementValues&) = delete;
  ElementValues& operator=(const ElementValues&) = delete;

  const Value* data() const { return data_; }

 private:
  std::vector<Value> values_;
  const Value* data_ = nullptr;
};

}  // namespace onebyone
