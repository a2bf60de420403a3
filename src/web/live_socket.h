// Internal to the transport: the bounded queue between those who push to a WebSocket and the connection that sends.
#pragma once

#include <deque>
#include <mutex>
#include <optional>

#include "web/event_loop.h"

namespace anlan::transport {

// The connection's side: called on its loop when there is something to do.
class SocketPump {
 public:
  virtual ~SocketPump() = default;
  virtual void pump() = 0;
};

// A burst may fill the queue up to this many times its limits before the lag timeout decides.
inline constexpr size_t kBurstFactor = 16;

class QueuedSocket final : public LiveSocket {
 public:
  QueuedSocket(std::shared_ptr<Loop> loop, std::weak_ptr<SocketPump> pump);

  bool send(std::shared_ptr<const std::string> text) override;
  void close(uint16_t code, std::string reason) override;
  uint64_t id() const override { return id_; }

  struct Closing {
    uint16_t code;
    std::string reason;
  };
  struct Step {
    bool drop = false;                        // the queue overflowed: cut the connection
    std::shared_ptr<const std::string> text;  // else send this, then call sent()
    std::optional<Closing> closing;           // else close
  };
  // On the loop's thread. While writing, only drop is told.
  Step next(bool writing);
  void sent();
  // True when the queue was over its limits for longer than the lag timeout.
  bool lags(TimePoint now);
  // The connection ended: nothing is accepted or held any more.
  void shut();

 private:
  void wake(std::unique_lock<std::mutex>& lock);

  const uint64_t id_;
  const size_t messages_max_, bytes_max_;
  const std::chrono::milliseconds lag_timeout_;
  std::mutex mutex_;
  std::shared_ptr<Loop> loop_;  // null once shut
  const std::weak_ptr<SocketPump> pump_;
  std::deque<std::shared_ptr<const std::string>> queue_;  // the front is being sent while writing
  size_t bytes_ = 0;
  bool open_ = true, scheduled_ = false, overflowed_ = false;
  std::optional<Closing> closing_;
  std::optional<TimePoint> lags_since_;
};

}  // namespace anlan::transport
