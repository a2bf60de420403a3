#include "registry/people_rows.h"

#include <algorithm>

#include "registry/phone_number.h"

namespace anlan {

void ImportFaults::error(int line, std::string field, std::string zh, std::string en) {
  if (plan_.errors_total++ < kPeopleFaultsShown) plan_.errors.push_back({line, std::move(field), std::move(zh), std::move(en)});
}

void ImportFaults::remark(int line, std::string field, std::string zh, std::string en) {
  if (plan_.remarks.size() < kPeopleFaultsShown) plan_.remarks.push_back({line, std::move(field), std::move(zh), std::move(en)});
}

namespace {

size_t letters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

class RowReader {
 public:
  RowReader(const Table& table, const PeopleHeader& header, const Pack& pack, const PlaceTable& places,
            const RecordNames& records, const PeopleImportOptions& options, ImportFaults& faults)
      : table_(table), header_(header), pack_(pack), records_(records), options_(options), faults_(faults),
        finder_(places, options.scopes) {}

  PersonPostRow read(size_t index) {
    cells_ = &table_.rows[index];
    PersonPostRow row;
    row.line = line_ = table_.row_lines[index];
    read_person(row);
    read_post(row);
    if (!row.has_post && row.name.empty()) fault(kName, "姓名和岗位类别都没有填", "neither a name nor a kind of post");
    return row;
  }

 private:
  std::string_view cell(PeopleColumn c) const {
    return header_.has(c) ? trimmed((*cells_)[static_cast<size_t>(header_.at[c])]) : std::string_view();
  }
  void fault(PeopleColumn c, std::string zh, std::string en) {
    faults_.error(line_, kPeopleColumnNames[c].zh, std::move(zh), std::move(en));
  }
  std::string text(PeopleColumn c, size_t letters_max) {
    const auto value = cell(c);
    if (letters(value) > letters_max)
      fault(c, "最多 " + std::to_string(letters_max) + " 字", "at most " + std::to_string(letters_max) + " characters");
    if (std::any_of(value.begin(), value.end(), [](char b) { return static_cast<unsigned char>(b) < 0x20 || b == 0x7F; }))
      fault(c, "不能有换行等控制字符", "has control characters");
    return std::string(value);
  }
  std::optional<UtcTime> date(PeopleColumn c) {
    const auto value = cell(c);
    if (value.empty()) return std::nullopt;
    const auto time = read_date(value, options_.utc_offset_minutes);
    if (!time) fault(c, "日期应写作 2026-12-31：" + std::string(value), "a date is written 2026-12-31: " + std::string(value));
    return time;
  }

  void read_person(PersonPostRow& row) {
    row.name = text(kName, kNameLettersMax);
    if (row.name == "空缺" || row.name == "（空缺）" || row.name == "(空缺)") row.name.clear();
    for (const auto column : {kPhone, kPhone2})
      for (const auto typed : parts(cell(column))) {
        auto number = normalise_phone(typed);
        if (!number) {
          const auto& why = number.error().details.front();
          fault(column, why.zh + "：" + std::string(typed), why.en + ": " + std::string(typed));
        } else if (std::find(row.phones.begin(), row.phones.end(), *number) == row.phones.end()) {
          row.phones.push_back(std::move(*number));
        }
      }
    if (row.phones.size() > kPhonesMax)
      fault(kPhone2, "最多 " + std::to_string(kPhonesMax) + " 个号码", "at most " + std::to_string(kPhonesMax) + " numbers");
    if (row.name.empty() && !row.phones.empty()) fault(kName, "有号码而没有姓名", "a number without a name");
    row.confirmed_on = date(kConfirmedOn);
    row.note = text(kNote, kNoteLettersMax);
  }

  void read_post(PersonPostRow& row) {
    const auto kind = cell(kKindOfPost);
    if (kind.empty()) {
      for (const auto c : {kTitle, kPlace, kRecord, kHazards, kDeputy, kSuperior})
        if (!cell(c).empty()) return fault(kKindOfPost, "没有填岗位类别", "the kind of post is missing");
      return;
    }
    row.has_post = true;
    if (const auto k = kind_index(kind)) row.kind = *k;
    else return fault(kKindOfPost, "没有这种岗位类别：" + std::string(kind), "no such kind of post: " + std::string(kind));
    row.title = text(kTitle, kNameLettersMax);
    if (row.title == pack_.post_kinds[row.kind].zh) row.title.clear();
    read_place(row);
    read_record(row);
    for (const auto part : parts(cell(kHazards))) {
      const auto it = std::find_if(pack_.hazards.begin(), pack_.hazards.end(),
                                   [&](const Hazard& h) { return h.id == part || h.zh == part || h.en == part; });
      if (it == pack_.hazards.end()) fault(kHazards, "没有这个灾种：" + std::string(part), "no such hazard: " + std::string(part));
      else row.hazards.push_back(it->id);
    }
    std::sort(row.hazards.begin(), row.hazards.end());
    row.hazards.erase(std::unique(row.hazards.begin(), row.hazards.end()), row.hazards.end());
    row.deputy = cell(kDeputy);
    row.superior = cell(kSuperior);
    row.valid_from = date(kValidFrom);
    row.valid_until = date(kValidUntil);
    if (row.valid_until) row.valid_until = *row.valid_until + hours(24);  // the day itself counts
    if (row.valid_from && row.valid_until && *row.valid_from >= *row.valid_until)
      fault(kValidUntil, "有效期止早于有效期起", "ends before it begins");
  }

  std::optional<uint16_t> kind_index(std::string_view typed) const {
    for (size_t i = 0; i < pack_.post_kinds.size(); ++i) {
      const auto& k = pack_.post_kinds[i];
      if (k.zh == typed || k.id == typed || k.en == typed) return static_cast<uint16_t>(i);
    }
    return std::nullopt;
  }

  void read_place(PersonPostRow& row) {
    const auto typed = cell(kPlace);
    if (typed.empty()) return fault(kPlace, "没有填行政区划", "the place is missing");
    const auto& answer = finder_.find(typed);
    const std::string shown(typed);
    if (answer.outcome == PlaceFinder::Outcome::absent) return fault(kPlace, "没有这个行政区划：" + shown, "no such place: " + shown);
    if (answer.outcome == PlaceFinder::Outcome::ambiguous)
      return fault(kPlace, "有几个地方叫这个名字，请写代码或上级名称：" + shown, "several places have this name; give the code or the path: " + shown);
    const bool allowed = std::any_of(options_.scopes.begin(), options_.scopes.end(), [&](PlaceCode s) { return s.contains(answer.place); });
    if (!allowed) return fault(kPlace, "不在您的管辖范围内：" + shown, "outside your place: " + shown);
    row.place = answer.place;
  }

  void read_record(PersonPostRow& row) {
    const std::string name(cell(kRecord));
    const auto typed = cell(kRecordType);
    if (name.empty()) return;
    const auto& kind = pack_.post_kinds[row.kind];
    std::string type = kind.record_type;
    if (!typed.empty()) {
      const auto it = std::find_if(pack_.record_types.begin(), pack_.record_types.end(),
                                   [&](const RecordType& t) { return t.id == typed || t.zh == typed || t.en == typed; });
      if (it == pack_.record_types.end()) return fault(kRecordType, "没有这种对象：" + std::string(typed), "no such type of record: " + std::string(typed));
      if (!type.empty() && type != it->id) return fault(kRecordType, "这种岗位不负责这类对象", "this kind of post does not answer for such records");
      type = it->id;
    }
    auto found = records_.named(type, name);
    if (found.size() > 1) {
      // Of several with one name, the one that lies where the post is, or whose place the post oversees.
      const auto near = [&](const RecordNames::Entry* e) { return row.place.contains(e->place) || e->place.contains(row.place); };
      std::vector<const RecordNames::Entry*> close;
      std::copy_if(found.begin(), found.end(), std::back_inserter(close), near);
      if (std::count_if(close.begin(), close.end(), [&](const auto* e) { return e->place == row.place; }) == 1)
        close.erase(std::remove_if(close.begin(), close.end(), [&](const auto* e) { return e->place != row.place; }), close.end());
      found = std::move(close);
    }
    if (found.empty()) fault(kRecord, "没有这个对象：" + name, "no such record: " + name);
    else if (found.size() > 1) fault(kRecord, "有几个对象叫这个名字：" + name, "several records have this name: " + name);
    else row.record = static_cast<uint32_t>(found.front()->record.value);
  }

  const Table& table_;
  const PeopleHeader& header_;
  const Pack& pack_;
  const RecordNames& records_;
  const PeopleImportOptions& options_;
  ImportFaults& faults_;
  PlaceFinder finder_;
  const std::vector<std::string>* cells_ = nullptr;
  int line_ = 0;
};

}  // namespace

std::vector<PersonPostRow> read_people_rows(const Table& table, const PeopleHeader& header, const Pack& pack,
                                            const PlaceTable& places, const RecordNames& records,
                                            const PeopleImportOptions& options, ImportFaults& faults) {
  std::vector<PersonPostRow> rows;
  for (const auto c : {kName, kKindOfPost, kPlace})
    if (!header.has(c))
      faults.error(0, kPeopleColumnNames[c].zh, "缺少这一列", "this column is missing");
  for (const auto& name : header.ignored)
    if (name != "地点") faults.remark(0, name, "不认识这一列，没有读取", "this column is not known and was not read");
  if (faults.any()) return rows;
  rows.reserve(table.rows.size());
  RowReader reader(table, header, pack, places, records, options, faults);
  for (size_t i = 0; i < table.rows.size(); ++i) rows.push_back(reader.read(i));
  return rows;
}

}  // namespace anlan
