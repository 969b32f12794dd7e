#include "engine/program/loaded_libraries.h"

#include <dlfcn.h>
#include <jconfig.h>
#include <zlib.h>

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "engine/program/opencv_version.h"

#define ONEBYONE_QUOTED(text) #text
#define ONEBYONE_VALUE_OF(macro) ONEBYONE_QUOTED(macro)

namespace onebyone {
namespace {

// A function of a library that need not be loaded; null where it is not.
template <typename Function>
Function* Loaded(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

std::vector<LoadedLibrary> LoadedLibraries() {
  std::vector<LoadedLibrary> libraries = {{"OpenCV", OpenCvVersion()},
                                          {"libjpeg-turbo", ONEBYONE_VALUE_OF(LIBJPEG_TURBO_VERSION)},
                                          {"zlib", zlibVersion()}};
  if (auto* const png = Loaded<uint32_t()>("png_access_version_number")) {  // 10639: 1.6.39
    const uint32_t version = png();
    libraries.push_back({"libpng", absl::StrCat(version / 10000, ".", version / 100 % 100, ".", version % 100)});
  }
  if (auto* const webp = Loaded<int()>("WebPGetDecoderVersion")) {  // 0x010204: 1.2.4
    const int version = webp();
    libraries.push_back({"libwebp", absl::StrCat(version >> 16, ".", version >> 8 & 0xFF, ".", version & 0xFF)});
  }
  if (auto* const openssl = Loaded<const char*(int)>("OpenSSL_version")) {
    constexpr int kVersionString = 6;  // OPENSSL_VERSION_STRING
    libraries.push_back({"OpenSSL", openssl(kVersionString)});
  }
  return libraries;
}

}  // namespace onebyone
