#include "protocols/hj212.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>

#include "protocols/check_sums.h"

namespace anlan {
namespace {

// The request of the standard's annex A: 101 characters, sum 1C80.
const std::string kAnnexSegment = "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&";
const std::string kAnnex = "##0101" + kAnnexSegment + "1C80\r\n";

const Hj212Header kDevice{"20260701080000123", "22", "2011", "123456", "010000A8900016F000169DC0", 5};
const char* const kCp =
    "DataTime=20260701080000;a34004-Rtd=35.5,a34004-Flag=N;a34002-Rtd=70,a34002-Flag=D;a21026-Rtd=x,a21026-Flag=N;"
    "w01018-Avg=12.5,w01018-Min=10,w01018-Max=15,w01018-Cou=1.25,w01018-Flag=S";

const UtcTime kNow = from_civil({2026, 7, 1, 8, 0, 5, 0}, 480);
const UtcTime kDataTime = from_civil({2026, 7, 1, 8, 0, 0, 0}, 480);

std::vector<DeviceEvent> feed(std::string_view bytes) {
  Hj212Centre centre;
  return centre.feed(bytes, kNow);
}

TEST(Hj212, check_sum_of_the_annex) {
  EXPECT_EQ(kAnnexSegment.size(), 101u);
  EXPECT_EQ(crc_hj212(kAnnexSegment), 0x1C80);
  EXPECT_NE(crc_sl651(kAnnexSegment), 0x1C80) << "it is not the usual sum";
}

TEST(Hj212, reads_and_writes_the_request_of_the_annex) {
  Hj212Decoder decoder;
  const auto pieces = decoder.feed(kAnnex);
  ASSERT_EQ(pieces.size(), 1u);
  const auto& p = pieces[0].packet;
  EXPECT_EQ(pieces[0].fault, FrameFault::kNone) << pieces[0].why;
  EXPECT_EQ(p.cn, "1062");
  EXPECT_EQ(p.mn, "010000A8900016F000169DC0");
  EXPECT_EQ(p.cp, "RtdInterval=30");
  EXPECT_TRUE(p.wants_answer());
  EXPECT_EQ(hj212_packet({"20160801085857223", "32", "1062", "100000", "010000A8900016F000169DC0", 5}, "RtdInterval=30"), kAnnex);
}

TEST(Hj212, reads_factors_with_their_flags) {
  const auto bytes = hj212_packet(kDevice, kCp);
  const auto events = feed(bytes);
  ASSERT_EQ(events.size(), 1u);
  const auto& e = events[0];
  EXPECT_EQ(e.kind, DeviceEventKind::kReport);
  EXPECT_EQ(e.report.device, "010000A8900016F000169DC0");
  EXPECT_EQ(e.report.function, 2011u);
  EXPECT_EQ(e.report.serial, 20260701080000123u);
  EXPECT_EQ(e.report.sent, kDataTime + milliseconds(123));
  EXPECT_EQ(e.credential, "123456");
  const std::vector<Observation> expected = {
      {"a34004-Rtd", 35.5, false, 'N', {}, kDataTime}, {"a34002-Rtd", 70, true, 'D', {}, kDataTime},
      {"a21026-Rtd", 0, true, 'N', {}, kDataTime},     {"w01018-Avg", 12.5, false, 'S', {}, kDataTime},
      {"w01018-Min", 10, false, 'S', {}, kDataTime},   {"w01018-Max", 15, false, 'S', {}, kDataTime},
      {"w01018-Cou", 1.25, false, 'S', {}, kDataTime}};
  EXPECT_EQ(e.report.observations, expected);

  Hj212Decoder device;
  const auto answer = device.feed(e.reply);
  ASSERT_EQ(answer.size(), 1u);
  EXPECT_EQ(answer[0].packet.cn, "9014");
  EXPECT_EQ(answer[0].packet.st, "91");
  EXPECT_EQ(answer[0].packet.qn, kDevice.qn);
  EXPECT_EQ(answer[0].packet.flag, 4u);
}

TEST(Hj212, answers_only_when_asked_and_knows_notices_and_answers) {
  auto quiet = kDevice;
  quiet.flag = 4;
  EXPECT_EQ(feed(hj212_packet(quiet, kCp)).at(0).reply, "");

  const auto notice = feed(hj212_wants_time(kDevice, kNow, "w01018")).at(0);
  EXPECT_EQ(notice.kind, DeviceEventKind::kNotice);
  EXPECT_EQ(notice.attachment, "PolId=w01018");
  EXPECT_NE(notice.reply.find("CN=9013;"), std::string::npos);

  Hj212Decoder device;
  const auto set = hj212_set_time(kDevice, kNow, kNow, "w01018");
  const auto request = device.feed(set).at(0).packet;
  EXPECT_EQ(request.cn, "1012");
  EXPECT_EQ(request.qn, "20260701080005000");
  EXPECT_EQ(request.cp, "PolId=w01018,SystemTime=20260701080005");
  const auto events = feed(hj212_request_answer(request, 1) + hj212_result(request, 1));
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0].report.function, 9011u);
  EXPECT_EQ(events[0].attachment, "QnRtn=1");
  EXPECT_EQ(events[1].attachment, "ExeRtn=1");
  EXPECT_EQ(events[1].report.serial, 20260701080005000u);
  EXPECT_EQ(events[1].reply, "");
  EXPECT_NE(hj212_ask_time(kDevice, kNow).find("CN=1011;"), std::string::npos);
}

TEST(Hj212, reads_a_device_of_2005) {
  // No QN, no Flag, a short MN, three-digit factors.
  Hj212Header old{"", "32", "2011", "123456", "88888880000001", 0};
  const auto event = feed(hj212_packet(old, "DataTime=20260701080000;011-Rtd=45.2,011-Flag=N")).at(0);
  EXPECT_EQ(event.report.device, "88888880000001");
  EXPECT_EQ(event.report.sent, kNow);
  EXPECT_EQ(event.report.observations.at(0).element, "011-Rtd");
  EXPECT_EQ(event.reply, "");
}

TEST(Hj212, joins_numbered_packets) {
  auto first = kDevice, second = kDevice;
  first.packets = second.packets = 2;
  first.packet = 1;
  second.packet = 2;
  const auto a = hj212_packet(first, "DataTime=20260701080000;a34004-Rtd=1"), b = hj212_packet(second, "a34002-Rtd=2");
  for (const auto& bytes : {a + b, b + a}) {
    const auto events = feed(bytes);
    ASSERT_EQ(events.size(), 2u);
    EXPECT_EQ(events[0].kind, DeviceEventKind::kFragment);
    EXPECT_NE(events[0].reply.find("PNUM=2;PNO="), std::string::npos);
    EXPECT_EQ(events[1].kind, DeviceEventKind::kReport);
    ASSERT_EQ(events[1].report.observations.size(), 2u);
    EXPECT_EQ(events[1].report.observations[1].at, kDataTime);
  }
  second.packets = 65;
  EXPECT_EQ(feed(hj212_packet(second, "")).at(0).fault, FrameFault::kFragments);
  second.packets = 2;
  second.packet = 3;
  EXPECT_EQ(feed(hj212_packet(second, "")).at(0).fault, FrameFault::kFragments);
}

TEST(Hj212, finds_packets_split_anywhere_joined_and_behind_garbage) {
  const auto all = hj212_packet(kDevice, kCp) + kAnnex;
  for (size_t cut = 0; cut <= all.size(); ++cut) {
    Hj212Decoder decoder;
    size_t good = 0, wrong = 0;
    for (const auto part : {std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)})
      for (const auto& piece : decoder.feed(part)) (piece.fault == FrameFault::kNone ? good : wrong)++;
    EXPECT_EQ(good, 2u) << cut;
    EXPECT_EQ(wrong, 0u) << cut;
    EXPECT_EQ(decoder.buffered(), 0u);
  }
  for (const char* garbage : {"#", "abc\r\n", "###", "##12", "##0", "##9999"}) {
    Hj212Decoder decoder;
    const auto pieces = decoder.feed(garbage + all);
    ASSERT_GE(pieces.size(), 3u) << garbage;
    EXPECT_EQ(pieces.back().packet.cn, "1062") << garbage;
    EXPECT_EQ(pieces[pieces.size() - 2].packet.cn, "2011") << garbage;
  }
}

TEST(Hj212, says_why_a_packet_is_wrong_and_goes_on) {
  for (size_t i = 0; i < kAnnex.size() - 2; ++i) {
    auto wrong = kAnnex;
    wrong[i] = static_cast<char>(wrong[i] ^ 1);
    Hj212Decoder decoder;
    auto pieces = decoder.feed(wrong + kAnnex + kAnnex);
    if (i == 2) continue;  // a length of 1101 swallows what follows, and is given up only by finish()
    ASSERT_GE(pieces.size(), 2u) << i;
    EXPECT_NE(pieces[0].fault, FrameFault::kNone) << i;
    EXPECT_EQ(pieces.back().packet.cn, "1062") << i;
  }
  Hj212Decoder decoder;
  const auto sum_of = [](const std::string& s) {
    char text[5];
    std::snprintf(text, sizeof text, "%04X", crc_hj212(s));
    return std::string(text);
  };
  for (const std::string segment : {"MN=1;CP=&&&&", "CN=2011;CP=&&&&", "CN=2011;MN=1;CP=", "CN=2011;MN=1;CP=&&", "CN=2011;MN=1;Flag=x;CP=&&&&", "CN=20111;MN=1;CP=&&&&",
                                    "CN=2011;Flag=5;CP=&&&&;MN=1"}) {
    char length[5];
    std::snprintf(length, sizeof length, "%04zu", segment.size());
    const auto pieces = decoder.feed("##" + std::string(length) + segment + sum_of(segment) + "\r\n");
    ASSERT_EQ(pieces.size(), 1u) << segment;
    EXPECT_EQ(pieces[0].fault, FrameFault::kMalformed) << segment;
  }
  auto long_name = kDevice;
  long_name.mn = std::string(4000, '1');
  EXPECT_EQ(feed(hj212_packet(long_name, "")).at(0).fault, FrameFault::kMalformed) << "an answer with this MN would not fit";
  EXPECT_EQ(feed(hj212_packet(kDevice, "DataTime=20261301080000;a34004-Rtd=1")).at(0).why, "DataTime is no date");
}

TEST(Hj212, keeps_no_more_than_one_packet) {
  Hj212Decoder decoder;
  for (int i = 0; i < 100; ++i) {
    (void)decoder.feed("##4096" + std::string(1000, 'x'));
    EXPECT_LE(decoder.buffered(), kHj212PacketMax);
  }
  Hj212Centre centre;
  const auto events = centre.feed_datagram("##0101QN=", kNow);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].fault, FrameFault::kLength);
}

TEST(Hj212, speed) {
  const auto bytes = hj212_packet(kDevice, kCp);
  Hj212Centre centre;
  size_t observations = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50'000; ++i)
    for (const auto& event : centre.feed(bytes, kNow)) observations += event.report.observations.size();
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(observations, 350'000u);
  std::printf("hj212: %.0f packets/s, %.0f observations/s, answers built\n", 50'000 / s, static_cast<double>(observations) / s);
}

}  // namespace
}  // namespace anlan
