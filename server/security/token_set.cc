#include "server/security/token_set.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace onebyone {
namespace {

constexpr absl::string_view kExpires = "expires=";

bool IsToken(absl::string_view text) {
  const absl::string_view body = text.substr(0, text.find_last_not_of('=') + 1);
  return text.size() >= TokenSet::kShortestToken && !body.empty() &&
         std::all_of(body.begin(), body.end(), [](char letter) {
           return absl::ascii_isalnum(static_cast<unsigned char>(letter)) || absl::StrContains("-._~+/", letter);
         });
}

}  // namespace

TokenSet::Hash TokenSet::HashOf(absl::string_view token) {
  Hash hash;
  SHA256(reinterpret_cast<const uint8_t*>(token.data()), token.size(), hash.data());
  return hash;
}

absl::StatusOr<TokenSet::Token> TokenSet::ParseLine(absl::string_view line) {
  std::vector<absl::string_view> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  Token token;
  if (words.size() > 1 && absl::StartsWith(words.back(), kExpires)) {
    std::string why;
    if (!absl::ParseTime(absl::RFC3339_full, absl::StripPrefix(words.back(), kExpires), &token.expires, &why)) {
      return absl::InvalidArgumentError("expires: wanted a time as in 2026-12-31T00:00:00Z");
    }
    words.pop_back();
  }
  if (words.size() > 2) return absl::InvalidArgumentError("wanted [NAME] TOKEN [expires=TIME], got more words");
  if (!IsToken(words.back())) {
    return absl::InvalidArgumentError(absl::StrCat("wanted a token of ", kShortestToken,
                                                   " or more letters, digits and -._~+/ with = at the end, got ",
                                                   words.back().size(), " characters"));
  }
  token.hash = HashOf(words.back());
  return token;
}

absl::StatusOr<TokenSet> TokenSet::Parse(absl::string_view text) {
  TokenSet set;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    absl::StatusOr<Token> token = ParseLine(line);
    if (!token.ok()) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": ", token.status().message()));
    }
    const auto same = [&token](const Token& other) { return other.hash == token->hash; };
    if (std::any_of(set.tokens_.begin(), set.tokens_.end(), same)) {
      return absl::InvalidArgumentError(absl::StrCat("line ", number, ": the token stands on an earlier line too"));
    }
    set.tokens_.push_back(*std::move(token));
  }
  if (set.tokens_.empty()) return absl::InvalidArgumentError("wanted one or more tokens, got none");
  return set;
}

absl::Status TokenSet::Check(absl::string_view token, absl::Time now) const {
  const Hash hash = HashOf(token);
  const Token* found = nullptr;
  for (const Token& known : tokens_) {
    if (CRYPTO_memcmp(hash.data(), known.hash.data(), hash.size()) == 0) found = &known;
  }
  if (found == nullptr) return absl::UnauthenticatedError("authorization: the bearer token is not known here");
  if (now >= found->expires) {
    return absl::UnauthenticatedError(absl::StrCat("authorization: the bearer token expired at ",
                                                   absl::FormatTime(found->expires, absl::UTCTimeZone())));
  }
  return absl::OkStatus();
}

size_t TokenSet::Expired(absl::Time now) const {
  return std::count_if(tokens_.begin(), tokens_.end(), [now](const Token& token) { return now >= token.expires; });
}

}  // namespace onebyone
