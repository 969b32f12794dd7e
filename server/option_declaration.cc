#include "server/option_declaration.h"

#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace onebyone {

bool ParseSeconds(const std::string& text, absl::Duration& duration) {
  double seconds = 0;
  if (!absl::SimpleAtod(text, &seconds)) return absl::ParseDuration(text, &duration);
  if (std::isnan(seconds)) return false;
  duration = absl::Seconds(seconds);
  return true;
}

CLI::Option* OptionDeclaration::Bytes(const std::string& name, int64_t& target, const std::string& text) {
  return Value(name, target, text)->transform(CLI::AsSizeValue(false))->type_name("BYTES");
}

CLI::Option* OptionDeclaration::Seconds(const std::string& name, absl::Duration& target, const std::string& text) {
  const auto assign = [&target](const std::string& given) { ParseSeconds(given, target); };
  const auto check = [](const std::string& given) {
    absl::Duration ignored;
    if (ParseSeconds(given, ignored)) return std::string();
    return absl::StrCat("wanted seconds as in 30, 1.5, 500ms or inf, got '", given, "'");
  };
  return Text(name, absl::FormatDuration(target), assign, text)->type_name("SECONDS")->check(check);
}

CLI::Option* OptionDeclaration::Text(const std::string& name, const std::string& by_default,
                                     std::function<void(const std::string&)> assign, const std::string& text) {
  return Finish(app_.add_option_function<std::string>(name, std::move(assign), text)->default_str(by_default));
}

std::string OptionDeclaration::WholeNumber(const std::string& text) {
  int64_t number = 0;
  return absl::SimpleAtoi(text, &number) ? "" : absl::StrCat("wanted a whole number, got '", text, "'");
}

CLI::Option* OptionDeclaration::Finish(CLI::Option* option) {
  const std::string variable = absl::AsciiStrToUpper(absl::StrReplaceAll(KeyOf(*option), {{"-", "_"}}));
  return option->envname(absl::StrCat("ONEBYONE_", variable))->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
}

}  // namespace onebyone
