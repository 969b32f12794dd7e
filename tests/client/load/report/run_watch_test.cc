#include "client/load/report/run_watch.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <sstream>
#include <thread>

#include "client/load/report/live_line.h"
#include "client/load/report/metrics_push.h"
#include "client/load/report/progress_metrics.h"
#include "client/top/metrics_source.h"
#include "tests/testing/status_matchers.h"

namespace onebyone {
namespace {

using ::onebyone::testing::IsOk;
using ::onebyone::testing::IsOkAndHolds;
using ::onebyone::testing::StatusIs;
using ::testing::HasSubstr;

LoadProgress MadeProgress() {
  LoadProgress progress;
  progress.phase = "measuring";
  progress.elapsed_ms = 12'000;
  progress.remaining_ms = 47'200;
  progress.sent = 2400;
  progress.never_sent = 1;
  progress.late = 2;
  progress.in_flight = 8;
  progress.codes = {{"OK", 2389}, {"RESOURCE_EXHAUSTED", 3}};
  progress.bytes_out = 1000;
  progress.bytes_in = 500;
  progress.latency_counts.assign(std::size(kLatencyBoundsMs) + 1, 2389);
  progress.latency_counts[0] = 0;
  progress.latency_sum_ms = 9800;
  progress.offered_per_s = 200;
  progress.achieved_per_s = 198.66;
  progress.p50_ms = 4.1;
  progress.p99_ms = 12.93;
  progress.client_cpu_share = 0.25;
  return progress;
}

TEST(LiveLine, TellsHowFarAndHowWell) {
  EXPECT_EQ(LiveLine(MadeProgress(), 200),
            "measuring 12.0 s, 0:48 left  198.7/s of 200.0/s  p50 4.10 p99 12.9 ms  3 errors  8 in the air  2 late  "
            "1 never sent");
}

TEST(LiveLine, LeavesOutWhatDoesNotFit) {
  EXPECT_EQ(LiveLine(MadeProgress(), 60), "measuring 12.0 s, 0:48 left  198.7/s of 200.0/s  3 errors");
  EXPECT_EQ(LiveLine(MadeProgress(), 10), "measuring");
  for (int columns = 0; columns < 150; ++columns) {
    EXPECT_LE(LiveLine(MadeProgress(), columns).size(), static_cast<size_t>(std::max(0, columns - 1)));
  }
}

TEST(LiveLine, TellsNoPercentileThatIsNotKnown) {
  LoadProgress progress = MadeProgress();
  progress.p50_ms = progress.p99_ms = std::nullopt;
  progress.remaining_ms = std::nullopt;
  progress.codes.erase("RESOURCE_EXHAUSTED");
  progress.late = progress.never_sent = 0;
  EXPECT_EQ(LiveLine(progress, 200), "measuring 12.0 s  198.7/s of 200.0/s  8 in the air");
}

TEST(RunWatch, IsQuietWhereThereIsNoTerminal) {
  std::ostringstream err;
  {
    ASSERT_OK_AND_ASSIGN(const auto watch, RunWatch::Create({}, err, 0));
    watch->Show(MadeProgress());
    EXPECT_EQ(err.str(), "");
    watch->Say("a word");
  }
  EXPECT_EQ(err.str(), "a word\n");
}

TEST(RunWatch, RedrawsItsLineAndTakesItAway) {
  std::ostringstream err;
  {
    ASSERT_OK_AND_ASSIGN(const auto watch, RunWatch::Create({}, err, 20));
    watch->Show(MadeProgress());
    watch->Say("a word");
  }
  EXPECT_EQ(err.str(), "\r\x1b[Kmeasuring 12.0 s, 0\r\x1b[Ka word\nmeasuring 12.0 s, 0\r\x1b[K");
}

TEST(ProgressMetrics, AreOfPrometheusTextFormat) {
  const std::string text = ProgressMetrics(MadeProgress(), {{"target", "a \"b\""}});
  for (const char* line :
       {"# TYPE onebyone_load_requests_total counter\nonebyone_load_requests_total{target=\"a \\\"b\\\"\"} 2400\n",
        "onebyone_load_answers_total{target=\"a \\\"b\\\"\",code=\"RESOURCE_EXHAUSTED\"} 3\n",
        "onebyone_load_latency_seconds_bucket{target=\"a \\\"b\\\"\",le=\"0.00025\"} 0\n",
        "onebyone_load_latency_seconds_bucket{target=\"a \\\"b\\\"\",le=\"+Inf\"} 2389\n",
        "onebyone_load_latency_seconds_sum{target=\"a \\\"b\\\"\"} 9.8",
        "onebyone_load_latency_seconds_count{target=\"a \\\"b\\\"\"} 2389\n",
        "onebyone_load_bytes_total{target=\"a \\\"b\\\"\",direction=\"in\"} 500\n",
        "onebyone_load_in_flight{target=\"a \\\"b\\\"\"} 8\n",
        "onebyone_load_client_cpu_share{target=\"a \\\"b\\\"\"} 0.25\n"}) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(RunWatch, ServesTheNewestMetrics) {
  std::ostringstream err;
  ASSERT_OK_AND_ASSIGN(
      const auto watch,
      RunWatch::Create({.metrics_listen = "127.0.0.1:0", .metrics_push = "", .labels = {{"model", "nano"}}}, err, 0));
  LoadProgress progress = MadeProgress();
  watch->Show(progress);
  progress.sent = 2500;
  watch->Show(progress);
  EXPECT_THAT(FetchMetrics("127.0.0.1:" + std::to_string(watch->metrics_port())),
              IsOkAndHolds(HasSubstr("onebyone_load_requests_total{model=\"nano\"} 2500\n")));
  EXPECT_THAT(
      RunWatch::Create(
          {.metrics_listen = "127.0.0.1:" + std::to_string(watch->metrics_port()), .metrics_push = "", .labels = {}},
          err, 0)
          .status(),
      StatusIs(absl::StatusCode::kUnavailable, HasSubstr("--metrics-listen: cannot listen on 127.0.0.1:")));
}

TEST(RunWatch, NamesWrongAddresses) {
  std::ostringstream err;
  for (const char* address : {"localhost", ":80", "127.0.0.1:http", "127.0.0.1:70000", "127.0.0.1:-1"}) {
    EXPECT_THAT(RunWatch::Create({.metrics_listen = address, .metrics_push = "", .labels = {}}, err, 0).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--metrics-listen: wanted HOST:PORT, got '")));
  }
  for (const char* url : {"localhost:9091", "https://localhost:9091", "http://", "http:///metrics"}) {
    EXPECT_THAT(
        RunWatch::Create({.metrics_listen = "", .metrics_push = url, .labels = {}}, err, 0).status(),
        StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("--metrics-push: wanted http://HOST:PORT, got '")));
  }
}

// A Pushgateway that keeps what it was sent.
class Gateway {
 public:
  explicit Gateway(int status) {
    server_.Put("/below/metrics/job/onebyone_load",
                [this, status](const httplib::Request& request, httplib::Response& response) {
                  body = request.body;
                  response.status = status;
                });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Gateway() {
    server_.stop();
    thread_.join();
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/below/"; }

  std::string body;  // to be read when nothing is pushed any more

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

TEST(MetricsPush, PushesTheLastFiguresAtTheEnd) {
  Gateway gateway(200);
  {
    ASSERT_OK_AND_ASSIGN(const auto push, MetricsPush::Create(gateway.url(), absl::Hours(1)));
    push->Publish("first 1\n");
    push->Publish("last 2\n");
  }
  EXPECT_EQ(gateway.body, "last 2\n");
}

TEST(MetricsPush, PushesAgainAndAgain) {
  Gateway gateway(202);
  ASSERT_OK_AND_ASSIGN(auto push, MetricsPush::Create(gateway.url(), absl::Milliseconds(5)));
  push->Publish("a 1\n");
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_THAT(push->status(), IsOk());
  push.reset();
  EXPECT_EQ(gateway.body, "a 1\n");
}

TEST(MetricsPush, TellsWhatTheGatewayAnswered) {
  Gateway gateway(500);
  ASSERT_OK_AND_ASSIGN(const auto push, MetricsPush::Create(gateway.url(), absl::Milliseconds(5)));
  push->Publish("a 1\n");
  for (int i = 0; i < 400 && push->status().ok(); ++i) absl::SleepFor(absl::Milliseconds(10));
  EXPECT_THAT(push->status(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("wanted 200, got 500")));
}

}  // namespace
}  // namespace onebyone
