// A few threads for what takes more than microseconds, and the connections they read with.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "journal/store.h"

namespace anlan {

class Workers {
 public:
  static constexpr size_t kQueueMax = 10'000;

  explicit Workers(int threads);
  ~Workers();  // finishes what runs, drops what waits
  // False when the queue is full.
  bool run(std::function<void()> work);
  void stop();
  size_t waiting() const;

 private:
  void loop();
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

// Connections for readers, made on demand and reused.
class ReaderPool {
 public:
  explicit ReaderPool(Store& store) : store_(store) {}
  Result<std::unique_ptr<Connection>> take();
  void give(std::unique_ptr<Connection> connection);

 private:
  Store& store_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace anlan
