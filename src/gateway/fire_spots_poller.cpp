#include "gateway/fire_spots_poller.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/error_catalogue.h"
#include "signals/queries.h"

namespace anlan {
namespace {

namespace fs = std::filesystem;

// The key of FIRMS is a part of the address.
std::string without_key(const std::string& url) {
  const size_t host = url.find("://");
  return host == std::string::npos ? "FIRMS" : url.substr(0, url.find_first_of("/?", host + 3));
}

std::string hide(std::string text, const std::string& url) {
  for (size_t at; (at = text.find(url)) != std::string::npos;) text.replace(at, url.size(), without_key(url));
  return text;
}

constexpr size_t kPiece = size_t{1} << 20;

// One document, piece by piece, so that neither its detections nor its faults pile up.
class FirmsFile {
 public:
  FirmsFile(FireSpots& spots, const SpotRule& rule, UtcTime now) : spots_(spots), rule_(rule), now_(now) {}
  void feed(std::string_view piece) {
    reader_.feed(piece, detections_, faults_);
    pass_on();
  }
  bool finish() {  // false: no such file
    reader_.finish(detections_, faults_);
    pass_on();
    return reader_.has_columns();
  }
  std::string remark() const {
    std::string out;
    if (wrong_ > 0) out = std::to_string(wrong_) + " 行不可读 / lines cannot be read; " + std::to_string(first_.line) + ": " + std::string(first_.why);
    if (too_many_ > 0) out += (out.empty() ? "" : "; ") + std::to_string(too_many_) + " 个火点超出上限 / detections beyond the bound";
    return out;
  }

 private:
  void pass_on() {
    if (wrong_ == 0 && !faults_.empty()) first_ = faults_.front();
    wrong_ += faults_.size();
    too_many_ += spots_.take(detections_, rule_, now_).too_many;
    faults_.clear();
    detections_.clear();
  }

  FireSpots& spots_;
  const SpotRule& rule_;
  UtcTime now_;
  FirmsReader reader_;
  std::vector<FireDetection> detections_;
  std::vector<FirmsError> faults_;
  FirmsError first_;
  size_t wrong_ = 0, too_many_ = 0;
};

}  // namespace

bool FireSpotsPoller::begin() {
  const auto rules = node_.watch().rules();
  auto reader = node_.store().connect();
  if (!reader) return false;
  const auto standing = standing_alarms(**reader);
  if ((*reader)->failure()) return false;
  for (const auto& alarm : standing)
    if (alarm.rule == rules->spots.front().id) spots_.restore(alarm.link, alarm.place, alarm.level, alarm.at);
  return true;
}

void FireSpotsPoller::poll(UtcTime now) {
  if (source_.empty() || (due_ > now && due_ - now <= source_.every)) return;  // further away: the clock went back
  due_ = now + source_.every;
  const auto rules = node_.watch().rules();
  if (rules->spots.empty()) return tell("", "规则包没有 spot_rules，卫星火点不报警 / the pack has no spot_rules");
  if (!begun_ && !(begun_ = begin())) return;
  const SpotRule& rule = rules->spots.front();

  std::vector<ForestBlock> blocks;
  for (const auto& record : node_.records().within(kGuards, node_.settings().place))
    if (record.position) blocks.push_back({record.record, record.name, record.place, *record.position});
  spots_.set_blocks(std::move(blocks));
  spots_.set_places(node_.places().get(), node_.settings().place);

  bool complete = true;
  for (const auto& url : source_.urls) {
    const auto fetched = fetch(url, rule, now);
    if (!fetched) tell(url, hide(sentence(fetched.error(), Language::kZh) + " / " + sentence(fetched.error(), Language::kEn), url));
    else tell(url, "");
    complete = complete && fetched.ok();
  }
  if (!source_.folder.empty()) complete = read_folder(rule, now) && complete;
  for (const auto& wanted : spots_.judge(rule, complete, now)) node_.watch().say(wanted, now);
}

Result<void> FireSpotsPoller::fetch(const std::string& url, const SpotRule& rule, UtcTime now) {
  auto& etag = etags_[url];
  TRY(document, fetcher_.get(url, etag, kBytesMax, kTimeout));
  if (document.status == 304 && !etag.empty()) return {};
  if (document.status != 200) return Error(ErrorCode::kUnavailable, {{"what", without_key(url) + " (HTTP " + std::to_string(document.status) + ")"}});
  FirmsFile firms(spots_, rule, now);
  for (std::string_view rest = document.body; !rest.empty(); rest.remove_prefix(std::min(kPiece, rest.size()))) firms.feed(rest.substr(0, kPiece));
  // A refused key is answered with 200 and a sentence.
  if (!firms.finish()) return Error(ErrorCode::kInvalidFile, {{"why", "不是 FIRMS CSV / not a FIRMS CSV: " + document.body.substr(0, document.body.find('\n')).substr(0, 80)}});
  tell(url + " ", firms.remark());
  etag = document.etag;
  return {};
}

bool FireSpotsPoller::read_folder(const SpotRule& rule, UtcTime now) {
  std::error_code absent;
  std::vector<fs::path> files;
  for (fs::directory_iterator it(source_.folder, absent), end; !absent && it != end; it.increment(absent))
    if (it->path().extension() == ".csv") files.push_back(it->path());
  tell(source_.folder, absent ? "目录不可读 / the folder cannot be read: " + absent.message() : "");
  if (absent) return false;
  std::sort(files.begin(), files.end());
  if (files.size() > kFilesMax) files.erase(files.begin(), files.end() - static_cast<std::ptrdiff_t>(kFilesMax));
  bool complete = true;
  std::string piece(kPiece, '\0');
  for (const auto& file : files) {
    std::ifstream in(file, std::ios::binary);
    FirmsFile firms(spots_, rule, now);
    size_t bytes = 0;
    while (in && bytes <= kBytesMax) {
      in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
      bytes += static_cast<size_t>(in.gcount());
      firms.feed(std::string_view(piece).substr(0, static_cast<size_t>(in.gcount())));
    }
    const bool good = firms.finish() && bytes <= kBytesMax;
    tell(file.string(), bytes > kBytesMax ? "大于 32 MB / larger than 32 MB" : good ? firms.remark() : "不是 FIRMS CSV / not a FIRMS CSV");
    complete = complete && good;
  }
  return complete;
}

void FireSpotsPoller::tell(const std::string& source, const std::string& what) {
  auto& told = told_[source];
  if (told == what) return;
  told = what;
  if (told_.size() > 1000) told_.clear();
  const std::string name = source.find("://") == std::string::npos ? source : without_key(source);
  log_("fire spots: " + (name.empty() ? "" : name + ": ") + (what.empty() ? "可读 / readable again" : what));
}

}  // namespace anlan
