#include "client/commands/bulk_flags.h"

namespace onebyone {

void AddBulkFlags(CLI::App& command, BatchOptions& options) {
  command.add_option("--batch", options.images_per_request, "Images per request, 8 unless told")
      ->type_name("N")
      ->check(CLI::Range(1, 1024));
  command.add_option("--parallel", options.requests_in_flight, "Requests in flight, 4 unless told")
      ->type_name("N")
      ->check(CLI::Range(1, 256));
}

}  // namespace onebyone
