#include "server/observability/call_origin.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace onebyone {
namespace {

constexpr size_t kMostPeer = 128;
constexpr size_t kMostId = 64;
constexpr size_t kTraceparent = 55;

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) { return text.find_first_not_of('0') == absl::string_view::npos; }

bool IsFitId(absl::string_view text) {
  return !text.empty() && text.size() <= kMostId && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.' || c == ':';
  });
}

std::string NewId() {
  thread_local std::mt19937_64 random(std::random_device{}());
  return absl::StrCat(absl::Hex(random(), absl::kZeroPad16));
}

absl::string_view Metadata(const grpc::ServerContextBase& call, const char* key) {
  const auto found = call.client_metadata().find(key);
  if (found == call.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

}  // namespace

bool IsTraceparent(absl::string_view text) {
  if (text.size() < kTraceparent) return false;
  const absl::string_view version = text.substr(0, 2);
  const absl::string_view trace = text.substr(3, 32);
  const absl::string_view parent = text.substr(36, 16);
  if (text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  if (!IsLowerHex(version) || version == "ff") return false;
  if (text.size() > kTraceparent && (version == "00" || text[kTraceparent] != '-')) return false;
  return IsLowerHex(trace) && !IsZero(trace) && IsLowerHex(parent) && !IsZero(parent) && IsLowerHex(text.substr(53, 2));
}

void ReadOrigin(const grpc::ServerContextBase& call, CallOrigin& origin) {
  const absl::string_view id = Metadata(call, "x-request-id");
  origin.id = IsFitId(id) ? std::string(id) : NewId();
  const absl::string_view traceparent = Metadata(call, "traceparent");
  if (IsTraceparent(traceparent)) origin.traceparent = std::string(traceparent.substr(0, kTraceparent));
  origin.peer = call.peer().substr(0, kMostPeer);
}

CallOrigins::Shard& CallOrigins::ShardOf(const grpc::ServerContextBase* call) const {
  return shards_[absl::HashOf(call) % shards_.size()];
}

void CallOrigins::Add(const grpc::ServerContextBase* call, const CallOrigin* origin) {
  Shard& shard = ShardOf(call);
  const absl::MutexLock lock(&shard.mutex);
  shard.origins[call] = origin;
}

void CallOrigins::Remove(const grpc::ServerContextBase* call) {
  Shard& shard = ShardOf(call);
  const absl::MutexLock lock(&shard.mutex);
  shard.origins.erase(call);
}

const CallOrigin* CallOrigins::Find(const grpc::ServerContextBase* call) const {
  const Shard& shard = ShardOf(call);
  const absl::MutexLock lock(&shard.mutex);
  const auto found = shard.origins.find(call);
  return found == shard.origins.end() ? nullptr : found->second;
}

}  // namespace onebyone
