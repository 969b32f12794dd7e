#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace onebyone {

// The bearer tokens of a file; only their hashes are kept. Immutable.
class TokenSet {
 public:
  static constexpr size_t kShortestToken = 16;  // characters

  // One token a line; empty lines and what follows a # at a line's start are skipped:
  //     [NAME] TOKEN [expires=2026-12-31T00:00:00Z]
  // TOKEN: 16 or more of the characters of RFC 6750 (letters, digits, - . _ ~ + / and = at the end). NAME is for
  // whoever keeps the file. INVALID_ARGUMENT naming the line, never what is in it; also where no token is left, or one
  // stands twice.
  static absl::StatusOr<TokenSet> Parse(absl::string_view text);

  // OK where the set has the token and it has not expired, else UNAUTHENTICATED. Takes the same time wherever, and
  // whether, the token is found.
  absl::Status Check(absl::string_view token, absl::Time now) const;

  size_t size() const { return tokens_.size(); }
  size_t Expired(absl::Time now) const;

 private:
  using Hash = std::array<uint8_t, 32>;
  struct Token {
    Hash hash;  // SHA-256
    absl::Time expires = absl::InfiniteFuture();
  };

  static Hash HashOf(absl::string_view token);
  static absl::StatusOr<Token> ParseLine(absl::string_view line);

  std::vector<Token> tokens_;
};

}  // namespace onebyone
