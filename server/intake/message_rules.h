#pragma once

#include <cstdint>
#include <vector>

#include "server/options.h"

namespace onebyone {

struct MessageRule;

// How often a field may occur in one message. A field of messages has a rule for them.
struct FieldRule {
  enum class Kind : uint8_t { kBytes, kMessage, kVarint, kFixed32, kFixed64 };  // numbers may be packed

  int number = 0;
  const char* name = "";  // in field paths; empty: the paths below begin here
  Kind kind = Kind::kBytes;
  int64_t most = 0;  // of numbers: elements
  const MessageRule* message = nullptr;
};

// What a message may hold, to be known before memory is taken for it: a few bytes on the wire can be hundreds in
// memory. Fields without a rule of their own, and unknown ones, may occur kMostOthers times together.
struct MessageRule {
  static constexpr int64_t kMostOthers = 64;
  static constexpr int kMostRules = 8;

  std::vector<FieldRule> fields;
};

// The rules of this server's requests. Every field that repeats or holds a message has one (message_rules_test).
// Immutable.
class MessageRules {
 public:
  explicit MessageRules(const RequestLimits& limits);
  MessageRules(const MessageRules&) = delete;
  MessageRules& operator=(const MessageRules&) = delete;

  // Of requests that hold only some words and numbers: names of models, versions.
  const MessageRule& query() const { return flat_; }
  const MessageRule& extract_features() const { return extract_features_; }
  const MessageRule& stream_features() const { return stream_features_; }
  const MessageRule& model_infer() const { return model_infer_; }

 private:
  MessageRule flat_;
  MessageRule feature_;
  MessageRule extract_features_;
  MessageRule stream_features_;
  MessageRule parameter_;
  MessageRule contents_;
  MessageRule input_;
  MessageRule output_;
  MessageRule model_infer_;
};

}  // namespace onebyone
