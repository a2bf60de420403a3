// SeedLink 3, the client's side: bytes of the socket in, bytes to send and packets out. No socket, no clock.
//
//   -> HELLO                    <- two lines: the server and its version, the organisation
//   -> STATION sta net          <- OK or ERROR     for each station; then its
//   -> SELECT [LL]CCC[.T]       <- OK or ERROR     selectors, each, and where to begin:
//   -> DATA [next time] / TIME  <- OK or ERROR     behind the last packet received, at a time, or with what comes next
//   -> END                      <- SL + six hexadecimal digits + a record of 512 bytes, without end
//   -> INFO ID                  <- SLINFO + two bytes + a record; to see that the server is alive
//
// With many stations BATCH is tried first: then nothing but HELLO and BATCH is answered, and all is sent at once. What a
// server refuses is noted with the station and left out; without any station left it is a fault. After a fault the
// connection is of no more use; open() begins the next one and resumes every station behind its last packet.
//
// One thread. Bounds: between two feeds less than one packet or one line of kLineMax is kept; kStationsMax stations.
// Source: SeedLink 3.1 protocol (IRIS, SeisComP documentation).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/time.h"
#include "protocols/device_event.h"

namespace anlan {

constexpr size_t kSeedLinkPacket = 520, kSeedLinkRecord = 512;

struct SeedLinkStation {
  std::string network, station;
  std::vector<std::string> selectors;  // "HN?", "00HNZ.D", "!LOG"; none: everything
  std::optional<UtcTime> since;        // where to begin without a last packet; nothing: with what comes next
  // Kept by the conversation.
  std::optional<uint32_t> last;        // sequence number of the last packet, 24 bits
  std::optional<UtcTime> last_time;    // and the time of its first sample
  std::string refused;                 // what the server would not take of it, in this connection
};

struct SeedLinkPacket {
  uint32_t sequence = 0;
  std::string_view record;  // 512 bytes; until the next feed
};

// What follows from some bytes.
struct SeedLinkNews {
  std::string send;
  std::vector<SeedLinkPacket> packets;
  size_t info = 0;    // answers to INFO
  bool ended = false; // the server has no more and says so
  std::string fault;  // "" when all is well; otherwise close the connection
};

class SeedLinkConversation {
 public:
  static constexpr size_t kStationsMax = 20'000, kSelectorsMax = 32;  // of one station
  static constexpr size_t kLineMax = 1'024;
  static constexpr size_t kBatchFrom = 8;  // stations

  // kInvalidField for codes that are none, no stations, or too many; a station that comes twice.
  static Result<SeedLinkConversation> with(std::vector<SeedLinkStation> stations);

  // Begins a connection: what to send first.
  std::string open();
  SeedLinkNews feed(std::string_view bytes);
  // To send when the server has been silent; "" before it streams.
  std::string keep_alive() const;

  bool streaming() const { return state_ == State::streaming; }
  const std::vector<SeedLinkStation>& stations() const { return stations_; }
  const std::string& server() const { return server_; }  // its first line, printable
  size_t buffered() const { return buffer_.rest().size(); }

 private:
  enum class State { closed, greeting, organisation, batch, station, select, data, data_again, streaming, over };

  explicit SeedLinkConversation(std::vector<SeedLinkStation> stations) : stations_(std::move(stations)) {}
  void take_line(std::string_view line, SeedLinkNews& news);
  bool take_packet(std::string_view rest, SeedLinkNews& news);
  void note(const SeedLinkPacket& packet);
  void next_station(SeedLinkNews& news);
  void next_selector(SeedLinkNews& news);
  void begin(SeedLinkNews& news);
  void fail(SeedLinkNews& news, std::string why);
  std::string data_command(const SeedLinkStation& s) const;
  std::string everything() const;

  std::vector<SeedLinkStation> stations_;
  std::map<std::string, size_t, std::less<>> by_code_;  // "NET_STA"
  StreamBuffer buffer_;
  State state_ = State::closed;
  size_t at_ = 0, selector_ = 0;  // of what is being negotiated
  size_t accepted_ = 0, selectors_taken_ = 0;
  std::string server_;
};

// "IU_ANMO:00BH? HN?, GE_WLF" : stations of a server as an administrator writes them. kInvalidField.
Result<std::vector<SeedLinkStation>> read_seedlink_stations(std::string_view text);

// Of a record's header: who recorded it, without looking further. Nothing when the codes are not printable.
struct RecordOrigin {
  std::string network, station, location, channel;
  std::optional<UtcTime> start;  // without corrections
};
std::optional<RecordOrigin> origin_of_record(std::string_view record);

}  // namespace anlan
