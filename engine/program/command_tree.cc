#include "engine/program/command_tree.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace onebyone {
namespace {

// What the validators of `option` say of a value, in the order of their places.
std::vector<std::string> ValidatorTexts(CLI::Option& option) {
  std::vector<std::string> texts;
  try {
    for (int i = 0;; ++i) {
      std::string text = option.get_validator(i)->get_description();
      if (!text.empty()) texts.push_back(std::move(text));
    }
  } catch (const CLI::OptionNotFound&) {  // past the last one: CLI11 tells no number of them
  }
  return texts;
}

// "{a,b}" as CLI::IsMember describes itself; empty for anything else.
std::vector<std::string> ChoicesIn(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "{") || !absl::ConsumeSuffix(&text, "}") || absl::StrContains(text, "{")) return {};
  return absl::StrSplit(text, ',');
}

// By the name that the help gives a value: what it is called is what it is.
ValueKind KindNamed(absl::string_view name) {
  for (const absl::string_view file : {"FILE", "IMAGE", "PICTURE", ".onnx"}) {
    if (absl::StrContains(name, file)) return ValueKind::kFile;
  }
  for (const absl::string_view folder : {"DIR", "FOLDER"}) {
    if (absl::StrContains(name, folder)) return ValueKind::kFolder;
  }
  return ValueKind::kText;
}

ValueDescription DescribeValue(CLI::Option& option) {
  ValueDescription value;
  value.name = option.get_type_name();
  const std::vector<std::string> texts = ValidatorTexts(option);
  for (auto text = texts.rbegin(); text != texts.rend(); ++text) {
    value.name = std::string(absl::StripSuffix(value.name, absl::StrCat(":", *text)));
    std::vector<std::string> choices = ChoicesIn(*text);
    if (!choices.empty()) value.choices = std::move(choices);
  }
  value.kind = value.choices.empty() ? KindNamed(value.name) : ValueKind::kChoice;
  return value;
}

FlagDescription DescribeFlag(CLI::Option& option) {
  FlagDescription flag;
  for (const std::string& name : option.get_snames()) flag.names.push_back(absl::StrCat("-", name));
  for (const std::string& name : option.get_lnames()) flag.names.push_back(absl::StrCat("--", name));
  flag.takes_value = option.get_items_expected_max() > 0;
  if (flag.takes_value) flag.value = DescribeValue(option);
  flag.description = option.get_description();
  flag.group = option.get_group();
  flag.default_value = flag.takes_value ? option.get_default_str() : "";
  flag.environment = option.get_envname();
  flag.is_required = option.get_required();
  flag.is_repeatable = option.get_expected_max() > 1;
  return flag;
}

// The options of `app`, and of the groups in it, which CLI11 keeps as commands without a name.
void Collect(CLI::App& app, const std::string& group, CommandDescription& command) {
  for (CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;
    if (option->nonpositional()) {
      FlagDescription flag = DescribeFlag(*option);
      if (!group.empty()) flag.group = group;
      command.flags.push_back(std::move(flag));
    } else {
      command.arguments.push_back({.value = DescribeValue(*option),
                                   .description = option->get_description(),
                                   .is_required = option->get_required(),
                                   .is_repeatable = option->get_expected_max() > 1});
    }
  }
  for (CLI::App* part : app.get_subcommands([](CLI::App*) { return true; })) {
    if (part->get_name().empty()) {
      Collect(*part, part->get_group(), command);
    } else if (!part->get_group().empty()) {
      command.commands.push_back(DescribeCommand(*part));
    }
  }
}

}  // namespace

CommandDescription DescribeCommand(CLI::App& app) {
  CommandDescription command;
  command.name = app.get_name();
  command.description = app.get_description();
  command.footer = app.get_footer();
  Collect(app, "", command);
  return command;
}

}  // namespace onebyone
