#include "engine/runtime/storages.h"

#include <algorithm>

namespace onebyone {

void Storages::Touch(int storage, int step) {
  while (storages_[storage].parent >= 0) storage = storages_[storage].parent;
  Lifetime& lifetime = storages_[storage].lifetime;
  lifetime.first_step = std::min(lifetime.first_step, step);
  lifetime.last_step = std::max(lifetime.last_step, step);
}

int64_t Storages::Place() {
  std::vector<Storage*> roots;
  std::vector<Lifetime> lifetimes;
  for (Storage& storage : storages_) {
    if (storage.parent >= 0 || storage.constant != nullptr) continue;
    roots.push_back(&storage);
    lifetimes.push_back(storage.lifetime);
  }
  const MemoryPlan memory = PlanMemory(lifetimes);
  for (size_t i = 0; i < roots.size(); ++i) roots[i]->arena_offset = memory.offsets[i];
  return memory.arena_bytes;
}

BufferRef Storages::AddressOf(int storage) const {
  int64_t offset = 0;
  for (; storages_[storage].parent >= 0; storage = storages_[storage].parent) {
    offset += storages_[storage].parent_offset;
  }
  const Storage& root = storages_[storage];
  return root.constant != nullptr ? BufferRef{-1, root.constant} : BufferRef{root.arena_offset + offset, nullptr};
}

}  // namespace onebyone
