#include "web/live_socket.h"

#include <boost/asio/post.hpp>

namespace anlan::transport {

QueuedSocket::QueuedSocket(std::shared_ptr<Loop> loop, std::weak_ptr<SocketPump> pump)
    : id_(++loop->shared().counters.socket_ids),
      messages_max_(loop->shared().options.socket_queue_messages_max),
      bytes_max_(loop->shared().options.socket_queue_bytes_max),
      lag_timeout_(loop->shared().options.socket_lag_timeout),
      loop_(std::move(loop)),
      pump_(std::move(pump)) {}

bool QueuedSocket::send(std::shared_ptr<const std::string> text) {
  CHECK(text);
  std::unique_lock lock(mutex_);
  if (!open_) return false;
  if (queue_.size() >= messages_max_ * kBurstFactor || bytes_ + text->size() > bytes_max_ * kBurstFactor) {
    open_ = false;
    overflowed_ = true;
  } else {
    bytes_ += text->size();
    queue_.push_back(std::move(text));
  }
  const bool accepted = open_;
  wake(lock);
  return accepted;
}

void QueuedSocket::close(uint16_t code, std::string reason) {
  std::unique_lock lock(mutex_);
  if (!open_) return;
  open_ = false;
  closing_ = Closing{code, std::move(reason)};
  wake(lock);
}

// Posts one wake-up for any number of messages, outside the lock.
void QueuedSocket::wake(std::unique_lock<std::mutex>& lock) {
  if (scheduled_ || !loop_) return;
  scheduled_ = true;
  const auto loop = loop_;
  lock.unlock();
  asio::post(loop->context(), [pump = pump_] {
    if (const auto connection = pump.lock()) connection->pump();
  });
}

QueuedSocket::Step QueuedSocket::next(bool writing) {
  const std::lock_guard lock(mutex_);
  scheduled_ = false;
  Step step;
  if (overflowed_)
    step.drop = true;
  else if (!writing && !queue_.empty())
    step.text = queue_.front();
  else if (!writing)
    step.closing = std::exchange(closing_, std::nullopt);
  return step;
}

void QueuedSocket::sent() {
  const std::lock_guard lock(mutex_);
  if (queue_.empty()) return;
  bytes_ -= queue_.front()->size();
  queue_.pop_front();
}

bool QueuedSocket::lags(TimePoint now) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() <= messages_max_ && bytes_ <= bytes_max_) {
    lags_since_.reset();
    return false;
  }
  if (!lags_since_) lags_since_ = now;
  return now - *lags_since_ >= lag_timeout_;
}

void QueuedSocket::shut() {
  std::shared_ptr<Loop> loop;  // released outside the lock
  const std::lock_guard lock(mutex_);
  open_ = false;
  queue_.clear();
  bytes_ = 0;
  loop.swap(loop_);
}

}  // namespace anlan::transport
