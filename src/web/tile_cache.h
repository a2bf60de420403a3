// The tiles that were asked for last, up to a number of bytes. Any thread.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace anlan {

template <class Key>
class TileCache {
 public:
  using Bytes = std::shared_ptr<const std::string>;

  explicit TileCache(size_t bytes_max) : bytes_max_(bytes_max) {}

  // Made without the lock, so that a large tile holds up no other; of two that are made at once the first is kept.
  template <class Make>
  Bytes get(const Key& key, const Make& make) {
    {
      std::scoped_lock lock(mutex_);
      if (const auto found = by_key_.find(key); found != by_key_.end()) {
        kept_.splice(kept_.begin(), kept_, found->second);
        return kept_.front().bytes;
      }
    }
    auto bytes = std::make_shared<const std::string>(make());
    std::scoped_lock lock(mutex_);
    if (by_key_.contains(key)) return bytes;
    kept_.push_front({key, bytes});
    by_key_[key] = kept_.begin();
    size_ += cost(kept_.front());
    while (size_ > bytes_max_ && kept_.size() > 1) {
      size_ -= cost(kept_.back());
      by_key_.erase(kept_.back().key);
      kept_.pop_back();
    }
    return bytes;
  }

 private:
  struct Kept {
    Key key;
    Bytes bytes;
  };
  static size_t cost(const Kept& kept) { return kept.bytes->size() + sizeof(Kept) + 100; }

  const size_t bytes_max_;
  std::mutex mutex_;
  std::list<Kept> kept_;  // newest first
  std::map<Key, typename std::list<Kept>::iterator> by_key_;
  size_t size_ = 0;
};

}  // namespace anlan
