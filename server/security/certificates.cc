#include "server/security/certificates.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace onebyone {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// Instead of OpenSSL's own, which asks at the terminal.
int NoPassphrase(char*, int, int, void*) { return -1; }

Owned<BIO> Reader(const std::string& pem) {
  return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// The first certificate; every further one must be readable too.
absl::StatusOr<Owned<X509>> ReadChain(absl::string_view option, const std::string& pem) {
  const Owned<BIO> reader = Reader(pem);
  Owned<X509> first(PEM_read_bio_X509(reader.get(), nullptr, NoPassphrase, nullptr));
  bool readable = first != nullptr;
  while (readable) {
    const Owned<X509> next(PEM_read_bio_X509(reader.get(), nullptr, NoPassphrase, nullptr));
    if (next != nullptr) continue;
    readable = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;  // the end
    break;
  }
  ERR_clear_error();
  if (!readable) return absl::InvalidArgumentError(absl::StrCat("--", option, ": wanted certificates as PEM"));
  return first;
}

absl::StatusOr<Owned<EVP_PKEY>> ReadKey(const std::string& pem) {
  const Owned<BIO> reader = Reader(pem);
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError("--tls-key: wanted a private key as PEM, without a passphrase");
  }
  return key;
}

}  // namespace

absl::Status CheckCertificates(const Certificates& certificates, absl::Time now) {
  ASSIGN_OR_RETURN(const Owned<X509> own, ReadChain("tls-certificate", certificates.chain));
  ASSIGN_OR_RETURN(const Owned<EVP_PKEY> key, ReadKey(certificates.key));
  if (X509_check_private_key(own.get(), key.get()) != 1) {
    ERR_clear_error();
    return absl::InvalidArgumentError("--tls-key: wanted the key of --tls-certificate, got another");
  }
  time_t seconds = absl::ToTimeT(now);
  if (X509_cmp_time(X509_get0_notAfter(own.get()), &seconds) < 0) {
    return absl::InvalidArgumentError("--tls-certificate: wanted one that is valid, got one that has expired");
  }
  if (certificates.client_ca.empty()) return absl::OkStatus();
  return ReadChain("tls-client-ca", certificates.client_ca).status();
}

}  // namespace onebyone
