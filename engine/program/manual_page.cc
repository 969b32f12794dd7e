#include "engine/program/manual_page.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "engine/program/roff.h"

namespace onebyone {
namespace {

constexpr absl::string_view kPrograms[] = {"onebyone", "onebyone-model", "onebyone-server"};
constexpr absl::string_view kUsualGroup = "Options";
// Names of flags and variables are not broken, nor are lines stretched for want of breaks.
constexpr absl::string_view kNoHyphens = ".nh\n.ad l\n";
// groff 1.23 goes back to this at each heading.
constexpr absl::string_view kKeepLeft = ".ds AD l\n";

// "{a|b}" for choices, which are typed as they are, else the name that stands for the value.
std::string ValueText(const ValueDescription& value) {
  if (value.kind != ValueKind::kChoice) return RoffItalic(value.name.empty() ? "VALUE" : value.name);
  std::vector<std::string> choices;
  for (const std::string& choice : value.choices) choices.push_back(RoffBold(choice));
  // A place to break the line where it is too long.
  return absl::StrCat("{", absl::StrJoin(choices, "|\\:"), "}");
}

std::string ArgumentText(const ArgumentDescription& argument) {
  const std::string name = absl::StrCat(ValueText(argument.value), argument.is_repeatable ? "..." : "");
  return argument.is_required ? name : absl::StrCat("[", name, "]");
}

// What must be typed, and that more may be.
std::string Synopsis(const std::string& words, const CommandDescription& command) {
  std::string line = RoffBold(words);
  bool may_have_more = false;
  for (const FlagDescription& flag : command.flags) {
    if (!flag.is_required) {
      may_have_more = true;
    } else {
      absl::StrAppend(&line, " ", RoffBold(flag.names.back()), flag.takes_value ? " " : "",
                      flag.takes_value ? ValueText(flag.value) : "");
    }
  }
  if (may_have_more) absl::StrAppend(&line, " [", RoffItalic("OPTION"), "...]");
  if (!command.commands.empty()) absl::StrAppend(&line, " ", RoffItalic("COMMAND"), " ...");
  for (const ArgumentDescription& argument : command.arguments) absl::StrAppend(&line, " ", ArgumentText(argument));
  return line;
}

std::string FlagEntry(const FlagDescription& flag) {
  std::vector<std::string> names;
  for (const std::string& name : flag.names) names.push_back(RoffBold(name));
  std::vector<std::string> notes;
  if (flag.is_required) notes.emplace_back("Required.");
  if (!flag.default_value.empty()) notes.push_back(absl::StrCat("Default: ", RoffBold(flag.default_value), "."));
  if (!flag.environment.empty()) notes.push_back(absl::StrCat("Environment: ", RoffBold(flag.environment), "."));
  std::string text = RoffText(flag.description);
  if (!notes.empty() && !text.empty() && text.back() != '.') text.push_back('.');
  return absl::StrCat(".TP\n", absl::StrJoin(names, ", "), flag.takes_value ? " " : "",
                      flag.takes_value ? ValueText(flag.value) : "", "\n", text, notes.empty() ? "" : "\n",
                      absl::StrJoin(notes, "\n"), "\n");
}

// Options under the headings of the help; the usual ones come first and need none.
void AppendFlags(const CommandDescription& command, absl::string_view heading_request, std::string& page) {
  std::vector<std::pair<std::string, std::vector<const FlagDescription*>>> groups = {{std::string(kUsualGroup), {}}};
  for (const FlagDescription& flag : command.flags) {
    auto group = groups.begin();
    while (group != groups.end() && group->first != flag.group) ++group;
    if (group == groups.end()) group = groups.insert(groups.end(), {flag.group, {}});
    group->second.push_back(&flag);
  }
  for (const auto& [name, flags] : groups) {
    if (name != kUsualGroup) absl::StrAppend(&page, heading_request, RoffText(name), "\n");
    for (const FlagDescription* flag : flags) absl::StrAppend(&page, FlagEntry(*flag));
  }
}

void AppendArguments(const CommandDescription& command, std::string& page) {
  for (const ArgumentDescription& argument : command.arguments) {
    absl::StrAppend(&page, ".TP\n", ArgumentText(argument), "\n", RoffText(argument.description), "\n");
  }
}

void AppendCommand(const CommandDescription& program, CommandDescription command, std::string& page) {
  const std::string words = absl::StrCat(program.name, " ", command.name);
  // --help and the like are told once.
  const auto is_of_program = [&program](const FlagDescription& flag) {
    const auto same = [&flag](const FlagDescription& other) { return other.names == flag.names; };
    return std::any_of(program.flags.begin(), program.flags.end(), same);
  };
  command.flags.erase(std::remove_if(command.flags.begin(), command.flags.end(), is_of_program), command.flags.end());
  absl::StrAppend(&page, ".SS ", RoffText(words), "\n", RoffText(absl::StripSuffix(command.description, ".")),
                  ".\n.PP\n", Synopsis(words, command), "\n");
  AppendArguments(command, page);
  AppendFlags(command, ".PP\n", page);
  if (!command.footer.empty()) absl::StrAppend(&page, ".PP\n", RoffVerbatim(command.footer));
}

void AppendEnvironment(const CommandDescription& program, std::string& page) {
  std::map<std::string, std::string> flag_by_variable;
  const auto collect = [&flag_by_variable](const CommandDescription& command) {
    for (const FlagDescription& flag : command.flags) {
      if (!flag.environment.empty()) flag_by_variable.emplace(flag.environment, flag.names.back());
    }
  };
  collect(program);
  for (const CommandDescription& command : program.commands) collect(command);
  if (flag_by_variable.empty()) return;
  absl::StrAppend(&page, ".SH ENVIRONMENT\n");
  for (const auto& [variable, flag] : flag_by_variable) {
    absl::StrAppend(&page, ".TP\n", RoffBold(variable), "\nStands for ", RoffBold(flag), ".\n");
  }
}

}  // namespace

std::string ManualPage(const CommandDescription& program, absl::string_view version) {
  // The first line of the description names the program in lists; the others follow in full.
  const std::vector<std::string> description = absl::StrSplit(program.description, absl::MaxSplits('\n', 1));
  std::string page = absl::StrCat(
      ".\\\" Made by: ", program.name, " \\-\\-print\\-manual\n", kKeepLeft, ".TH ",
      absl::AsciiStrToUpper(program.name), " 1 \"\" \"onebyone ", version, "\" \"onebyone\"\n", kNoHyphens,
      ".SH NAME\n", program.name, " \\- ", RoffText(absl::StripSuffix(description[0], ".")), "\n.SH SYNOPSIS\n",
      Synopsis(program.name, program), "\n.SH DESCRIPTION\n", RoffText(program.description), "\n.SH OPTIONS\n");
  AppendArguments(program, page);
  AppendFlags(program, ".SS ", page);
  if (!program.commands.empty()) absl::StrAppend(&page, ".SH COMMANDS\n");
  for (const CommandDescription& command : program.commands) AppendCommand(program, command, page);
  AppendEnvironment(program, page);
  if (!program.footer.empty()) absl::StrAppend(&page, ".SH NOTES\n", RoffVerbatim(program.footer));
  std::vector<std::string> others;
  for (const absl::string_view other : kPrograms) {
    if (other != program.name) others.push_back(absl::StrCat("\\fB", RoffText(other), "\\fR(1)"));
  }
  absl::StrAppend(&page, ".SH \"SEE ALSO\"\n", absl::StrJoin(others, ", "), "\n");
  return page;
}

}  // namespace onebyone
