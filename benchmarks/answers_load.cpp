// The other side of `answers`: phones that answer and screens that watch. One thread, epoll.
//
// Arguments: port, round, file of the node's key, session token, number of calls, file for the results.
#include <sys/epoll.h>

#include <cmath>
#include <deque>
#include <fstream>
#include <iterator>

#include "base/json.h"
#include "benchmarks/bench.h"
#include "calls/answer_link.h"
#include "web/test_client.h"

namespace anlan::bench {
namespace {

constexpr int kPhones = 64, kWatchers = 200;
constexpr double kWarmUp = 1, kSeconds = 10, kAfter = 2;

// Bytes as they come in, without copying what is not looked at.
struct Phone {
  TestClient client;
  std::string in;
  Stopwatch since;
};

struct Watcher {
  TestClient client;
  std::string head;        // of the frame being read: its header and the beginning of its text
  size_t frame_bytes = 0;  // header and text; 0 until known
  size_t seen = 0;         // bytes of this frame that came in
  size_t next_sample = 0;
};

// A moment at which an answer was acknowledged. A board that counts `answered` answers or more includes it: it counts
// everything that had been sent by then.
struct Sample {
  int64_t answered;
  double at_s;
};

constexpr size_t kHeadMax = 8'192;  // holds the totals, which stand before the places

int64_t answered_of(std::string_view head) {
  const size_t board = head.find("\"board\":{");
  if (head.find("\"type\":\"board\"") == std::string_view::npos || board == std::string_view::npos) return -1;
  const size_t totals = head.find("\"totals\":{", board);
  const size_t at = totals == std::string_view::npos ? totals : head.find("\"answered\":", totals);
  return at == std::string_view::npos ? -1 : std::strtoll(head.data() + at + 11, nullptr, 10);
}

class Load {
 public:
  Load(uint16_t port, RoundId round, const std::string& key, const std::string& token, int64_t calls)
      : round_(round), links_(key), calls_(calls), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    for (int i = 0; i < kWatchers; ++i) {
      auto& w = watchers_.emplace_back();
      CHECK(w.client.connect(port));
      const auto answer = w.client.upgrade("/api/v1/live", {{"Cookie", "anlan_session=" + token}});
      CHECK(answer && answer->status == 101);
      CHECK(w.client.read_text());  // hello
      CHECK(w.client.send_text("{\"subscribe\":[\"board:" + std::to_string(round.value) + "\"]}"));
      watch(w.client.fd(), static_cast<uint64_t>(i));
    }
    for (int i = 0; i < kPhones; ++i) {
      auto& p = phones_.emplace_back();
      CHECK(p.client.connect(port));
      watch(p.client.fd(), static_cast<uint64_t>(kWatchers + i));
    }
  }
  ~Load() { ::close(epoll_); }

  json::object run() {
    for (auto& p : phones_) send(p);
    while (clock_.seconds() < kWarmUp + kSeconds + kAfter) {
      epoll_event events[64];
      const int n = ::epoll_wait(epoll_, events, 64, 20);
      for (int i = 0; i < n; ++i) {
        const auto who = events[i].data.u64;
        if (who < kWatchers) read(watchers_[who]);
        else read(phones_[who - kWatchers]);
      }
    }
    // A sample that a watcher never saw counts with the time it waited.
    for (auto& w : watchers_)
      for (; w.next_sample < samples_.size(); ++w.next_sample) board_ms_.push_back((clock_.seconds() - samples_[w.next_sample].at_s) * 1000);
    return {{"per_s", static_cast<double>(answer_ms_.size()) / kSeconds}, {"answer_p99_ms", percentile(answer_ms_, 0.99)}, {"board_p99_ms", percentile(board_ms_, 0.99)},
            {"messages", messages_}, {"message_bytes", messages_ ? message_bytes_ / messages_ : 0}, {"samples", samples_.size()}, {"acknowledged", acknowledged_}, {"refused", refused_}};
  }

 private:
  bool sending() const { return clock_.seconds() < kWarmUp + kSeconds && sent_ < calls_; }
  bool measuring() const { return clock_.seconds() >= kWarmUp && clock_.seconds() < kWarmUp + kSeconds; }

  void watch(int fd, uint64_t who) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = who;
    CHECK(::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0);
  }

  void send(Phone& p) {
    const int64_t seq = ++sent_;
    p.since.restart();
    CHECK(p.client.send_request("POST", "/api/v1/answer/" + links_.token({round_, seq}),
                                seq % 3 ? R"({"meaning":"received"})" : R"({"meaning":"moved","number":12,"text":"已转移"})",
                                {{"Content-Type", "application/json"}, {"Idempotency-Key", "k" + std::to_string(seq)}}));
  }

  void read(Phone& p) {
    char piece[65'536];
    const ssize_t n = ::recv(p.client.fd(), piece, sizeof piece, MSG_DONTWAIT);
    CHECK(n > 0 || (n < 0 && errno == EAGAIN));
    if (n <= 0) return;
    p.in.append(piece, static_cast<size_t>(n));
    const size_t end = p.in.find("\r\n\r\n");
    if (end == std::string::npos) return;
    const size_t length = p.in.find("Content-Length: ");
    CHECK(length < end);
    if (p.in.size() < end + 4 + std::strtoull(p.in.c_str() + length + 16, nullptr, 10)) return;
    const bool ok = p.in.compare(9, 3, "200") == 0;
    if (!ok && refused_++ < 3) progress(p.in.substr(0, 400));
    p.in.clear();
    if (ok) {
      ++acknowledged_;
      if (measuring()) {
        answer_ms_.push_back(p.since.ms());
        if (samples_.empty() || clock_.seconds() - samples_.back().at_s > 0.01) samples_.push_back({sent_, clock_.seconds()});
      }
    }
    if (sending()) send(p);
  }

  void read(Watcher& w) {
    char piece[65'536];
    const ssize_t n = ::recv(w.client.fd(), piece, sizeof piece, MSG_DONTWAIT);
    CHECK(n > 0 || (n < 0 && errno == EAGAIN));
    std::string_view bytes(piece, n > 0 ? static_cast<size_t>(n) : 0);
    while (!bytes.empty()) {
      if (w.frame_bytes == 0) {
        w.head += bytes.front();
        bytes.remove_prefix(1);
        ++w.seen;
        const auto at = [&](size_t i) { return static_cast<uint8_t>(w.head[i]); };
        if (w.seen < 2) continue;
        const size_t more = (at(1) & 0x7f) == 126 ? 2 : (at(1) & 0x7f) == 127 ? 8 : 0;
        if (w.seen < 2 + more) continue;
        size_t length = more ? 0 : at(1) & 0x7f;
        for (size_t i = 0; i < more; ++i) length = length << 8 | at(2 + i);
        w.frame_bytes = 2 + more + length;
      }
      const size_t take = std::min(bytes.size(), w.frame_bytes - w.seen);
      w.head.append(bytes.substr(0, w.head.size() < kHeadMax ? std::min(take, kHeadMax - w.head.size()) : 0));
      w.seen += take;
      bytes.remove_prefix(take);
      if (w.seen == w.frame_bytes) finish(w);
    }
  }

  void finish(Watcher& w) {
    CHECK_MSG((static_cast<uint8_t>(w.head[0]) & 0x0f) != 8, "a watcher was dropped");
    if (const int64_t answered = answered_of(w.head); answered >= 0) {
      ++messages_;
      message_bytes_ += static_cast<int64_t>(w.frame_bytes);
      const double now = clock_.seconds();
      for (; w.next_sample < samples_.size() && samples_[w.next_sample].answered <= answered; ++w.next_sample)
        board_ms_.push_back((now - samples_[w.next_sample].at_s) * 1000);
    }
    w.head.clear();
    w.frame_bytes = w.seen = 0;
  }

  RoundId round_;
  AnswerLinks links_;
  int64_t calls_;
  int epoll_;
  Stopwatch clock_;
  std::deque<Phone> phones_;
  std::deque<Watcher> watchers_;
  int64_t sent_ = 0, acknowledged_ = 0, refused_ = 0, messages_ = 0, message_bytes_ = 0;
  std::vector<double> answer_ms_, board_ms_;
  std::vector<Sample> samples_;
};

}  // namespace

int run_answers_load(const std::vector<std::string>& a) {
  if (a.size() != 6) return 2;
  std::ifstream file(a[2], std::ios::binary);
  const std::string key((std::istreambuf_iterator<char>(file)), {});
  Load load(static_cast<uint16_t>(std::stoi(a[0])), RoundId{std::stoll(a[1])}, key, a[3], std::stoll(a[4]));
  std::ofstream(a[5]) << json::serialize(load.run());
  return 0;
}

}  // namespace anlan::bench
