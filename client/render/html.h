#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace onebyone {

// `text` as it stands in an element or a quoted attribute of HTML, whatever it holds. Control characters, which HTML
// has no spelling for, become spaces.
std::string EscapeHtml(absl::string_view text);

// `bytes` as an address that needs no request: "data:image/png;base64,...".
std::string DataUri(absl::string_view media_type, absl::string_view bytes);

}  // namespace onebyone
