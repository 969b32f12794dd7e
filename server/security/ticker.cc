#include "server/security/ticker.h"

#include <new>
#include <utility>

namespace onebyone {

Ticker::Ticker(absl::Duration interval, std::function<void()> tick)
    : interval_(interval), tick_(std::move(tick)), thread_([this] { Run(); }) {}

Ticker::~Ticker() {
  rest_.Wake();
  thread_.join();
}

void Ticker::Run() {
  while (!rest_.For(interval_)) {
    try {
      tick_();
    } catch (const std::bad_alloc&) {  // the next one may have it
    }
  }
}

}  // namespace onebyone
