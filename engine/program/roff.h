#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace onebyone {

// `text` as running text of a manual page: nothing in it is taken for a request or an escape, and dashes stay dashes
// that can be copied. Each line of it becomes a line.
std::string RoffText(absl::string_view text);

std::string RoffBold(absl::string_view text);
std::string RoffItalic(absl::string_view text);

// Lines as they are, not filled: text that was laid out for a terminal. Ends with a line's end.
std::string RoffVerbatim(absl::string_view text);

}  // namespace onebyone
