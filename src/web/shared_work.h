// Long work that several requests ask for at the same time is done once: the first does it on its worker, the others leave
// theirs and are answered from what it made. Any thread.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "web/api.h"
#include "web/workers.h"

namespace anlan {

template <class Key, class Value>
class SharedWork {
 public:
  using Then = std::function<void(const Value&)>;

  // On a worker. `then` is called on one, at once or later; what goes wrong is answered.
  void get(const CallPtr& call, const Key& key, const std::function<Result<Value>()>& work, Then then) {
    {
      std::scoped_lock lock(mutex_);
      const auto [at, first] = waiting_.try_emplace(key);
      if (!first) return at->second.push_back({call, std::move(then)});
    }
    const auto made = guarded(work);
    std::vector<Waiting> others;
    {
      std::scoped_lock lock(mutex_);
      others = std::move(waiting_[key]);
      waiting_.erase(key);
    }
    for (auto& other : others)
      if (!call->api().workers().run([other, made] { finish(other, made); })) other.call->fail(Error(ErrorCode::kTooMany, {{"seconds", "2"}}));
    finish({call, std::move(then)}, made);
  }

 private:
  struct Waiting {
    CallPtr call;
    Then then;
  };
  static Result<Value> guarded(const std::function<Result<Value>()>& work) {
    try {
      return work();
    } catch (const std::exception& e) {
      return Error(ErrorCode::kInternal, {{"why", e.what()}});
    }
  }
  static void finish(const Waiting& waiting, const Result<Value>& made) {
    if (!made) return waiting.call->fail(made.error());
    try {
      waiting.then(*made);
    } catch (const std::exception& e) {
      waiting.call->fail(Error(ErrorCode::kInternal, {{"why", e.what()}}));
    }
  }

  std::mutex mutex_;
  std::map<Key, std::vector<Waiting>> waiting_;
};

}  // namespace anlan
