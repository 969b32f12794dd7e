#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "client/commands/command.h"
#include "client/commands/load.h"
#include "client/commands/load_flags.h"
#include "client/commands/load_options.h"
#include "client/commands/report_flags.h"

namespace onebyone {
namespace {

constexpr char kFooter[] =
    "An open loop (--rate, --ramp, --steps, --replay) sends each request at its moment, whatever became of the others, "
    "and "
    "counts\n"
    "its latency from that moment: a server that stalls is seen by all whom it keeps waiting. A closed loop "
    "(--concurrency) "
    "waits\n"
    "for each answer and sends less to a server that stalls. Errors are counted by code and have no latency.\n"
    "\n"
    "Exit codes: 0 done; 1 the run could not be made, was cut short (Ctrl-C, the server went away) or had no answer; 2 "
    "wrong "
    "usage;\n"
    "3 a --fail-if holds, an answer changed (--replay), or no rate keeps the objective (--find-capacity).\n"
    "\n"
    "Examples:\n"
    "  onebyone load --server 127.0.0.1:50051 --rate 100 --duration 60 --fail-if 'p99>50ms' photos/\n"
    "  onebyone load --server 127.0.0.1:50051 --find-capacity --slo p99=50ms --synthetic 640x480:0.9,4000x3000:0.1\n"
    "  onebyone load --server 127.0.0.1:9000 --protocol kserve --model resnet --sweep 1,2,4,8,16 --json sweep.json";

}  // namespace

void AddLoadCommand(CLI::App& program, Command& chosen, const std::string& command_line) {
  auto options = std::make_shared<LoadOptions>();
  options->command_line = command_line;
  CLI::App* command =
      program.add_subcommand("load", "Put a server under load and tell how fast it answers and how much it can do");
  command->footer(kFooter);
  AddLoadLoopFlags(*command, *options);
  AddLoadTargetFlags(*command, *options);
  AddLoadWorkFlags(*command, *options);
  AddLoadJudgeFlags(*command, *options);
  AddReportFlags(*command, options->reports);
  AddWatchFlags(*command, options->watch);
  command->add_option("--record", options->record, "Write the schedule and the answers' checksums, for --replay")
      ->type_name("FILE");
  command->callback([options, &chosen] {
    chosen = [options](Terminal& terminal) {
      const absl::Status complete = CompleteLoadOptions(*options);
      if (complete.ok()) return PutLoad(*options, terminal);
      terminal.err << absl::StrCat("onebyone load: ", complete.message(), "\n");
      return static_cast<int>(kWrongUsage);
    };
  });
}

}  // namespace onebyone
