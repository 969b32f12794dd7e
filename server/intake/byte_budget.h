#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace onebyone {

// Bytes that many may hold together. Thread-safe; its parts are not, and must not outlive it.
class ByteBudget {
 public:
  explicit ByteBudget(int64_t most) : most_(most) {}

  // Some of them, given back at the end.
  class Part {
   public:
    Part() = default;
    Part(Part&& other) noexcept : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
    Part& operator=(Part&& other) noexcept {
      std::swap(budget_, other.budget_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Part() {
      if (budget_ != nullptr) budget_->bytes_.fetch_sub(bytes_);
    }
    explicit operator bool() const { return budget_ != nullptr; }

   private:
    friend class ByteBudget;
    Part(ByteBudget* budget, int64_t bytes) : budget_(budget), bytes_(bytes) {}

    ByteBudget* budget_ = nullptr;
    int64_t bytes_ = 0;
  };

  // False where there are not as many left.
  Part Take(int64_t bytes) {
    Part part(this, bytes);
    if (bytes_.fetch_add(bytes) + bytes > most_) return {};  // `part` gives them back
    return part;
  }

  int64_t bytes() const { return bytes_; }

 private:
  const int64_t most_;
  std::atomic<int64_t> bytes_ = 0;
};

}  // namespace onebyone
