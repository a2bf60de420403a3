// A whole node as the server runs it — writer thread, timer every 20 ms, a worker — with a made-up province and a
// telephone network that accepts everything.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/real_ports.h"
#include "benchmarks/bench.h"
#include "loop/node.h"
#include "web/workers.h"

namespace anlan::bench {

// packs/cn with every limit of the channels out of the way, and `tries` attempts by voice call a second apart.
Pack unlimited_pack(int tries);

// Takes attempts at once; another thread reports on them.
class BenchChannel final : public Channel {
 public:
  BenchChannel(std::string id, ReportSink& sink);
  ~BenchChannel() override;
  std::string_view id() const override { return id_; }
  void place(std::vector<Attempt> attempts, const std::string& message) override;

  std::atomic<Outcome> outcome{Outcome::delivered};
  std::atomic<int64_t> placed{0}, first_placed{0};
  std::atomic<int64_t> last_first_ms{0};  // when the last first attempt came in, on the monotonic clock

 private:
  void loop();

  std::string id_;
  ReportSink& sink_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Attempt> waiting_;
  bool stopped_ = false;
  std::thread thread_;
};

class NodeRig {
 public:
  explicit NodeRig(Pack pack, bool keeps_readings = false);
  ~NodeRig();

  // Imports the province and its people. Before start().
  void fill();
  // Adds what runs every 20 ms besides the node, then starts the threads.
  void start(std::function<void()> every_tick = {});

  // Runs one command to the end, from any thread but the writer's.
  Result<Answer> run(const std::string& actor, std::function<Result<Decision>(Reader&, UtcTime)> decide,
                     std::function<void(Tables&)> also = {});
  // Drafts and submits a red rainstorm warning for the whole province, an area of n corners; approve() issues it.
  WarningId draft(int n);
  Result<Answer> approve(WarningId warning);

  Folder folder;
  SystemClock clock;
  SystemRandom random;
  SystemDisk disk;
  const Pack pack;
  Workers workers{1};
  std::unique_ptr<History> history;
  std::unique_ptr<Node> node;
  std::shared_ptr<BenchChannel> voice, sms;

 private:
  std::atomic<bool> stopping_{false};
  std::thread writer_, timer_;
};

}  // namespace anlan::bench
