#include "protocols/jtt808.h"

#include <gmock/gmock.h>

#include <chrono>
#include <cstdio>

#include "base/hash.h"
#include "protocols/check_sums.h"
#include "protocols/packed_bytes.h"
#include "protocols/test_bytes.h"

namespace anlan {
namespace {

// Published sample messages; their sums are as printed.
const char* const kHeartbeat = "7e0002000001234567890100008a7e";
const char* const kAuthenticate2013 = "7e0102000b01234567890100003137323939383431373338b57e";
const char* const kAuthenticate2019 =
    "7e0102402f010000000001729984173800000b3137323939383431373338313233343536373839303132333435332e372e31350000000000000000000000000000227e";
const char* const kRegister2011 = "7e010000200123456789010000001f007363640000007777772e3830382e3736353433323101b2e24131323334a17e";
const char* const kRegister2013 =
    "7e0100002c0123456789010000001f007363640000007777772e3830382e636f6d0000000000000000003736353433323101b2e24131323334cc7e";
const char* const kRegister2019 =
    "7e0100405301000000000172998417380000001f007363640000000000000000007777772e3830382e636f6d00000000000000000000000000000000000000373635"
    "34333231000000000000000000000000000000000000000000000001b2e241313233343b7e";
const char* const kPosition = "7e0200001c0123456789010000000004000000080007203b7d0202633df70138000300632410012359591c7e";
const char* const kBatch =
    "7e0704003f0123456789010000000200001c000004000000080007203b7d0202633df7013800030063241001235959001c000004000000080007203b7d0202633df7"
    "013800030063241001235959b67e";
const char* const kRegistered = "7e8100000e01234567890100000000003132333435363738393031377e";

const UtcTime kAt = from_civil({2026, 7, 1, 8, 0, 5, 0}, 480);

Jtt808Position position() {
  Jtt808Position p;
  p.alarm = 1;
  p.status = 3;
  p.fixed = true;
  p.lat = 30.123456;
  p.lon = 120.654321;
  p.altitude_m = -12;
  p.speed_km_h = 61.5;
  p.direction_deg = 270;
  p.at = kAt;
  p.mileage_km = 12345.6;
  p.fuel_l = 40.5;
  p.signal = 25;
  p.satellites = 11;
  return p;
}
Jtt808Header header(uint16_t id, bool is_2019 = true) {
  Jtt808Header h;
  h.id = id;
  h.is_2019 = is_2019;
  h.phone = "13900001234";
  h.serial = 7;
  return h;
}
Jtt808Piece only(std::string_view bytes) {
  Jtt808Decoder decoder;
  auto pieces = decoder.feed(bytes);
  EXPECT_EQ(pieces.size(), 1u);
  pieces.at(0).raw = {};
  return pieces.at(0);
}
DeviceEvent event_of(std::string_view bytes) {
  Jtt808Centre centre;
  auto events = centre.feed(bytes);
  EXPECT_EQ(events.size(), 1u);
  events.at(0).raw = {};
  return events.at(0);
}

TEST(Jtt808, reads_the_published_messages) {
  const auto beat = event_of(from_hex(kHeartbeat));
  EXPECT_EQ(beat.kind, DeviceEventKind::kKeepAlive);
  EXPECT_EQ(beat.report.device, "12345678901");
  // The general answer to serial number 7FFF, with our own number 0.
  const Jtt808Header late{0x0002, false, 0, "12345678901", 0x7FFF, 0, 0};
  EXPECT_EQ(to_hex(event_of(jtt808_frame(late, {})).reply), "7e8001000501234567890100007fff0002008e7e");

  EXPECT_EQ(event_of(from_hex(kAuthenticate2013)).credential, "17299841738");
  const auto newer = event_of(from_hex(kAuthenticate2019));
  EXPECT_EQ(newer.kind, DeviceEventKind::kAuthenticate);
  EXPECT_EQ(newer.credential, "17299841738");
  EXPECT_EQ(newer.report.device, "17299841738");

  for (const auto* hex : {kRegister2011, kRegister2013, kRegister2019}) {
    const auto event = event_of(from_hex(hex));
    EXPECT_EQ(event.kind, DeviceEventKind::kRegister);
    const auto r = read_jtt808_registration(hex == kRegister2019, event.attachment);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->province, 31);
    EXPECT_EQ(r->city, 115);
    EXPECT_EQ(r->maker, "cd");
    EXPECT_EQ(r->model, hex == kRegister2011 ? "www.808." : "www.808.com");
    EXPECT_EQ(r->terminal, "7654321");
    EXPECT_EQ(r->plate_colour, 1);
    EXPECT_EQ(r->plate, "\xB2\xE2" "A1234");
  }
}

TEST(Jtt808, reads_positions_and_batches) {
  const auto event = event_of(from_hex(kPosition));
  ASSERT_EQ(event.report.observations.size(), 7u);
  EXPECT_EQ(event.report.observations[0].element, "lat");
  EXPECT_TRUE(event.report.observations[0].bad) << "the sample has no fix, and 119 degrees";
  EXPECT_EQ(event.report.observations[3].value, 0.3);
  EXPECT_EQ(event.report.observations[4].value, 99);
  EXPECT_EQ(event.report.observations[5].value, 1024);
  EXPECT_EQ(event.report.observations[0].at, from_civil({2024, 10, 1, 23, 59, 59, 0}, 480));
  const auto raw = read_jtt808_position(only(from_hex(kPosition)).body);
  EXPECT_EQ(raw->lat, 119.552894);
  EXPECT_EQ(raw->lon, 40.058359);
  EXPECT_EQ(raw->altitude_m, 312);

  const auto batch = event_of(from_hex(kBatch));
  EXPECT_EQ(batch.fault, FrameFault::kNone) << batch.why;
  EXPECT_EQ(batch.report.observations.size(), 14u);
}

TEST(Jtt808, writes_the_published_messages) {
  Jtt808Centre centre;
  (void)centre.feed(from_hex(kHeartbeat));
  Jtt808Centre fresh;
  auto registration = event_of(from_hex(kRegister2013));
  auto events = fresh.feed(from_hex(kRegister2013));
  EXPECT_EQ(events.at(0).reply, "");
  EXPECT_EQ(to_hex(fresh.registration_answer(0, 0, "12345678901")), kRegistered);
  Jtt808Header h{0x0002, false, 0, "12345678901", 0, 0, 0};
  EXPECT_EQ(to_hex(jtt808_frame(h, {})), kHeartbeat);
  h.id = 0x0102;
  EXPECT_EQ(to_hex(jtt808_frame(h, jtt808_authentication_body(false, "17299841738", {}, {}))), kAuthenticate2013);
  Jtt808Header newer{0x0102, true, 1, "17299841738", 0, 0, 0};
  EXPECT_EQ(to_hex(jtt808_frame(newer, jtt808_authentication_body(true, "17299841738", "123456789012345", "3.7.15"))), kAuthenticate2019);
  const Jtt808Registration r{31, 115, "cd", "www.808.com", "7654321", 1, "\xB2\xE2" "A1234"};
  h.id = 0x0100;
  EXPECT_EQ(to_hex(jtt808_frame(h, jtt808_registration_body(false, r))), kRegister2013);
}

TEST(Jtt808, writer_and_reader_agree) {
  for (const bool is_2019 : {true, false}) {
    const auto event = event_of(jtt808_frame(header(0x0200, is_2019), jtt808_position_body(position())));
    EXPECT_EQ(event.kind, DeviceEventKind::kReport);
    EXPECT_EQ(event.report.device, "13900001234");
    EXPECT_EQ(event.report.serial, 7u);
    ASSERT_EQ(event.report.observations.size(), 11u);
    const auto& o = event.report.observations;
    EXPECT_EQ(o[0], (Observation{"lat", 30.123456, false, 0, "deg", kAt}));
    EXPECT_EQ(o[1], (Observation{"lon", 120.654321, false, 0, "deg", kAt}));
    EXPECT_EQ(o[2].value, -12);
    EXPECT_EQ(o[3].value, 61.5);
    EXPECT_EQ(o[7], (Observation{"mileage", 12345.6, false, 0, "km", kAt}));
    EXPECT_EQ(o[10], (Observation{"satellites", 11, false, 0, {}, kAt}));
    const auto answer = only(event.reply);
    EXPECT_EQ(answer.header.id, 0x8001);
    EXPECT_EQ(answer.header.is_2019, is_2019);
    EXPECT_EQ(to_hex(answer.body), "0007020000");
  }
  auto south = position();
  south.lat = -33.5;
  south.lon = -70.25;
  const auto read = read_jtt808_position(jtt808_position_body(south));
  EXPECT_EQ(read->lat, -33.5);
  EXPECT_EQ(read->lon, -70.25);
}

TEST(Jtt808, sends_texts_and_requests) {
  Jtt808Centre centre;
  (void)centre.feed(jtt808_frame(header(0x0002), {}));
  const auto text = only(centre.text(0x0D, 1, "\xD7\xA2\xD2\xE2"));
  EXPECT_EQ(text.header.id, 0x8300);
  EXPECT_EQ(text.header.phone, "13900001234");
  EXPECT_EQ(to_hex(text.body), "0d01d7a2d2e2");
  EXPECT_EQ(only(centre.ask_position()).header.serial, text.header.serial + 1);
  // The terminal's answer.
  const auto event = centre.feed(jtt808_frame(header(0x0001), from_hex("0001 8300 00"))).at(0);
  EXPECT_EQ(event.kind, DeviceEventKind::kAnswer);
  EXPECT_EQ(to_hex(event.attachment), "0001830000");
  EXPECT_EQ(event.reply, "");
}

TEST(Jtt808, escapes_every_byte) {
  std::string body;
  for (int i = 0; i < 256; ++i) body += static_cast<char>(i);
  body += "\x7D\x7E\x7D\x01\x7D\x02";
  const auto frame = jtt808_frame(header(0x0900), body);
  EXPECT_EQ(frame.find('\x7E', 1), frame.size() - 1);
  EXPECT_EQ(only(frame).body, body);
  EXPECT_LE(jtt808_frame(header(0x0900), std::string(kJtt808BodyMax, '\x7E')).size(), kJtt808FrameMax);
}

TEST(Jtt808, joins_packets_and_asks_for_missing_ones) {
  std::string body = from_hex("0032 01");
  for (int i = 0; i < 50; ++i) {
    const auto item = jtt808_position_body(position());
    body += std::string(1, '\0') + static_cast<char>(item.size()) + item;
  }
  auto from = header(0x0704);
  from.serial = 65534;  // wraps
  const auto frames = jtt808_frames(from, body, 700);
  ASSERT_EQ(frames.size(), 4u);
  Jtt808Centre centre;
  DeviceEvent last;
  for (const auto& frame : frames) last = centre.feed(frame).at(0);
  EXPECT_EQ(last.kind, DeviceEventKind::kReport) << last.why;
  EXPECT_EQ(last.report.observations.size(), 50u * 11);
  EXPECT_LE(centre.buffered(), 1u);

  for (const size_t i : {0, 2, 3}) last = centre.feed(frames[i]).at(0);
  const auto request = only(last.reply);
  EXPECT_EQ(request.header.id, 0x8003);
  EXPECT_EQ(to_hex(request.body), "fffe010002");
  EXPECT_EQ(centre.feed(frames[1]).at(0).kind, DeviceEventKind::kReport);

  auto many = header(0x0801);
  many.packets = 300;
  many.packet = 1;
  EXPECT_EQ(centre.feed(jtt808_frame(many, "x")).at(0).fault, FrameFault::kFragments);
  many.packets = 3;
  many.packet = 4;
  EXPECT_EQ(centre.feed(jtt808_frame(many, "x")).at(0).fault, FrameFault::kFragments);
}

TEST(Jtt808, puts_an_image_together_and_answers_it) {
  std::string body, image = "\xFF\xD8\xFF" + std::string(5'000, 'j');
  put_u32(body, 77);
  body += std::string("\x00\x00\x01\x02", 4);  // image, JPEG, event, channel
  body += jtt808_position_body(position()).substr(0, 28);
  DeviceEvent last;
  Jtt808Centre centre;
  for (const auto& frame : jtt808_frames(header(0x0801), body + image, 700)) last = centre.feed(frame).at(0);
  EXPECT_EQ(last.kind, DeviceEventKind::kPicture);
  EXPECT_EQ(last.attachment, image);
  EXPECT_EQ(last.report.observations.at(0).element, "lat");
  const auto answer = only(last.reply);
  EXPECT_EQ(answer.header.id, 0x8800);
  EXPECT_EQ(to_hex(answer.body), "0000004d");
  body[4] = 1;  // sound
  EXPECT_EQ(event_of(jtt808_frame(header(0x0801), body + "abc")).kind, DeviceEventKind::kNotice);
  EXPECT_EQ(event_of(jtt808_frame(header(0x0801), body.substr(0, 20))).fault, FrameFault::kMalformed);
}

TEST(Jtt808, finds_messages_split_anywhere_joined_and_behind_garbage) {
  const auto all = from_hex(kHeartbeat) + from_hex(kPosition) + from_hex(kBatch);
  for (size_t cut = 0; cut <= all.size(); ++cut) {
    Jtt808Decoder decoder;
    size_t good = 0, wrong = 0;
    for (const auto part : {std::string_view(all).substr(0, cut), std::string_view(all).substr(cut)})
      for (const auto& piece : decoder.feed(part)) (piece.fault == FrameFault::kNone ? good : wrong)++;
    EXPECT_EQ(good, 3u) << cut;
    EXPECT_EQ(wrong, 0u) << cut;
    EXPECT_LE(decoder.buffered(), 1u) << "the last mark may open the next message";
  }
  // One mark between two messages; garbage; a begin without an end.
  const auto beat = from_hex(kHeartbeat);
  for (const auto& bytes : {beat + beat.substr(1), "abc" + beat + beat, "\x7E" "abc" + beat + beat, beat.substr(0, 8) + beat + beat}) {
    Jtt808Decoder decoder;
    size_t good = 0;
    for (const auto& piece : decoder.feed(bytes)) good += piece.fault == FrameFault::kNone;
    EXPECT_EQ(good, 2u) << to_hex(bytes);
  }
}

TEST(Jtt808, says_why_a_message_is_wrong_and_goes_on) {
  const auto beat = from_hex(kHeartbeat), good = from_hex(kPosition);
  for (size_t i = 1; i + 1 < beat.size(); ++i) {
    auto wrong = beat;
    wrong[i] = static_cast<char>(wrong[i] ^ 0x40);
    Jtt808Centre centre;
    const auto events = centre.feed(wrong + good);
    ASSERT_GE(events.size(), 2u);
    EXPECT_EQ(events[0].kind, DeviceEventKind::kFault) << i;
    EXPECT_EQ(events.back().kind, DeviceEventKind::kReport) << i;
  }
  EXPECT_EQ(only(from_hex("7e 0002000001234567890100008b 7e")).fault, FrameFault::kCheckSum);
  EXPECT_EQ(only(from_hex("7e 00027d03 7e")).fault, FrameFault::kMalformed);
  EXPECT_EQ(only(from_hex("7e 0002 7e")).fault, FrameFault::kLength);
  const auto unknown = event_of(jtt808_frame(header(0x0F01), "x"));
  EXPECT_EQ(unknown.fault, FrameFault::kUnknownFunction);
  EXPECT_EQ(to_hex(only(unknown.reply).body), "00070f0103") << "not supported";
  const auto cut = event_of(jtt808_frame(header(0x0200), jtt808_position_body(position()).substr(0, 30)));
  EXPECT_EQ(cut.fault, FrameFault::kMalformed);
}

TEST(Jtt808, keeps_no_more_than_one_message) {
  Jtt808Centre centre;
  for (int i = 0; i < 100; ++i) {
    (void)centre.feed(i % 10 == 0 ? "\x7E" + std::string(500, 'x') : std::string(500, 'x'));
    EXPECT_LE(centre.buffered(), kJtt808FrameMax);
  }
  Jtt808Centre datagrams;
  EXPECT_EQ(datagrams.feed_datagram(from_hex("7e 0002")).at(0).fault, FrameFault::kLength);
  EXPECT_EQ(datagrams.feed_datagram(from_hex(kHeartbeat)).at(0).kind, DeviceEventKind::kKeepAlive);
}

TEST(Jtt808, speed) {
  const auto frame = jtt808_frame(header(0x0200), jtt808_position_body(position()));
  Jtt808Centre centre;
  size_t observations = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 50'000; ++i)
    for (const auto& event : centre.feed(frame)) observations += event.report.observations.size();
  const double s = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_EQ(observations, 550'000u);
  std::printf("jtt808: %.0f positions/s, answers built\n", 50'000 / s);
}

}  // namespace
}  // namespace anlan
