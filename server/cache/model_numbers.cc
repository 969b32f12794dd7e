#include "server/cache/model_numbers.h"

namespace onebyone {

uint64_t ModelNumbers::Of(const std::shared_ptr<const Model>& model) {
  const absl::MutexLock lock(&mutex_);
  const auto known = numbers_.find(model.get());
  if (known != numbers_.end() && known->second.model.lock() == model) return known->second.number;
  absl::erase_if(numbers_, [](const auto& each) { return each.second.model.expired(); });
  numbers_[model.get()] = {model, ++last_};
  return last_;
}

}  // namespace onebyone
