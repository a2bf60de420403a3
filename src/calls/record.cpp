#include "calls/record.h"

#include <fmt/format.h>

#include "calls/record_rows.h"
#include "calls/record_words.h"
#include "documents/csv.h"
#include "documents/pdf.h"
#include "documents/xlsx_write.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string number_text(int64_t n) { return std::to_string(n); }

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& p : parts) text += (text.empty() ? "" : "；") + p;
  return text;
}

// A cell of a PDF holds 8 KiB, one of a workbook 32,767 characters. Cuts between characters.
std::string shortened(std::string text) {
  constexpr size_t kBytesMax = 6'000;
  if (text.size() <= kBytesMax) return text;
  size_t end = kBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "…";
}

// "3 (37.5%)"; of nothing there is no share.
std::string share(int64_t part, int64_t whole) { return whole ? fmt::format("{} ({:.1f}%)", part, 100.0 * static_cast<double>(part) / static_cast<double>(whole)) : number_text(part); }

std::string title_of(const RecordSource& s, const RoundRow& round) {
  const bool rehearsal = round.mode == RoundMode::rehearsal;
  return either(s.language, rehearsal ? "预警叫应演练记录" : "预警叫应记录", rehearsal ? "Call record (rehearsal)" : "Call record");
}

std::string level_word(const RecordSource& s, WarningLevel level) {
  const auto id = std::string(boost::describe::enum_to_string(level, ""));
  for (const auto& l : s.pack.levels)
    if (l.id == id) return s.language == Language::kZh ? l.zh : l.en;
  return id;
}

PdfMark level_mark(WarningLevel level) {
  switch (level) {
    case WarningLevel::red: return kRedMark;
    case WarningLevel::orange: return kOrangeMark;
    case WarningLevel::yellow: return kYellowMark;
    case WarningLevel::blue: break;
  }
  return kBlueMark;
}

std::string watermark(const RecordSource& s, const RecordHead& head, const RoundRow& round) {
  std::string text;
  if (round.mode == RoundMode::rehearsal) text = either(s.language, "演练", "EXERCISE");
  if (head.generated) text += (text.empty() ? "" : "　") + std::string(either(s.language, "生成数据", "GENERATED DATA"));
  return text;
}

// The figures of the first page and of the sheet 概况, but for the level, which is drawn.
Pairs overview(const RecordSource& s, const RecordHead& head, const BoardView& v) {
  const auto& r = v.round;
  const auto& t = v.all;
  auto when = [&](std::optional<UtcTime> at) { return at ? to_iso8601(*at, head.utc_offset_minutes).substr(0, 19).replace(10, 1, " ") : std::string(either(s.language, "—", "-")); };
  auto w = [&](const char* zh, const char* en) { return std::string(either(s.language, zh, en)); };
  return {{w("预警", "Warning"), head.headline},
          {w("预警编号", "Warning number"), fmt::format("{}-{}", r.warning.value, r.version)},
          {w("灾种", "Hazard"), head.hazard},
          {w("影响区域", "Area"), head.area_label},
          {w("发布单位", "Issuer"), head.node_name},
          {w("起草", "Drafted by"), head.drafter},
          {w("批准", "Approved by"), head.approver.empty() ? w("—", "-") : head.approver},
          {w("发布时间", "Issued"), when(head.issued_at)},
          {w("有效期至", "Valid until"), when(head.expires)},
          {w("叫应编号", "Round"), number_text(r.id.value)},
          {w("叫应方式", "Mode"), r.mode == RoundMode::rehearsal ? w("演练（不拨出）", "rehearsal") : w("正式", "live")},
          {w("叫应开始", "Opened"), when(r.opened_at)},
          {w("叫应结束", "Closed"), r.closed_at ? when(r.closed_at) : std::string(word(r.state, s.language))},
          {w("应叫", "Due"), number_text(t.due)},
          {w("已叫", "Called"), share(t.called, t.due)},
          {w("已应", "Answered"), share(t.answered, t.due)},
          {w("未应", "Silent"), share(t.silent(), t.due)},
          {w("岗位空缺", "Vacant posts"), number_text(t.vacant)},
          {w("未应已转呼", "Passed on"), number_text(t.escalated)},
          {w("无人可转", "Nobody left"), number_text(t.exhausted)},
          {w("需要支援或无法执行", "Needs support or cannot act"), number_text(t.attention)},
          {w("报告转移人数", "People moved, as reported"), number_text(t.people_moved)},
          {w("制表时间", "Printed"), when(head.printed_at)}};
}

std::string place_title(const RecordSource& s, PlaceCode code) {
  const auto name = s.places.short_name(code);
  return name.empty() ? code.text() : name;
}

bool silent(const CallDetails& c) { return c.row.kind == CallKind::holder && c.row.state != CallState::answered && c.row.state != CallState::covered; }

std::string answered_instead(const RecordSource& s, const RecordLine& l) {
  return l.covered_by.empty() ? std::string() : either(s.language, "代应：", "answered instead: ") + l.covered_by;
}

}  // namespace

Result<std::string> record_pdf(const RecordSource& s, const RecordHead& head, const BoardView& v) {
  const auto& round = v.round;
  auto w = [&](const char* zh, const char* en) { return std::string(either(s.language, zh, en)); };
  PdfReport report;
  report.title = title_of(s, round);
  report.subtitles = {head.headline, head.node_name};
  report.footer = head.node_name + "　" + report.title + " " + number_text(round.id.value);
  report.watermark = watermark(s, head, round);
  report.created = head.printed_at;

  PdfKeyValues facts;
  for (auto& [name, text] : overview(s, head, v)) {
    facts.items.emplace_back(name, PdfCell(text));
    if (facts.items.size() == 3) facts.items.emplace_back(w("级别", "Level"), PdfCell(level_word(s, round.level), level_mark(round.level), true));
  }
  report.blocks.emplace_back(std::move(facts));
  report.blocks.emplace_back(PdfParagraph{w("叫应内容：", "Message: ") + round.message});

  report.blocks.emplace_back(PdfHeading{w("应答分类", "Answers by meaning")});
  PdfTable meanings{{{w("应答", "Answer"), 3}, {w("次数", "Count"), 1, PdfAlign::kRight}, {w("人数合计", "Number"), 1, PdfAlign::kRight}}, {}};
  for (const auto& a : s.pack.answers)
    if (const auto it = v.answers.find(a.id); it != v.answers.end() && it->second.first > 0)
      meanings.rows.push_back({s.language == Language::kZh ? a.zh : a.en, number_text(it->second.first), a.number.empty() ? "" : number_text(it->second.second)});
  report.blocks.emplace_back(std::move(meanings));

  report.blocks.emplace_back(PdfHeading{w("分区域统计", "By place")});
  PdfTable towns{{{w("区域", "Place"), 3}, {w("应叫", "Due"), 1, PdfAlign::kRight}, {w("已叫", "Called"), 1, PdfAlign::kRight}, {w("已应", "Answered"), 1, PdfAlign::kRight},
                  {w("未应", "Silent"), 1, PdfAlign::kRight}, {w("空缺", "Vacant"), 1, PdfAlign::kRight}, {w("需支援", "Attention"), 1, PdfAlign::kRight}}, {}};
  for (const auto& [code, c, own] : v.rows)
    towns.rows.push_back({place_title(s, code) + (own ? w("本级", ", own posts") : ""), number_text(c.due), number_text(c.called), number_text(c.answered), number_text(c.silent()), number_text(c.vacant), number_text(c.attention)});
  report.blocks.emplace_back(std::move(towns));

  const std::vector<PdfColumn> columns{{w("序号", "No."), 0.7}, {w("地点", "Place"), 1.6}, {w("岗位", "Post"), 1.8}, {w("姓名", "Name"), 1.1}, {w("状态", "State"), 1.2},
                                       {w("每次呼叫", "Attempts"), 3}, {w("应答", "Answers"), 2.2}};
  PdfTable silent_ones{columns, {}}, all{columns, {}};
  size_t silent_count = 0, count = 0;
  each_record_line(s, round, [&](const RecordLine& l) {
    auto cells = [&]() -> std::vector<PdfCell> {
      std::string name = l.person;
      if (l.call.row.kind != CallKind::holder) name += std::string(either(s.language, "（", " (")) + word(l.call.row.kind, s.language) + either(s.language, "）", ")");
      std::string answers = answers_text(s, head, l);
      const auto instead = answered_instead(s, l);
      if (!instead.empty()) answers += (answers.empty() ? "" : "；") + instead;
      // A cell holds at most 8 KiB.
      return {number_text(l.call.row.seq), l.place, l.title, name, word(l.call.row.state, s.language), shortened(attempts_text(s, head, l, "\n")), shortened(std::move(answers))};
    };
    if (silent(l.call) && silent_count++ < kPdfCallsMax) silent_ones.rows.push_back(cells());
    if (count++ < kPdfCallsMax) all.rows.push_back(cells());
  });
  auto rest = [&](size_t shown) {
    return PdfParagraph{s.language == Language::kZh ? fmt::format("以上为前 {} 条，全部见表格文件。", shown) : fmt::format("These are the first {}; the tables have all.", shown)};
  };
  report.blocks.emplace_back(PdfHeading{w("未应人员", "Silent")});
  report.blocks.emplace_back(std::move(silent_ones));
  if (silent_count > kPdfCallsMax) report.blocks.emplace_back(rest(kPdfCallsMax));
  report.blocks.emplace_back(PdfHeading{w("全部叫应", "All calls")});
  report.blocks.emplace_back(std::move(all));
  if (count > kPdfCallsMax) report.blocks.emplace_back(rest(kPdfCallsMax));
  report.blocks.emplace_back(PdfSignatures{{w("值班员", "Duty officer"), w("带班领导", "Officer in charge")}});
  return print_pdf(report);
}

Result<std::string> record_csv(const RecordSource& s, const RecordHead& head, const RoundRow& round) {
  auto w = [&](const char* zh, const char* en) { return std::string(either(s.language, zh, en)); };
  const std::vector<std::string> columns{w("序号", "no"), w("类别", "kind"), w("区划代码", "place_code"), w("乡镇", "town"), w("地点", "place"), w("岗位", "post"), w("职级", "rank"),
                                         w("姓名", "name"), w("电话", "phone"), w("状态", "state"), w("呼叫次数", "attempts_made"), w("应答时限", "limit"), w("每次呼叫", "attempts"),
                                         w("应答", "answers"), w("迟到", "late"), w("代应人", "answered_instead"), w("因谁未应", "because_of"), w("备注", "note")};
  CsvWriter csv(columns);
  std::vector<std::string> cells;
  const std::string note = watermark(s, head, round);
  each_record_line(s, round, [&](const RecordLine& l) {
    const auto& row = l.call.row;
    const bool late = !l.call.answers.empty() && l.call.answers.back().late;
    cells = {number_text(row.seq), word(row.kind, s.language), row.place.text(), l.town, l.place, l.title, l.rank, l.person, l.phone, word(row.state, s.language),
             number_text(row.attempts), row.limit_at.ms ? record_time(row.limit_at, head.utc_offset_minutes) : "", attempts_text(s, head, l), answers_text(s, head, l),
             late ? w("是", "yes") : "", l.covered_by, joined(l.because_of), note};
    csv.row(cells);
  });
  return csv.take();
}

Result<std::string> record_xlsx(const RecordSource& s, const RecordHead& head, const BoardView& v) {
  auto w = [&](const char* zh, const char* en) { return std::string(either(s.language, zh, en)); };
  const auto& round = v.round;
  XlsxWorkbook book{title_of(s, round), head.printed_at, {}};
  XlsxSheet facts{w("概况", "Overview"), {w("项目", "Item"), w("内容", "Value")}, {}};
  for (auto& [name, text] : overview(s, head, v)) facts.rows.push_back({name, text});
  facts.rows.push_back({w("级别", "Level"), level_word(s, round.level)});
  if (const auto mark = watermark(s, head, round); !mark.empty()) facts.rows.push_back({w("备注", "Note"), mark});
  XlsxSheet list{w("名单", "List"), {w("序号", "No."), w("类别", "Kind"), w("区划代码", "Place code"), w("乡镇", "Town"), w("地点", "Place"), w("岗位", "Post"), w("姓名", "Name"),
                 w("电话", "Phone"), w("状态", "State"), w("呼叫次数", "Attempts"), w("最后应答", "Last answer"), w("代应人", "Answered instead"), w("因谁未应", "Because of")}, {}};
  XlsxSheet attempts{w("每次呼叫", "Attempts"), {w("序号", "No."), w("次数", "Attempt"), w("渠道", "Channel"), w("号码", "Number"), w("发起", "Placed"), w("结束", "Ended"), w("结果", "Outcome")}, {}};
  XlsxSheet answers{w("应答", "Answers"), {w("序号", "No."), w("姓名", "Name"), w("应答", "Answer"), w("人数", "Number"), w("时间", "At"), w("方式", "Channel"), w("迟到", "Late"),
                    w("说明", "Text"), w("代录", "Written down by"), w("经度", "Longitude"), w("纬度", "Latitude"), w("照片", "Photos")}, {}};
  const int offset = head.utc_offset_minutes;
  const bool details = round.last_seq <= kXlsxDetailsMax;
  if (!details) facts.rows.push_back({w("每次呼叫和应答", "Attempts and answers"), w("数量过大，见 CSV 文件", "too many for a workbook; the CSV has them")});
  each_record_line(s, round, [&](const RecordLine& l) {
    const auto& row = l.call.row;
    const auto no = static_cast<double>(row.seq);
    list.rows.push_back({no, word(row.kind, s.language), row.place.text(), l.town, l.place, l.title, l.person, l.phone, word(row.state, s.language), static_cast<double>(row.attempts),
                         l.call.answers.empty() ? std::string() : meaning_word(s, l.call.answers.back()), l.covered_by, shortened(joined(l.because_of))});
    if (!details) return;
    for (const auto& a : l.call.attempts) {
      const auto* channel = s.pack.channel(a.channel);
      attempts.rows.push_back({no, static_cast<double>(a.no), !channel ? a.channel : s.language == Language::kZh ? channel->zh : channel->en, mask_phone(a.phone), record_time(a.at, offset),
                               a.ended_at ? record_time(*a.ended_at, offset) : std::string(), word(a.outcome, s.language)});
    }
    for (const auto& a : l.call.answers) {
      const auto* meaning = s.pack.answer(a.meaning);
      auto real = [](const std::optional<double>& d) { return d ? XlsxCell(*d) : XlsxCell(std::string()); };
      answers.rows.push_back({no, l.person, !meaning ? a.meaning : s.language == Language::kZh ? meaning->zh : meaning->en, a.number ? XlsxCell(static_cast<double>(*a.number)) : XlsxCell(std::string()),
                              record_time(a.at, offset), answer_channel_word(s.pack, a.channel, s.language), a.late ? w("是", "yes") : "", a.text, a.by, real(a.lon), real(a.lat),
                              static_cast<double>(a.photos.size())});
    }
  });
  book.sheets.push_back(std::move(facts));
  book.sheets.push_back(std::move(list));
  if (details) {
    book.sheets.push_back(std::move(attempts));
    book.sheets.push_back(std::move(answers));
  }
  return write_xlsx(book);
}

}  // namespace anlan
