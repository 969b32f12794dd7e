#include "server/kserve/model_version.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/status_details.h"

namespace onebyone {

absl::StatusOr<int64_t> ReadVersion(const std::string& text, absl::string_view field) {
  if (text.empty()) return 0;
  int64_t version = 0;
  if (absl::SimpleAtoi(text, &version) && version >= 1) return version;
  return InvalidField(field, absl::StrCat("wanted a decimal number from 1 on, or nothing for the version that serves "
                                          "now, got ",
                                          QuotedInput(text)));
}

}  // namespace onebyone
