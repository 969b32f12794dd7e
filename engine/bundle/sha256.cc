#include "engine/bundle/sha256.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace onebyone {

absl::StatusOr<std::string> Sha256OfFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat(path, ": no such file, or it cannot be read"));

  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool fine = digest != nullptr && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> piece(size_t{1} << 20);
  while (fine && stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    fine = EVP_DigestUpdate(digest.get(), piece.data(), static_cast<size_t>(stream.gcount())) == 1;
  }
  if (stream.bad()) return absl::UnavailableError(absl::StrCat(path, ": cannot be read"));

  std::array<unsigned char, EVP_MAX_MD_SIZE> sum = {};
  unsigned int length = 0;
  fine = fine && EVP_DigestFinal_ex(digest.get(), sum.data(), &length) == 1;
  if (!fine) return absl::UnavailableError(absl::StrCat(path, ": the library gave no SHA-256"));
  return absl::BytesToHexString({reinterpret_cast<const char*>(sum.data()), length});
}

absl::StatusOr<std::string> Sha256Of(absl::string_view content) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum = {};
  unsigned int length = 0;
  if (EVP_Digest(content.data(), content.size(), sum.data(), &length, EVP_sha256(), nullptr) != 1) {
    return absl::UnavailableError("the library gave no SHA-256");
  }
  return absl::BytesToHexString({reinterpret_cast<const char*>(sum.data()), length});
}

absl::StatusOr<Sha256Digest> Sha256OfPieces(absl::Span<const absl::string_view> pieces) {
  // EVP_sha256() would look the algorithm up at each call, under a lock.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool fine = sha256 != nullptr && digest != nullptr && EVP_DigestInit_ex2(digest.get(), sha256, nullptr) == 1;
  for (const absl::string_view piece : pieces) {
    fine = fine && EVP_DigestUpdate(digest.get(), piece.data(), piece.size()) == 1;
  }
  Sha256Digest sum = {};
  fine = fine && EVP_DigestFinal_ex(digest.get(), sum.data(), nullptr) == 1;
  if (!fine) return absl::UnavailableError("the library gave no SHA-256");
  return sum;
}

}  // namespace onebyone
