// Internal to the transport: the way of an answer from any thread back to its connection's loop.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>

#include "web/event_loop.h"

namespace anlan::transport {

class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  // On the loop's thread. An answer of another request than the running one is ignored.
  virtual void deliver(uint64_t sequence, HttpResponse response) = 0;
};

// One per request. Holds the loop, so that a late answer finds a queue to be dropped in, and the connection only weakly.
class PendingAnswer {
 public:
  PendingAnswer(std::shared_ptr<Loop> loop, std::weak_ptr<AnswerSink> sink, uint64_t sequence)
      : loop_(std::move(loop)), sink_(std::move(sink)), sequence_(sequence) {}
  PendingAnswer(const PendingAnswer&) = delete;

  ~PendingAnswer() { answer(HttpResponse::text(500, "not answered\n")); }

  void answer(HttpResponse response) {
    if (used_.exchange(true)) return;
    auto deliver = [sink = sink_, sequence = sequence_, response = std::move(response)]() mutable {
      if (const auto connection = sink.lock()) connection->deliver(sequence, std::move(response));
    };
    if (loop_->is_here())
      deliver();
    else
      asio::post(loop_->context(), std::move(deliver));
  }

 private:
  const std::shared_ptr<Loop> loop_;
  const std::weak_ptr<AnswerSink> sink_;
  const uint64_t sequence_;
  std::atomic<bool> used_{false};
};

}  // namespace anlan::transport
