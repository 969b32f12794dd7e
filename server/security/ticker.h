#pragma once

#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "server/rest.h"

namespace onebyone {

// A thread that calls a function every `interval`, for the first time after one, until it is destroyed.
class Ticker {
 public:
  Ticker(absl::Duration interval, std::function<void()> tick);
  ~Ticker();  // returns when the last tick has
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

 private:
  void Run();

  const absl::Duration interval_;
  const std::function<void()> tick_;
  Rest rest_;  // woken at the end
  std::thread thread_;
};

}  // namespace onebyone
