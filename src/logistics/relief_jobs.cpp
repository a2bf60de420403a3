#include "logistics/relief_jobs.h"

#include <algorithm>

namespace anlan {

ReliefJobs::~ReliefJobs() {
  std::map<int64_t, std::shared_ptr<Job>> jobs;
  {
    std::scoped_lock guard(mutex_);
    jobs.swap(jobs_);
  }
  for (auto& [id, job] : jobs) job->stopped = true;
  for (auto& [id, job] : jobs)
    if (job->thread.joinable()) job->thread.join();
}

void ReliefJobs::forget_old() {
  const UtcTime now = clock_.now();
  const auto forget = [&](auto it) {
    if (it->second->thread.joinable()) it->second->thread.join();  // it has said its last word under mutex_
    return jobs_.erase(it);
  };
  for (auto it = jobs_.begin(); it != jobs_.end();) {
    const bool old = now - it->second->asked > kReliefJobKept || now < it->second->asked - kReliefJobKept;
    it = it->second->state != ReliefJobState::running && old ? forget(it) : std::next(it);
  }
  while (jobs_.size() >= kReliefJobsKept) {
    const auto oldest = std::find_if(jobs_.begin(), jobs_.end(), [](const auto& j) { return j.second->state != ReliefJobState::running; });
    if (oldest == jobs_.end()) return;
    forget(oldest);
  }
}

Result<int64_t> ReliefJobs::known_locked(const std::string& key) {
  size_t running = 0;
  for (const auto& [id, job] : jobs_) {
    if (!key.empty() && job->key == key) return id;
    if (job->state == ReliefJobState::running) ++running;
  }
  if (running >= kReliefJobsRunning) return Error(ErrorCode::kTooMany, {{"seconds", "10"}});
  return 0;
}

Result<int64_t> ReliefJobs::known(const std::string& key) {
  std::scoped_lock guard(mutex_);
  return known_locked(key);
}

Result<int64_t> ReliefJobs::start(const std::string& key, ReliefOrder order) {
  std::scoped_lock guard(mutex_);
  TRY(known, known_locked(key));
  if (known) return known;
  forget_old();
  auto job = std::make_shared<Job>();
  job->id = next_++;
  job->key = key;
  job->order = std::move(order);
  job->asked = clock_.now();
  job->begun = clock_.monotonic();
  job->thread = std::thread([this, j = job.get()] { run(*j); });
  const auto id = job->id;
  jobs_[id] = std::move(job);
  return id;
}

void ReliefJobs::run(Job& job) {
  allocate::SolveLimits limits;
  limits.limit_s = job.order.request.limit_s;
  limits.threads = solver_threads_;
  // Who stops a plan moves its clock past the end; its first look is at the beginning.
  limits.seconds = [&job, this, looked = std::make_shared<std::atomic<bool>>(false)] {
    const double seconds = static_cast<double>((clock_.monotonic() - job.begun).count) / 1'000;
    return looked->exchange(true) && job.stopped ? seconds + 1'000 : seconds;
  };
  auto plan = allocate::solve(job.order.problem, limits, [&job](const allocate::Progress& p) {
    job.best = p.value;
    job.bound = p.bound;
    job.has_best = true;
  });
  std::shared_ptr<const json::object> shown;
  if (plan) shown = std::make_shared<const json::object>(plan_json(pack_, job.order, *plan));
  std::scoped_lock guard(mutex_);
  // Matrices of a country are large, and the plan has all that is shown.
  job.order.problem = {};
  job.order.stores = {};
  job.order.vehicles = {};
  job.plan = std::move(shown);
  if (!plan) job.fault = plan.error();
  job.state = plan ? ReliefJobState::done : ReliefJobState::failed;
}

std::optional<ReliefJobView> ReliefJobs::find(int64_t id) {
  std::scoped_lock guard(mutex_);
  forget_old();
  const auto it = jobs_.find(id);
  if (it == jobs_.end()) return std::nullopt;
  const auto& job = *it->second;
  ReliefJobView view;
  view.id = id;
  view.name = job.order.request.name;
  view.place = job.order.request.place;
  view.state = job.state;
  view.plan = job.plan;
  view.fault = job.fault;
  if (job.state == ReliefJobState::running) view.seconds_left = std::max(0.0, job.order.request.limit_s - static_cast<double>((clock_.monotonic() - job.begun).count) / 1'000);
  if (job.has_best) {
    view.best_minutes = mean_minutes(job.order, job.best);
    view.bound_minutes = mean_minutes(job.order, job.bound);
  }
  return view;
}

bool ReliefJobs::stop(int64_t id) {
  std::scoped_lock guard(mutex_);
  const auto it = jobs_.find(id);
  if (it == jobs_.end()) return false;
  it->second->stopped = true;
  return true;
}

}  // namespace anlan
