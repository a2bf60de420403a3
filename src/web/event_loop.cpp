#include "web/event_loop.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <ctime>

namespace anlan::transport {
namespace {

bool is_loopback(const asio::ip::address& address) {
  return address.is_loopback() ||
         (address.is_v6() && address.to_v6().is_v4_mapped() && address.to_v6().to_bytes()[12] == 127);
}

// One household or one office has a /64, so an IPv6 peer is its network.
uint64_t peer_key(const asio::ip::address& address) {
  if (address.is_v4()) return address.to_v4().to_uint();
  const auto bytes = address.to_v6().to_bytes();
  const bool mapped = address.to_v6().is_v4_mapped();
  uint64_t key = 0;
  for (int i = mapped ? 12 : 0; i < (mapped ? 16 : 8); ++i) key = key << 8 | bytes[i];
  return key;
}

}  // namespace

bool Shared::admit(const tcp::endpoint& peer) {
  const std::lock_guard lock(mutex_);
  if (open_ >= options.connections_max) return false;
  if (!is_loopback(peer.address())) {
    size_t& count = per_peer_[peer_key(peer.address())];
    if (count >= options.connections_per_peer_max) return false;
    ++count;
  }
  ++open_;
  return true;
}

void Shared::leave(const tcp::endpoint& peer) {
  const std::lock_guard lock(mutex_);
  if (!is_loopback(peer.address())) {
    const auto it = per_peer_.find(peer_key(peer.address()));
    CHECK(it != per_peer_.end());
    if (--it->second == 0) per_peer_.erase(it);
  }
  if (--open_ == 0) emptied_.notify_all();
}

bool Shared::wait_until_empty(TimePoint deadline) {
  std::unique_lock lock(mutex_);
  return emptied_.wait_until(lock, deadline, [this] { return open_ == 0; });
}

void Shared::wait_until_empty() {
  std::unique_lock lock(mutex_);
  emptied_.wait(lock, [this] { return open_ == 0; });
}

size_t Shared::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

void Shared::log(std::string_view line) const {
  if (options.log) options.log(line);
}

Loop::Loop(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {
  const auto& o = shared_->options;
  const auto shortest = std::min({o.head_timeout, o.body_idle_timeout, o.keep_alive_timeout, o.answer_timeout,
                                  o.write_stall_timeout, o.socket_lag_timeout});
  period_ = std::clamp<std::chrono::milliseconds>(shortest / 4, std::chrono::milliseconds(5), std::chrono::seconds(1));
  date_ = http_date(std::time(nullptr));
}

void Loop::start() {
  asio::co_spawn(context_, tick(), asio::detached);
  thread_ = std::thread([this] { context_.run(); });
}

void Loop::join() {
  asio::post(context_, [this] {
    ending_ = true;
    timer_.cancel();
    work_.reset();
  });
  thread_.join();
}

Task<> Loop::tick() {
  while (!ending_) {
    timer_.expires_after(period_);
    co_await timer_.async_wait(kAwait);
    date_ = http_date(std::time(nullptr));
    const auto now = std::chrono::steady_clock::now();
    // A sweep only closes transports; connections leave the list later, from their own coroutines.
    for (Connection* connection : connections_) connection->sweep(now);
  }
}

void Loop::enter(Connection& connection) {
  connection.index_ = connections_.size();
  connections_.push_back(&connection);
}

void Loop::leave(Connection& connection) {
  const size_t index = connection.index_;
  CHECK(index < connections_.size() && connections_[index] == &connection);
  connections_[index] = connections_.back();
  connections_[index]->index_ = index;
  connections_.pop_back();
}

void Loop::drain_all() {
  for (Connection* connection : connections_) connection->drain();
}

void Loop::abort_all() {
  for (Connection* connection : connections_) connection->abort();
}

}  // namespace anlan::transport
