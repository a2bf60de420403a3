// The conversation with a server, played by the test: what is sent, what follows from each answer, and how it resumes.
#include "protocols/seedlink.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>

#include "protocols/miniseed.h"

namespace anlan {
namespace {

using testing::HasSubstr;

const std::string kHello = "SeedLink v3.1 (2020.075) :: SLPROTO:3.1\r\nAnlan test\r\n";

std::string record_of(const std::string& network, const std::string& station, int64_t start_us = 1'702'915'140'000'000) {
  MiniseedRecord r{network, station, "00", "HNZ", start_us, 100};
  for (int i = 0; i < 100; ++i) r.counts.push_back(i * i % 97);
  return write_miniseed(r, 512).value().front();
}
std::string packet_of(uint32_t sequence, const std::string& record) {
  char head[9];
  std::snprintf(head, sizeof head, "SL%06X", sequence);
  return head + record;
}

SeedLinkConversation talk(const std::string& stations) { return SeedLinkConversation::with(read_seedlink_stations(stations).value()).value(); }

TEST(SeedLink, negotiates_one_by_one_and_hands_out_packets) {
  auto c = talk("BK_BRIB:01HN? BHZ,CE_58360");
  EXPECT_EQ(c.open(), "HELLO\r\n");
  EXPECT_EQ(c.feed("SeedLink v3").send, "");
  EXPECT_EQ(c.feed(kHello.substr(11)).send, "STATION BRIB BK\r\n");
  EXPECT_EQ(c.server(), "SeedLink v3.1 (2020.075) :: SLPROTO:3.1");
  EXPECT_EQ(c.feed("OK\r\n").send, "SELECT 01HN?\r\n");
  EXPECT_EQ(c.feed("OK\r\n").send, "SELECT BHZ\r\n");
  EXPECT_EQ(c.feed("ERROR\r\n").send, "DATA\r\n");
  EXPECT_EQ(c.feed("OK\r\n").send, "STATION 58360 CE\r\n");
  EXPECT_EQ(c.feed("OK\r\n").send, "DATA\r\n");
  EXPECT_EQ(c.keep_alive(), "");
  EXPECT_EQ(c.feed("OK\r\n").send, "END\r\n");
  EXPECT_TRUE(c.streaming());
  EXPECT_EQ(c.keep_alive(), "INFO ID\r\n");
  EXPECT_THAT(c.stations()[0].refused, HasSubstr("BHZ"));

  const auto one = record_of("BK", "BRIB"), two = record_of("CE", "58360");
  const std::string stream = packet_of(0x1A, one) + "SLINFO  " + std::string(512, ' ') + packet_of(0xFFFFFF, two);
  size_t packets = 0, info = 0;
  for (size_t at = 0; at < stream.size(); at += 100) {  // in any cut
    const auto news = c.feed(stream.substr(at, 100));
    EXPECT_EQ(news.fault, "");
    for (const auto& p : news.packets) EXPECT_EQ(p.record, packets++ == 0 ? one : two);
    info += news.info;
    EXPECT_LT(c.buffered(), kSeedLinkPacket + 100);
  }
  EXPECT_EQ(packets, 2u);
  EXPECT_EQ(info, 1u);
  EXPECT_EQ(c.stations()[0].last, 0x1Au);

  // The next connection goes on behind them; the number wraps.
  EXPECT_EQ(c.open(), "HELLO\r\n");
  c.feed(kHello);
  c.feed("OK\r\n");
  c.feed("OK\r\n");
  EXPECT_EQ(c.feed("OK\r\n").send, "DATA 00001B 2023,12,18,15,59,00\r\n");
  EXPECT_EQ(c.feed("ERROR\r\n").send, "DATA\r\n");  // the server no longer has it
  c.feed("OK\r\n");
  EXPECT_EQ(c.feed("OK\r\n").send, "DATA 000000 2023,12,18,15,59,00\r\n");
}

TEST(SeedLink, many_stations_go_in_one_batch) {
  std::string list;
  for (int i = 0; i < 12; ++i) list += "XX_S" + std::to_string(i) + ":HNZ,";
  auto c = talk(list);
  c.open();
  EXPECT_EQ(c.feed(kHello).send, "BATCH\r\n");
  const auto news = c.feed("OK\r\n");
  EXPECT_THAT(news.send, testing::StartsWith("STATION S0 XX\r\nSELECT HNZ\r\nDATA\r\nSTATION S1 XX\r\n"));
  EXPECT_THAT(news.send, testing::EndsWith("END\r\n"));
  EXPECT_TRUE(c.streaming());
  // A server that knows no batch is spoken to one by one.
  c.open();
  c.feed(kHello);
  EXPECT_EQ(c.feed("ERROR\r\n").send, "STATION S0 XX\r\n");
}

TEST(SeedLink, begins_at_a_time) {
  auto c = SeedLinkConversation::with({{"XX", "A", {}, UtcTime{1'702'915'140'000}}}).value();
  c.open();
  c.feed(kHello);
  EXPECT_EQ(c.feed("OK\r\n").send, "TIME 2023,12,18,15,59,00\r\n");
}

TEST(SeedLink, what_a_server_refuses) {
  auto c = talk("XX_A,XX_B:HNZ");
  c.open();
  EXPECT_EQ(c.feed(kHello).send, "STATION A XX\r\n");
  EXPECT_EQ(c.feed("ERROR UNKNOWN\r\n").send, "STATION B XX\r\n");
  c.feed("OK\r\n");
  const auto news = c.feed("ERROR\r\n");  // its only selector: nothing is left
  EXPECT_THAT(news.fault, HasSubstr("none of the stations"));
  EXPECT_EQ(c.feed("SL").packets.size(), 0u);
  c.open();  // but another connection may be tried
  EXPECT_EQ(c.feed(kHello).send, "STATION A XX\r\n");
}

TEST(SeedLink, what_is_no_server) {
  auto c = talk("XX_A");
  c.open();
  EXPECT_THAT(c.feed("HTTP/1.1 400 Bad Request\r\n").fault, HasSubstr("not a SeedLink server"));
  c.open();
  EXPECT_THAT(c.feed(std::string(5'000, 'x')).fault, HasSubstr("too long"));
  c.open();
  c.feed(kHello);
  EXPECT_THAT(c.feed("MAYBE\r\n").fault, HasSubstr("an answer that is none"));
  const auto streaming = [&] {
    c.open();
    c.feed(kHello);
    c.feed("OK\r\n");
    c.feed("OK\r\n");
    return c.streaming();
  };
  ASSERT_TRUE(streaming());
  EXPECT_THAT(c.feed("xSL").fault, HasSubstr("out of step"));
  ASSERT_TRUE(streaming());
  EXPECT_THAT(c.feed("SLxxxxxx" + std::string(512, ' ')).fault, HasSubstr("out of step"));
  ASSERT_TRUE(streaming());
  EXPECT_THAT(c.feed("ERR").fault, "");
  EXPECT_THAT(c.feed("OR\r\n").fault, HasSubstr("reports an error"));
  ASSERT_TRUE(streaming());
  EXPECT_TRUE(c.feed("END").ended);
  EXPECT_FALSE(c.streaming());
}

TEST(SeedLink, lists_of_stations) {
  const auto read = read_seedlink_stations(" IU_ANMO:00BH? HN? ,\n GE_WLF ,");
  ASSERT_TRUE(read.ok());
  ASSERT_EQ(read->size(), 2u);
  EXPECT_THAT((*read)[0].selectors, testing::ElementsAre("00BH?", "HN?"));
  EXPECT_EQ((*read)[1].station, "WLF");
  for (const auto* bad : {"", "ANMO", "IU_", "IUX_ANMO", "IU_ANMOXX", "IU_A*", "IU_ANMO:BHZ\r\nDATA", "IU_ANMO,IU_ANMO", "IU_ANMO:HN?_X"})
    EXPECT_EQ(!read_seedlink_stations(bad).ok(), std::string(bad) != "IU_ANMO:BHZ\r\nDATA") << bad;
  // What follows a line break is a selector, never a command.
  EXPECT_THAT(read_seedlink_stations("IU_ANMO:BHZ\r\nDATA").value()[0].selectors, testing::ElementsAre("BHZ", "DATA"));
}

TEST(SeedLink, origin_of_a_record) {
  const auto origin = origin_of_record(record_of("BK", "BRIB"));
  ASSERT_TRUE(origin.has_value());
  EXPECT_EQ(origin->network + origin->station + origin->location + origin->channel, "BKBRIB00HNZ");
  EXPECT_EQ(origin->start, UtcTime{1'702'915'140'000});
  EXPECT_FALSE(origin_of_record("short").has_value());
  EXPECT_FALSE(origin_of_record(std::string(512, '\x01')).has_value());
}

TEST(SeedLink, speed) {
  auto c = talk("XX_A");
  c.open();
  c.feed(kHello + "OK\r\nOK\r\n");
  std::string read;  // of 16 KiB
  for (uint32_t i = 0; i < 31; ++i) read += packet_of(i, record_of("XX", "A"));
  size_t packets = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10'000; ++i) packets += c.feed(read).packets.size();
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(packets, 310'000u);
  std::printf("seedlink: %.0f packets/s\n", static_cast<double>(packets) / s);
}

}  // namespace
}  // namespace anlan
