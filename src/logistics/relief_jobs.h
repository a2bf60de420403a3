// Plans being made: each on a thread of its own, at most kReliefJobsRunning at once, with a deadline by the clock. In
// memory alone: a plan that nobody has accepted is gone kReliefJobKept after it was asked for, or with a restart.
//
// Any thread. The pack and the clock must outlive it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/ports.h"
#include "logistics/relief_report.h"

namespace anlan {

inline constexpr size_t kReliefJobsRunning = 2, kReliefJobsKept = 20;
inline constexpr Millis kReliefJobKept = hours(1);

enum class ReliefJobState { running, done, failed };
BOOST_DESCRIBE_ENUM(ReliefJobState, running, done, failed)

struct ReliefJobView {
  int64_t id = 0;
  std::string name;
  PlaceCode place;
  ReliefJobState state = ReliefJobState::running;
  double seconds_left = 0;
  std::optional<double> best_minutes, bound_minutes;     // so far
  std::shared_ptr<const json::object> plan;              // when done
  std::optional<Error> fault;                            // when failed
};

class ReliefJobs {
 public:
  ReliefJobs(const Pack& pack, Clock& clock, int solver_threads) : pack_(pack), clock_(clock), solver_threads_(solver_threads) {}
  ~ReliefJobs();  // stops what runs and waits for it

  // The number of the job. The same key gives the same job: a request that is sent again starts nothing. kTooMany while
  // kReliefJobsRunning run.
  Result<int64_t> start(const std::string& key, ReliefOrder order);
  // Before an order is made of a request, which takes time: what start() would say. 0: neither known nor too many.
  Result<int64_t> known(const std::string& key);
  std::optional<ReliefJobView> find(int64_t id);
  // The best so far is the plan, a moment later. False when there is no such job.
  bool stop(int64_t id);

 private:
  struct Job {
    int64_t id = 0;
    std::string key;
    ReliefOrder order;
    UtcTime asked;
    Millis begun;
    std::atomic<bool> stopped{false};
    std::atomic<double> best{0}, bound{0};
    std::atomic<bool> has_best{false};
    // Under mutex_ from here.
    ReliefJobState state = ReliefJobState::running;
    std::shared_ptr<const json::object> plan;
    std::optional<Error> fault;
    std::thread thread;
  };
  void run(Job& job);
  void forget_old();  // under mutex_
  Result<int64_t> known_locked(const std::string& key);

  const Pack& pack_;
  Clock& clock_;
  const int solver_threads_;
  std::mutex mutex_;
  int64_t next_ = 1;
  std::map<int64_t, std::shared_ptr<Job>> jobs_;
};

}  // namespace anlan
