#pragma once

#include <vector>

#include "engine/program/version_line.h"

namespace onebyone {

// The libraries that read what strangers send, by the versions that are loaded: a report of a weakness in one of them
// is answered by --version. libpng and libwebp are dependencies of OpenCV, OpenSSL one of gRPC; each is left out of a
// program that does not load it. Of libjpeg-turbo, which does not tell, the version of its headers.
std::vector<LoadedLibrary> LoadedLibraries();

}  // namespace onebyone
