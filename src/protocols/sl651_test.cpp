#include "protocols/sl651_centre.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>

#include "base/hash.h"
#include "protocols/check_sums.h"
#include "protocols/packed_bytes.h"
#include "protocols/test_bytes.h"

namespace anlan {
namespace {

// Frames as printed for the standard's annex and by stations in service; the sums are theirs.
const char* const kKeepAlive = "7E7E 01 0012345678 1234 2F 0008 02 0003 591011155111 03 6BCA";
const char* const kTestReport =
    "7E7E 01 0012345678 1234 30 002B 02 0003 591011154947 F1F1 0012345678 48 F0F0 5910111549"
    "2019 000005 2619 000005 3923 00000127 3812 1115 03 20FA";
const char* const kEvenReport =
    "7E7E 05 0011223344 03E8 31 004E 02 0031 170718110005 F1F1 0011223344 48 F0F0 1707181005 0418 000005 3923"
    "00000122 00000122 00000285 00010490 00010490 FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00010490 00010490 03 7AC7";
const char* const kTimedReport =
    "7E7E 05 0011223344 03E8 32 002B 02 0034 170718110016 F1F1 0011223344 48 F0F0 1707181100"
    "2019 000040 2619 000040 3923 00010490 3812 1099 03 A421";
const char* const kTimedAnswer = "7E7E 0011223344 05 03E8 32 8008 02 0034 170718110016 1B E5D4";
const char* const kManual = "7E7E 01 0012345678 1234 35 0011 02 0004 591011155145 F2F2 5120312E323334 03 4602";
const char* const kRainSeries =
    "7E7E 05 0011223344 03E8 3A 0025 02 0037 170718110226 F1F1 0011223344 48 F0F0 1707181005 F460 0500000014FFFFFFFFFF0000 03 074E";
const char* const kLevelSeries =
    "7E7E 05 0011223344 03E8 3A 0031 02 0038 170718110235 F1F1 0011223344 48 F0F0 1707181005 F5C0"
    "000C000C001C00310031FFFFFFFFFFFFFFFFFFFF00310031 03 3CAF";
const char* const kStatus = "7E7E 05 0011223344 1234 46 0015 02 0023 170718102008 F1F1 0011223344 4520 00000400 03 15C1";
const char* const kPumps =
    "7E7E 05 0011223344 1234 44 002F 02 0021 170718101949 F1F1 0011223344 48 F0F0 1707181019"
    "7011FFFF 7111FFFF 7211FFFF 7311FFFF 7411FFFF 7511FFFF 03 3703";
const char* const kVersion = "7E7E 05 0011223344 1234 45 0021 02 0022 170718101955 F1F1 0011223344 114441544138362D53572D56312E32284829 03 C476";

UtcTime beijing(int year, int month, int day, int hour, int minute, int second = 0) {
  return from_civil({year, month, day, hour, minute, second, 0}, 480);
}
const UtcTime kNow = beijing(2026, 7, 1, 8, 0, 5);

std::vector<DeviceEvent> feed(std::string_view bytes, Sl651CentreOptions options = {}) {
  Sl651Centre centre(options);
  return centre.feed(bytes, kNow);
}
DeviceEvent only(const std::string& bytes) {
  Sl651Centre centre;
  auto events = centre.feed(bytes, kNow);
  EXPECT_EQ(events.size(), 1u);
  events.at(0).raw = {};
  return std::move(events.at(0));
}
std::vector<double> values(const DeviceEvent& event) {
  std::vector<double> out;
  for (const auto& o : event.report.observations) out.push_back(o.bad ? -999 : o.value);
  return out;
}

TEST(Sl651, check_sum_of_the_published_vector) { EXPECT_EQ(crc_sl651("123456789"), 0x4B37); }

TEST(Sl651, reads_the_test_report_of_the_annex) {
  const auto event = only(from_hex(kTestReport));
  EXPECT_EQ(event.kind, DeviceEventKind::kReport);
  EXPECT_EQ(event.report.device, "0012345678");
  EXPECT_EQ(event.report.function, 0x30u);
  EXPECT_EQ(event.report.serial, 3u);
  EXPECT_EQ(event.report.sent, beijing(2059, 10, 11, 15, 49, 47));
  EXPECT_EQ(event.credential, "1234");
  const auto at = beijing(2059, 10, 11, 15, 49);
  const std::vector<Observation> expected = {
      {"20", 0.5, false, 0, "mm", at}, {"26", 0.5, false, 0, "mm", at}, {"39", 0.127, false, 0, "m", at}, {"38", 11.15, false, 0, "V", at}};
  EXPECT_EQ(event.report.observations, expected);
  EXPECT_EQ(key_of(event.report, event.report.observations[0]), (ObservationKey{"0012345678", 0x30, 3, at}));
}

TEST(Sl651, keep_alive_wants_no_answer) {
  const auto event = only(from_hex(kKeepAlive));
  EXPECT_EQ(event.kind, DeviceEventKind::kKeepAlive);
  EXPECT_EQ(event.reply, "");
}

TEST(Sl651, expands_series_from_the_time_of_the_first_group) {
  const auto even = only(from_hex(kEvenReport));
  EXPECT_THAT(values(even), testing::ElementsAre(0.122, 0.122, 0.285, 10.49, 10.49, -999, -999, -999, -999, -999, 10.49, 10.49));
  EXPECT_EQ(even.report.observations.front().at, beijing(2017, 7, 18, 10, 5));
  EXPECT_EQ(even.report.observations.back().at, beijing(2017, 7, 18, 11, 0));

  const auto rain = only(from_hex(kRainSeries));
  EXPECT_THAT(values(rain), testing::ElementsAre(0.5, 0, 0, 0, 2, -999, -999, -999, -999, -999, 0, 0));
  EXPECT_EQ(rain.report.observations.back().at, beijing(2017, 7, 18, 11, 0));
  EXPECT_EQ(rain.report.observations[0].element, "F4");

  const auto level = only(from_hex(kLevelSeries));
  EXPECT_THAT(values(level), testing::ElementsAre(0.12, 0.12, 0.28, 0.49, 0.49, -999, -999, -999, -999, -999, 0.49, 0.49));
}

TEST(Sl651, a_series_named_by_its_hour_does_not_reach_into_the_future) {
  const std::vector<std::optional<double>> mm(12, 0.5);
  const auto at = beijing(2026, 7, 1, 8, 0);
  Sl651Frame frame;
  frame.station = "0062315001";
  frame.function = 0x34;
  Sl651Writer writer(9, kNow);
  frame.content = writer.station(frame.station).observed(at).rain_series(mm).element(0x26, 40.5, 3, 1).content();
  const auto event = only(sl651_frame(frame));
  ASSERT_EQ(event.report.observations.size(), 13u);
  EXPECT_EQ(event.report.observations[0].at, beijing(2026, 7, 1, 7, 5));
  EXPECT_EQ(event.report.observations[11].at, at);
  EXPECT_EQ(event.report.observations[12].at, at);
}

TEST(Sl651, reads_status_version_manual_text_and_invalid_values) {
  const auto state = only(from_hex(kStatus));
  ASSERT_EQ(state.report.observations.size(), 1u);
  EXPECT_EQ(state.report.observations[0].element, "45");
  EXPECT_EQ(state.report.observations[0].value, 0x400);

  const auto version = only(from_hex(kVersion));
  EXPECT_EQ(version.kind, DeviceEventKind::kAnswer);
  EXPECT_EQ(version.attachment.substr(1), "DATA86-SW-V1.2(H)");
  EXPECT_EQ(version.reply, "");

  const auto manual = only(from_hex(kManual));
  EXPECT_EQ(manual.kind, DeviceEventKind::kText);
  EXPECT_EQ(manual.attachment, "Q 1.234");

  EXPECT_THAT(values(only(from_hex(kPumps))), testing::ElementsAre(-999, -999, -999, -999, -999, -999));
}

TEST(Sl651, answers_by_mode) {
  // The centre's answer of the annex, down to the sum.
  Sl651Centre centre;
  const auto now = beijing(2017, 7, 18, 11, 0, 16);
  EXPECT_EQ(to_hex(centre.feed(from_hex(kTimedReport), now).at(0).reply), to_hex(from_hex(kTimedAnswer)));

  Sl651Decoder station;
  const auto reply = feed(from_hex(kTimedReport), {true, false}).at(0).reply;
  const auto pieces = station.feed(reply);
  ASSERT_EQ(pieces.size(), 1u);
  EXPECT_FALSE(pieces[0].frame.up);
  EXPECT_EQ(pieces[0].frame.end, Sl651End::kEot);
  EXPECT_EQ(pieces[0].frame.station, "0011223344");
  EXPECT_EQ(read_sl651_content(pieces[0].frame.content)->serial, 0x34);

  EXPECT_EQ(feed(from_hex(kTimedReport), {false, true}).at(0).reply, "") << "M1";
  EXPECT_EQ(feed(from_hex(kRainSeries)).at(0).reply, "") << "M4";
}

TEST(Sl651, builds_the_requests_of_the_annex) {
  Sl651Frame to;
  to.centre = 1;
  to.station = "0012345678";
  to.password = 0x1234;
  to.function = 0x37;
  EXPECT_EQ(to_hex(sl651_request(to, 0, beijing(2017, 7, 18, 9, 54, 4))),
            to_hex(from_hex("7E7E 0012345678 01 1234 37 8008 02 0000 170718095404 05 ABC8")));
  to.function = 0x36;
  EXPECT_EQ(to_hex(sl651_request(to, 0, beijing(2017, 7, 18, 9, 52, 55))),
            to_hex(from_hex("7E7E 0012345678 01 1234 36 8008 02 0000 170718095255 05 BB17")));
}

TEST(Sl651, writer_and_reader_agree) {
  const auto at = beijing(2026, 7, 1, 7, 55);
  Sl651Frame frame;
  frame.station = "0062315001";
  frame.password = 0xABCD;
  frame.function = 0x33;
  const std::vector<std::optional<double>> levels = {1.25, std::nullopt, 2, 3, 4, 5, 6, 7, 8, 9, 10, 655.34};
  Sl651Writer writer(65535, kNow);
  frame.content = writer.station(frame.station, 'K').observed(at).element(0x39, -1.234, 4, 3).element(0x38, 12.05, 2, 2)
                      .element(0x27, 1234.567, 5, 3).element(0x39, std::nullopt, 4, 3).element(0x38, 1e6, 2, 2).status(0x105).level_series(levels).content();
  const auto event = only(sl651_frame(frame));
  EXPECT_EQ(event.why, "");
  EXPECT_THAT(values(event), testing::ElementsAre(-1.234, 12.05, 1234.567, -999, -999, 0x105, 1.25, -999, 2, 3, 4, 5, 6, 7, 8, 9, 10, 655.34));
  EXPECT_EQ(event.report.serial, 65535u);
}

TEST(Sl651, finds_frames_split_anywhere_joined_and_behind_garbage) {
  const auto one = from_hex(kTestReport), two = from_hex(kTimedReport);
  for (size_t cut = 0; cut <= one.size() + two.size(); ++cut) {
    Sl651Centre centre;
    const auto all = one + two;
    size_t reports = 0;
    for (const auto part : {std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)})
      for (const auto& event : centre.feed(part, kNow)) reports += event.kind == DeviceEventKind::kReport;
    EXPECT_EQ(reports, 2u) << cut;
    EXPECT_EQ(centre.buffered(), 0u);
  }
  for (const std::string& garbage : {std::string("\x7E"), std::string("abc"), std::string("\x7E\x7E"), std::string("\x7E\x7E\x01\x7E\x7E"), one.substr(0, 30)}) {
    const auto events = feed(garbage + one + two);
    ASSERT_GE(events.size(), 2u) << to_hex(garbage);
    EXPECT_EQ(events[events.size() - 1].report.function, 0x32u) << to_hex(garbage);
    EXPECT_EQ(events[events.size() - 2].report.function, 0x30u) << to_hex(garbage);
    EXPECT_EQ(events[0].kind, DeviceEventKind::kFault);
  }
}

TEST(Sl651, says_why_a_frame_is_wrong_and_goes_on) {
  const auto good = from_hex(kTimedReport);
  for (size_t i = 14; i < good.size(); ++i) {
    auto wrong = good;
    wrong[i] = static_cast<char>(wrong[i] ^ 0x20);
    const auto events = feed(wrong + good);
    ASSERT_GE(events.size(), 2u) << i;
    EXPECT_EQ(events[0].kind, DeviceEventKind::kFault);
    EXPECT_THAT(events[0].fault, testing::AnyOf(FrameFault::kCheckSum, FrameFault::kLength)) << i;
    EXPECT_EQ(events.back().kind, DeviceEventKind::kReport);
  }
  auto unknown = from_hex("7E7E 01 0012345678 1234 60 0008 02 0003 591011155111 03");
  put_u16(unknown, crc_sl651(unknown));
  EXPECT_EQ(feed(unknown).at(0).fault, FrameFault::kUnknownFunction);
  EXPECT_EQ(feed(unknown).at(0).report.device, "0012345678");

  // A report that is whole but ends in the middle of an element: what came before is kept, and it is acknowledged.
  Sl651Frame frame;
  frame.function = 0x32;
  Sl651Writer writer(1, kNow);
  frame.content = writer.station("1").observed(kNow).element(0x38, 12, 2, 2).raw("\x39\x23\x01").content();
  const auto event = only(sl651_frame(frame));
  EXPECT_EQ(event.fault, FrameFault::kMalformed);
  EXPECT_EQ(event.why, "element 39 is cut off");
  EXPECT_EQ(event.report.observations.size(), 1u);
  EXPECT_NE(event.reply, "");
}

TEST(Sl651, keeps_no_more_than_one_frame) {
  Sl651Centre centre;
  const std::string header = from_hex("7E7E 01 0012345678 1234 32 0FFF 02");
  for (int i = 0; i < 100; ++i) {
    (void)centre.feed(std::string(1000, 'x'), kNow);
    (void)centre.feed(header, kNow);
    EXPECT_LE(centre.buffered(), kSl651FrameMax);
  }
  Sl651Centre datagrams;
  const auto events = datagrams.feed_datagram(header, kNow);
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].fault, FrameFault::kLength);
  EXPECT_EQ(datagrams.buffered(), 0u);
}

TEST(Sl651, puts_a_picture_together_and_asks_for_what_is_missing) {
  std::string jpeg;
  for (int i = 0; i < 5000; ++i) jpeg += static_cast<char>(i * 31);
  Sl651Frame from;
  from.station = "0012345678";
  from.function = 0x36;
  Sl651Writer writer(5, kNow);
  const auto packets = sl651_packets(from, writer.station(from.station).observed(kNow).raw("\xF3\xF3").raw(jpeg).content(), 1000);
  ASSERT_EQ(packets.size(), 6u);

  Sl651Centre centre;
  DeviceEvent last;
  for (const auto& packet : packets) last = centre.feed(packet, kNow).at(0);
  EXPECT_EQ(last.kind, DeviceEventKind::kPicture);
  EXPECT_EQ(last.attachment, jpeg);
  EXPECT_EQ(last.report.serial, 5u);
  EXPECT_NE(last.reply, "");

  for (const size_t i : {0, 1, 3, 5}) last = centre.feed(packets[i], kNow).at(0);
  Sl651Decoder station;
  auto nak = station.feed(last.reply).at(0).frame;
  EXPECT_EQ(nak.end, Sl651End::kNak);
  EXPECT_EQ(nak.packet, 3);
  EXPECT_EQ(nak.packets, 6);
  EXPECT_EQ(read_sl651_content(nak.content)->serial, 5);
  last = centre.feed(packets[2], kNow).at(0);
  EXPECT_EQ(station.feed(last.reply).at(0).frame.packet, 5);
  last = centre.feed(packets[4], kNow).at(0);
  EXPECT_EQ(last.kind, DeviceEventKind::kPicture);
  EXPECT_EQ(centre.buffered(), 0u);
}

TEST(Sl651, first_packet_of_the_printed_picture) {
  // Header of packet 1 of 13 with the picture cut short; sums are computed here.
  auto packet = from_hex("7E7E 01 0012345678 1234 36 0020 16 00D001 0005 591011161118 F1F1 0012345678 48 F0F0 5910111611 F3F3 FFD8FFE0 17");
  put_u16(packet, crc_sl651(packet));
  Sl651Decoder decoder;
  const auto frame = decoder.feed(packet).at(0).frame;
  EXPECT_EQ(frame.packets, 13);
  EXPECT_EQ(frame.packet, 1);
  EXPECT_EQ(feed(packet).at(0).kind, DeviceEventKind::kFragment);
}

TEST(Sl651, bounds_a_message_in_packets) {
  Sl651Frame from;
  from.station = "1";
  from.function = 0x36;
  from.packets = 1000;
  Sl651Centre centre;
  const std::string content(4000, 'x');
  size_t faults = 0;
  for (uint16_t i = 2; i <= 1000; ++i) {
    from.packet = i;
    from.content = content;
    from.end = Sl651End::kEtb;
    for (const auto& event : centre.feed(sl651_frame(from), kNow)) faults += event.fault == FrameFault::kFragments;
    EXPECT_LE(centre.buffered(), Sl651Centre::kMessageBytesMax);
  }
  EXPECT_GE(faults, 1u);
  from.packets = 2000;
  from.packet = 1;
  EXPECT_EQ(centre.feed(sl651_frame(from), kNow).at(0).fault, FrameFault::kFragments);
}

TEST(Sl651, speed) {
  std::string stream;
  for (int i = 0; i < 1000; ++i) stream += from_hex(i % 2 ? kTimedReport : kEvenReport);
  Sl651Centre centre;
  size_t frames = 0, observations = 0, reply_bytes = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < 100; ++round)
    for (size_t at = 0; at < stream.size(); at += 8192)
      for (const auto& event : centre.feed(std::string_view(stream).substr(at, 8192), kNow))
        ++frames, observations += event.report.observations.size(), reply_bytes += event.reply.size();
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(frames, 100'000u);
  EXPECT_EQ(observations, 800'000u);
  EXPECT_GT(reply_bytes, 0u);
  std::printf("sl651: %.0f frames/s, %.0f observations/s, answers built\n", frames / s, observations / s);
}

}  // namespace
}  // namespace anlan
