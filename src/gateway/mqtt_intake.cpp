#include "gateway/mqtt_intake.h"

#include <fmt/format.h>
#include <mosquitto.h>
#include <netdb.h>
#include <poll.h>

#include <deque>
#include <thread>

#include "base/check.h"
#include "base/hash.h"
#include "gateway/reading_batch.h"

namespace anlan {
namespace {

constexpr int kKeepAliveS = 30;
constexpr int kWaitMs = 20;
constexpr Millis kTurn = milliseconds(20);
constexpr Millis kRetry = seconds(2);
constexpr Millis kAnswer = seconds(15);  // for the connection, and for the broker's word that it stands
constexpr const char* kIdFile = "mqtt-client";

// The library wants to be told once.
void begin_library() {
  static const int begun = mosquitto_lib_init();
  CHECK(begun == MOSQ_ERR_SUCCESS);
}

// A name becomes addresses on a thread of its own, because that may take minutes and cannot be stopped; whoever asked
// may be gone by then.
class Resolving {
 public:
  explicit Resolving(const std::string& host) {
    std::thread([host, answer = answer_] {
      addrinfo hints{}, *found = nullptr;
      hints.ai_socktype = SOCK_STREAM;
      if (::getaddrinfo(host.c_str(), nullptr, &hints, &found) == 0) {
        char text[NI_MAXHOST];
        for (const auto* a = found; a; a = a->ai_next)
          if (::getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST) == 0) answer->addresses.push_back(text);
        ::freeaddrinfo(found);
      }
      answer->done = true;
    }).detach();
  }
  bool is_done() const { return answer_->done; }
  const std::vector<std::string>& addresses() const { return answer_->addresses; }  // when done

 private:
  struct Answer {
    std::atomic<bool> done{false};
    std::vector<std::string> addresses;
  };
  std::shared_ptr<Answer> answer_ = std::make_shared<Answer>();
};

}  // namespace

Result<std::string> mqtt_client_id(Disk& disk, Random& random, const MqttSource& source) {
  if (!disk.exists(kIdFile)) {
    uint8_t bytes[4];
    random.fill(bytes);
    TRY_VOID(disk.write(kIdFile, to_hex({reinterpret_cast<const char*>(bytes), sizeof bytes})));
  }
  TRY(node, disk.read(kIdFile));
  return "anlan-" + node.substr(0, 8) + "-" + to_hex(sha256(fmt::format("{}:{}|{}", source.host, source.port, source.topic))).substr(0, 6);
}

Result<MqttSource> read_mqtt_source(const std::string& text) {
  const auto wrong = [&](const char* why) { return Error(ErrorCode::kInvalidField, {{"field", "mqtt"}, {"why", text + ": " + why}}); };
  std::vector<std::string> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find('|', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (parts.size() < 2 || parts.size() > 5 || parts[1].empty()) return wrong("应为 地址:端口|主题|区划|用户|口令 / expected host:port|topic|place|user|password");
  MqttSource source;
  const size_t colon = parts[0].rfind(':');
  source.host = parts[0].substr(0, colon);
  if (colon != std::string::npos) source.port = std::atoi(parts[0].c_str() + colon + 1);
  if (source.host.empty() || source.port < 1 || source.port > 65'535) return wrong("地址无效 / not an address");
  source.topic = parts[1];
  if (mosquitto_sub_topic_check(source.topic.c_str()) != MOSQ_ERR_SUCCESS) return wrong("主题无效 / not a topic");
  if (parts.size() > 2 && !parts[2].empty()) {
    const auto place = PlaceCode::parse(parts[2]);
    if (!place) return wrong("区划代码无效 / not a place code");
    source.place = *place;
  }
  if (parts.size() > 3) source.user = parts[3];
  if (parts.size() > 4) source.password = parts[4];
  return source;
}

class MqttIntake::Impl {
 public:
  Impl(Node& node, MqttSource source, const std::string& id, std::function<void(std::string_view)> log, FrameLog* frames)
      : node_(node), source_(std::move(source)), log_(std::move(log)), frames_(frames) {
    begin_library();
    // The broker keeps what comes while we are away.
    constexpr bool kCleanSession = false;
    client_ = mosquitto_new(id.c_str(), kCleanSession, this);
    CHECK(client_);
    if (!source_.user.empty()) mosquitto_username_pw_set(client_, source_.user.c_str(), source_.password.c_str());
    mosquitto_connect_callback_set(client_, [](mosquitto*, void* self, int code) { static_cast<Impl*>(self)->on_connect(code); });
    mosquitto_disconnect_callback_set(client_, [](mosquitto*, void* self, int) { static_cast<Impl*>(self)->connected_ = false; });
    mosquitto_message_callback_set(client_, [](mosquitto*, void* self, const mosquitto_message* m) { static_cast<Impl*>(self)->on_message(*m); });
  }
  ~Impl() { mosquitto_destroy(client_); }

  void run() {
    while (!stopped_) {
      const int result = resolving_ ? MOSQ_ERR_NO_CONN : turn();
      flush();
      const Millis now = node_.clock().monotonic();
      if (result == MOSQ_ERR_SUCCESS && (connected_ || now - tried_at_ < kAnswer)) continue;
      connected_ = false;
      if (result != MOSQ_ERR_NO_CONN) complain(result == MOSQ_ERR_SUCCESS ? "没有回音 / no answer" : mosquitto_strerror(result));
      if (!connect(now)) {
        struct timespec wait {0, kWaitMs * 1'000'000};
        ::nanosleep(&wait, nullptr);
      }
    }
    mosquitto_disconnect(client_);
  }

  std::atomic<bool> stopped_{false}, connected_{false};
  std::atomic<uint64_t> readings_{0};

 private:
  // Begins a connection, and waits for none: true when one is under way.
  bool connect(Millis now) {
    if (!resolving_) {
      if (tried_at_ + kRetry > now) return false;
      tried_at_ = now;
      resolving_.emplace(source_.host);
    }
    if (!resolving_->is_done()) return false;
    const auto addresses = resolving_->addresses();
    resolving_.reset();
    if (addresses.empty()) {
      complain("没有这个主机 / no such host");
      return false;
    }
    // A host may have several; the next try takes the next one.
    const auto& address = addresses[tries_++ % addresses.size()];
    const int begun = mosquitto_connect_async(client_, address.c_str(), source_.port, kKeepAliveS);
    if (begun != MOSQ_ERR_SUCCESS) complain(mosquitto_strerror(begun));
    return begun == MOSQ_ERR_SUCCESS;
  }
  // Once until the broker is there again.
  void complain(const char* why) {
    if (!std::exchange(told_, true)) log_("mqtt " + source_.host + ": " + why);
  }
  // Everything that has arrived, then what must be sent. mosquitto_loop() would wait for each message anew.
  int turn() {
    pollfd socket{mosquitto_socket(client_), POLLIN, 0};
    if (socket.fd < 0) return MOSQ_ERR_NO_CONN;
    if (mosquitto_want_write(client_)) socket.events |= POLLOUT;
    if (::poll(&socket, 1, kWaitMs) > 0 && socket.revents & (POLLIN | POLLHUP | POLLERR)) {
      const Millis begun = node_.clock().monotonic();
      for (size_t before = payloads_.size(); before < kTurnMax; before = payloads_.size()) {
        if (const int result = mosquitto_loop_read(client_, 1); result != MOSQ_ERR_SUCCESS) return result;
        if (payloads_.size() == before || node_.clock().monotonic() - begun > kTurn) break;
      }
    }
    // Before the connection stands there is nothing to write to.
    if (mosquitto_want_write(client_) && (connected_ || socket.revents & POLLOUT))
      if (const int result = mosquitto_loop_write(client_, 1); result != MOSQ_ERR_SUCCESS) return result;
    return mosquitto_loop_misc(client_);
  }
  void on_connect(int code) {
    if (code != 0) return log_("mqtt " + source_.host + ": " + mosquitto_connack_string(code));
    mosquitto_subscribe(client_, nullptr, source_.topic.c_str(), 1);
    connected_ = true;
    told_ = false;
  }
  void on_message(const mosquitto_message& m) {
    if (m.payloadlen <= 0 || static_cast<size_t>(m.payloadlen) > kPayloadMax) return;
    const auto& text = payloads_.emplace_back(static_cast<const char*>(m.payload), static_cast<size_t>(m.payloadlen));
    const bool is_json = text.front() == '{' || text.front() == '[';
    const size_t before = batch_.size();
    const auto read = is_json ? batch_.add_json(text) : batch_.add_lines(text, LinePrecision::kMillis, node_.clock().now());
    if (frames_) {
      from_.assign(source_.host).append(" ").append(m.topic);
      batch_.codes_from(before, codes_);
      frames_->add({is_json ? FrameKind::json : FrameKind::line, node_.clock().now(), from_, text}, codes_);
    }
    if (!read && node_.clock().monotonic() - complained_ > minutes(1)) {
      complained_ = node_.clock().monotonic();
      log_("mqtt " + source_.host + " " + m.topic + ": " + read.error().describe());
    }
    if (batch_.size() >= kTurnMax) flush();
  }
  void flush() {
    if (payloads_.empty()) return;
    const auto taken = batch_.take(node_.watch(), std::span(&source_.place, 1), source_.host, node_.clock().now());
    payloads_.clear();
    if (taken) readings_ += static_cast<uint64_t>(taken->stored + taken->duplicates);
    else log_("mqtt: " + taken.error().describe());
  }

  Node& node_;
  const MqttSource source_;
  std::function<void(std::string_view)> log_;
  FrameLog* frames_;
  mosquitto* client_ = nullptr;
  std::optional<Resolving> resolving_;
  Millis tried_at_{-60'001};
  size_t tries_ = 0;
  bool told_ = false;  // of what is wrong
  ReadingBatch batch_;
  std::deque<std::string> payloads_;  // of this turn; the batch points into them
  std::vector<std::string_view> codes_;
  std::string from_;
  Millis complained_{-60'001};
};

MqttIntake::MqttIntake(Node& node, MqttSource source, std::string id, std::function<void(std::string_view)> log, FrameLog* frames)
    : impl_(std::make_unique<Impl>(node, std::move(source), id, std::move(log), frames)) {}
MqttIntake::~MqttIntake() = default;
void MqttIntake::run() { impl_->run(); }
void MqttIntake::stop() { impl_->stopped_ = true; }
bool MqttIntake::connected() const { return impl_->connected_; }
uint64_t MqttIntake::readings() const { return impl_->readings_; }

}  // namespace anlan
