// The directory that everybody shares: readers hold a lock, committed facts change it.
#pragma once

#include <mutex>
#include <shared_mutex>

#include "journal/writer.h"
#include "registry/directory.h"

namespace anlan {

class LiveDirectory : public Observer {
 public:
  // What is held while reading. Keep it short: a commit that changes people waits for it.
  class Reading {
   public:
    explicit Reading(const LiveDirectory& live) : lock_(live.mutex_), directory_(live.directory_) {}
    const Directory& operator*() const { return directory_; }
    const Directory* operator->() const { return &directory_; }

   private:
    std::shared_lock<std::shared_mutex> lock_;
    const Directory& directory_;
  };

  LiveDirectory(const Pack& pack, const PinyinTable& pinyin, const Attachments& attachments)
      : directory_(pack, pinyin), attachments_(attachments) {}

  // At start, before anything is committed.
  void load(Reader& reader);

  // One reading at a time per thread.
  Reading read() const { return Reading(*this); }

  void on_committed(const std::vector<RecordedFact>& facts) override;

 private:
  void change(const RecordedFact& fact);

  mutable std::shared_mutex mutex_;
  Directory directory_;
  const Attachments& attachments_;
};

}  // namespace anlan
