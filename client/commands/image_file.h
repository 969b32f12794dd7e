#pragma once

#include <string>

namespace onebyone {

// Whether a file found in a folder is meant to be an image: it is called like one (.jpg, .jpeg, .jpe, .jfif, .png,
// .webp, .bmp, in any case), or begins with the signature of a JPEG, PNG, WebP or BMP. A file that cannot be read is
// judged by its name.
bool IsImageFile(const std::string& path);

}  // namespace onebyone
