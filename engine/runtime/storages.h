#pragma once

#include <cstdint>
#include <vector>

#include "engine/runtime/memory_planner.h"
#include "engine/runtime/plan.h"

namespace onebyone {

// The pieces of memory that the steps of a plan work on, while the plan is being made. Each is known by a number and
// lives from the first step that touches it, or a part of it, to the last.
class Storages {
 public:
  int Add(int64_t bytes) { return Push({.lifetime = {bytes, kNever, -kNever}}); }
  // What lies `offset` bytes behind the beginning of `parent`.
  int AddPart(int parent, int64_t offset) { return Push({.parent = parent, .parent_offset = offset}); }
  // Memory outside the arena.
  int AddConstant(const void* data) { return Push({.constant = data}); }

  bool IsConstant(int storage) const { return storages_[storage].constant != nullptr; }

  // Steps: see Lifetime.
  void Touch(int storage, int step);

  // Places everything in one arena and returns its bytes. Addresses hold from then on.
  int64_t Place();
  BufferRef AddressOf(int storage) const;

 private:
  static constexpr int kNever = 1 << 30;

  struct Storage {
    Lifetime lifetime = {};
    int parent = -1;
    int64_t parent_offset = 0;
    const void* constant = nullptr;
    int64_t arena_offset = -1;
  };

  int Push(const Storage& storage) {
    storages_.push_back(storage);
    return static_cast<int>(storages_.size()) - 1;
  }

  std::vector<Storage> storages_;
};

}  // namespace onebyone
