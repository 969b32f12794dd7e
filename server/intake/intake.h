#pragma once

#include "server/clock.h"
#include "server/intake/byte_budget.h"
#include "server/intake/message_rules.h"
#include "server/intake/uploads.h"
#include "server/options.h"

namespace onebyone {

// What guards the way of a message from the socket to its check: all calls of a server share it. Thread-safe.
struct Intake {
  Intake(const ServerOptions& options, const Clock& clock)
      : rules(options.limits),
        uploads({.patience = options.listen.upload_timeout,
                 .stream_patience = options.listen.max_connection_idle,
                 .message_bytes = options.limits.max_message_bytes,
                 .bytes = options.max_transport_bytes()},
                clock),
        held(options.scheduler.max_queued_bytes / 4) {}

  const MessageRules rules;
  Uploads uploads;
  ByteBudget held;  // requests of streams that wait for room in the queue, which admission does not know yet
};

}  // namespace onebyone
