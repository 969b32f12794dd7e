#pragma once

#include <string>

namespace onebyone {

// "4.6.0": of the library that is loaded.
std::string OpenCvVersion();

}  // namespace onebyone
