#include "web/workers.h"

namespace anlan {

Workers::Workers(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

Workers::~Workers() { stop(); }

void Workers::stop() {
  {
    std::scoped_lock guard(mutex_);
    stopped_ = true;
    queue_.clear();
    wake_.notify_all();
  }
  for (auto& t : threads_)
    if (t.joinable()) t.join();
}

bool Workers::run(std::function<void()> work) {
  std::scoped_lock guard(mutex_);
  if (stopped_ || queue_.size() >= kQueueMax) return false;
  queue_.push_back(std::move(work));
  wake_.notify_one();
  return true;
}

size_t Workers::waiting() const {
  std::scoped_lock guard(mutex_);
  return queue_.size();
}

void Workers::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopped_ || !queue_.empty(); });
    if (stopped_) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

Result<std::unique_ptr<Connection>> ReaderPool::take() {
  {
    std::scoped_lock guard(mutex_);
    if (!idle_.empty()) {
      auto c = std::move(idle_.back());
      idle_.pop_back();
      return c;
    }
  }
  return store_.connect();
}

void ReaderPool::give(std::unique_ptr<Connection> connection) {
  std::scoped_lock guard(mutex_);
  if (idle_.size() < 16) idle_.push_back(std::move(connection));
}

}  // namespace anlan
