#include "protocols/json_batch.h"

#include <charconv>
#include <cmath>
#include <cstring>

namespace anlan {
namespace {

constexpr int64_t kMillisMax = 7'258'118'400'000;  // 2200-01-01, as in the ISO reader

void put_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
    out += static_cast<char>(0x80 | (c & 63));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  } else {
    out += static_cast<char>(0xF0 | c >> 18);
    out += static_cast<char>(0x80 | (c >> 12 & 63));
    out += static_cast<char>(0x80 | (c >> 6 & 63));
    out += static_cast<char>(0x80 | (c & 63));
  }
}

bool read_hex4(const char* p, const char* end, uint32_t& out) {
  if (end - p < 4) return false;
  const auto [after, code] = std::from_chars(p, p + 4, out, 16);
  return code == std::errc() && after == p + 4;
}

}  // namespace

BatchReader::Step BatchReader::next() {
  if (state_ == State::kDone) return Step::kEnd;
  if (state_ == State::kStart) {
    if (!open_batch()) return broken("the batch does not start with a list of readings");
    state_ = State::kFirstItem;
  }
  skip_space();
  if (eat(']')) {
    if (!close_batch()) return broken("the list of readings is followed by something else");
    state_ = State::kDone;
    return Step::kEnd;
  }
  if (state_ == State::kItem) {
    if (!eat(',')) return broken("a comma or the end of the list is missing");
    skip_space();
  }
  state_ = State::kItem;
  ++item_;
  error_ = {};
  complaint_ = nullptr;
  if (!read_item()) return broken("a reading is not JSON of the expected shape");
  if (!complaint_) return Step::kReading;
  error_ = complaint_;
  return Step::kError;
}

BatchReader::Step BatchReader::broken(const char* why) {
  state_ = State::kDone;
  if (error_.empty()) error_ = why;
  return Step::kBroken;
}

void BatchReader::skip_space() {
  while (p_ != end_ && (*p_ == ' ' || *p_ == '\n' || *p_ == '\r' || *p_ == '\t')) ++p_;
}

bool BatchReader::eat(char c) {
  if (p_ == end_ || *p_ != c) return false;
  ++p_;
  return true;
}

bool BatchReader::open_batch() {
  skip_space();
  if (eat('[')) return true;
  if (!eat('{')) return false;
  in_object_ = true;
  skip_space();
  std::string_view key;
  if (!read_text(key) || key != "readings") return false;
  skip_space();
  if (!eat(':')) return false;
  skip_space();
  return eat('[');
}

bool BatchReader::close_batch() {
  skip_space();
  if (in_object_) {
    if (!eat('}')) return false;
    skip_space();
  }
  return p_ == end_;
}

bool BatchReader::read_item() {
  if (eat('{')) return read_object();
  if (eat('[')) return read_array();
  return false;
}

bool BatchReader::read_object() {
  unsigned seen = 0;
  for (bool first = true;; first = false) {
    skip_space();
    if (eat('}')) break;
    if (!first) {
      if (!eat(',')) return false;
      skip_space();
    }
    std::string_view key;
    if (!read_text(key)) return false;
    const unsigned which = key == "link" ? 1 : key == "at" ? 2 : key == "value" ? 4 : 0;
    if (which == 0) return wrong("a key other than link, at, value");
    if (seen & which) return wrong("a key comes twice");
    seen |= which;
    skip_space();
    if (!eat(':')) return false;
    skip_space();
    if (!(which == 1 ? read_link() : which == 2 ? read_at() : read_value())) return false;
  }
  if (seen != 7 && !complaint_) complaint_ = "link, at or value is missing";
  return true;
}

bool BatchReader::read_array() {
  skip_space();
  if (!read_link()) return false;
  skip_space();
  if (!eat(',')) return false;
  skip_space();
  if (!read_at()) return false;
  skip_space();
  if (!eat(',')) return false;
  skip_space();
  if (!read_value()) return false;
  skip_space();
  return eat(']');
}

bool BatchReader::read_text(std::string_view& out) {
  if (!eat('"')) return false;
  const char* from = p_;
  for (; p_ != end_; ++p_) {
    const auto c = static_cast<unsigned char>(*p_);
    if (c == '"') {
      out = {from, static_cast<size_t>(p_ - from)};
      ++p_;
      return true;
    }
    if (c == '\\') break;
    if (c < 0x20) return wrong("a control character in a text");
  }
  scratch_.assign(from, p_);
  while (p_ != end_) {
    const auto c = static_cast<unsigned char>(*p_++);
    if (c == '"') {
      out = scratch_;
      return true;
    }
    if (c < 0x20) return wrong("a control character in a text");
    if (c == '\\') {
      if (!read_escape()) return wrong("a wrong escape in a text");
    } else {
      scratch_ += static_cast<char>(c);
    }
  }
  return wrong("a text is not closed");
}

bool BatchReader::read_escape() {
  if (p_ == end_) return false;
  switch (const char c = *p_++) {
    case '"':
    case '\\':
    case '/': scratch_ += c; return true;
    case 'b': scratch_ += '\b'; return true;
    case 'f': scratch_ += '\f'; return true;
    case 'n': scratch_ += '\n'; return true;
    case 'r': scratch_ += '\r'; return true;
    case 't': scratch_ += '\t'; return true;
    case 'u': break;
    default: return false;
  }
  uint32_t code = 0, low = 0;
  if (!read_hex4(p_, end_, code)) return false;
  p_ += 4;
  if (code >= 0xDC00 && code < 0xE000) return false;
  if (code >= 0xD800 && code < 0xDC00) {
    if (end_ - p_ < 6 || p_[0] != '\\' || p_[1] != 'u' || !read_hex4(p_ + 2, end_, low) || low < 0xDC00 || low >= 0xE000)
      return false;
    p_ += 6;
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  put_utf8(scratch_, code);
  return true;
}

bool BatchReader::read_link() {
  if (!read_text(reading_.link)) return false;
  if (reading_.link.empty() || reading_.link.size() > kLinkBytesMax) complaint_ = "the link is empty or longer than 256 bytes";
  if (reading_.link.data() == scratch_.data()) {
    link_.swap(scratch_);
    reading_.link = link_;
  }
  return true;
}

bool BatchReader::read_at() {
  if (p_ != end_ && *p_ == '"') {
    std::string_view text;
    if (!read_text(text)) return false;
    if (const auto at = parse_iso8601(text))
      reading_.at = *at;
    else
      complaint_ = "at is not a time with an offset";
    return true;
  }
  if (read_literal("null")) {
    complaint_ = "at is null";
    return true;
  }
  const char* const from = p_;
  double number = 0;
  if (!read_number(number)) return false;
  int64_t ms = 0;
  const auto [after, code] = std::from_chars(from, p_, ms);
  if (code != std::errc() || after != p_ || ms > kMillisMax || ms < -kMillisMax)
    complaint_ = "at is not whole milliseconds since 1970";
  reading_.at = {ms};
  return true;
}

bool BatchReader::read_value() {
  if (read_literal("null")) {
    complaint_ = "the value is null";
    return true;
  }
  if (p_ != end_ && *p_ == '"') {
    std::string_view text;
    if (!read_text(text)) return false;
    complaint_ = "the value is a text";
    return true;
  }
  if (read_literal("true") || read_literal("false")) {
    complaint_ = "the value is a boolean";
    return true;
  }
  return read_number(reading_.value);
}

// JSON's grammar is narrower than that of from_chars: no "inf", no leading zeros, digits on both sides of the point.
bool BatchReader::read_number(double& out) {
  const char* p = p_;
  if (p != end_ && *p == '-') ++p;
  const auto digits = [&] {
    const char* from = p;
    while (p != end_ && *p >= '0' && *p <= '9') ++p;
    return p - from;
  };
  const char first = p == end_ ? 0 : *p;
  const auto whole = digits();
  if (whole == 0 || (first == '0' && whole > 1)) return wrong("a number is expected");
  if (p != end_ && *p == '.' && (++p, digits() == 0)) return wrong("a number is expected");
  if (p != end_ && (*p == 'e' || *p == 'E')) {
    ++p;
    if (p != end_ && (*p == '+' || *p == '-')) ++p;
    if (digits() == 0) return wrong("a number is expected");
  }
  const auto [after, code] = std::from_chars(p_, p, out);
  if (code == std::errc::result_out_of_range) complaint_ = "a number is out of range";
  p_ = p;
  return true;
}

bool BatchReader::read_literal(std::string_view word) {
  if (static_cast<size_t>(end_ - p_) < word.size() || std::memcmp(p_, word.data(), word.size()) != 0) return false;
  p_ += word.size();
  return true;
}

}  // namespace anlan
