// Readings from an MQTT broker (3.1.1 and 5): every message of the subscribed topic is a JSON batch or line protocol in
// milliseconds (gateway/reading_batch.h).
//
// The broker that goes away is tried again; the session is persistent (QoS 1), so it keeps what it received meanwhile, also
// while Anlan is stopped. Nothing here waits for the network: stop() takes effect within a tenth of a second.
// Messages of one turn of the loop are kept together. The library acknowledges a message when it arrives, so what has
// arrived within the last turn (a few milliseconds) is lost in a crash; a site that cannot bear that uses HTTP.
//
// One thread, the caller's (run). Bounds: kPayloadMax a message, kTurnMax readings before they are kept.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "gateway/frame_log.h"
#include "loop/node.h"

namespace anlan {

struct MqttSource {
  std::string host;
  int port = 1883;
  std::string topic;  // "anlan/#"
  PlaceCode place;    // links there and below; empty: everywhere
  std::string user, password;
};

// "broker:1883|anlan/#|622927|user|password"; place, user and password may be missing.
Result<MqttSource> read_mqtt_source(const std::string& text);

// The client's id at the broker: the same for this source after every start, another for every node, also when nodes
// share a broker. The node's part lives in the file mqtt-client of its data folder.
Result<std::string> mqtt_client_id(Disk& disk, Random& random, const MqttSource& source);

class MqttIntake {
 public:
  static constexpr size_t kPayloadMax = size_t{4} << 20;
  static constexpr size_t kTurnMax = 20'000;

  // id: of the client at the broker (mqtt_client_id). frames: where raw messages are kept, if anywhere.
  MqttIntake(Node& node, MqttSource source, std::string id, std::function<void(std::string_view)> log, FrameLog* frames = nullptr);
  ~MqttIntake();

  // Until stop(), which any thread may call.
  void run();
  void stop();

  bool connected() const;
  uint64_t readings() const;  // taken since the start

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace anlan
