#include <algorithm>

#include "registry/people.h"
#include "registry/phone_number.h"

namespace anlan {
namespace {

Error wrong(std::string field, std::string zh, std::string en) {
  Error error(ErrorCode::kInvalidField, {{"field", field}, {"why", zh}});
  error.details.push_back({0, std::move(field), std::move(zh), std::move(en)});
  return error;
}

Error absent(const char* what, int64_t id) {
  return Error(ErrorCode::kNotFound, {{"what", what + std::to_string(id)}});
}

std::string subject_of(PersonId id) { return "person:" + std::to_string(id.value); }
std::string subject_of(PostId id) { return "post:" + std::to_string(id.value); }
std::string answer(int64_t id) { return "{\"id\":" + std::to_string(id) + "}"; }

size_t letters(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Trimmed, on one line, of bounded length.
Result<std::string> clean(std::string_view text, const char* field, size_t letters_max) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return wrong(field, "不能有换行等控制字符", "has control characters");
  if (letters(text) > letters_max)
    return wrong(field, "最多 " + std::to_string(letters_max) + " 字", "at most " + std::to_string(letters_max) + " characters");
  return std::string(text);
}

Result<void> patch(PersonState& person, const PersonPatch& change) {
  if (change.name) {
    TRY(name, clean(*change.name, "name", kNameLettersMax));
    person.name = std::move(name);
  }
  if (person.name.empty()) return wrong("name", "请填写姓名", "a name is needed");
  if (change.note) {
    TRY(note, clean(*change.note, "note", kNoteLettersMax));
    person.note = std::move(note);
  }
  if (change.phones) {
    std::vector<std::string> phones;
    for (const auto& typed : *change.phones) {
      TRY(number, normalise_phone(typed));
      if (std::find(phones.begin(), phones.end(), number) == phones.end()) phones.push_back(std::move(number));
    }
    if (phones.size() > kPhonesMax)
      return wrong("phones", "最多 " + std::to_string(kPhonesMax) + " 个号码", "at most " + std::to_string(kPhonesMax) + " numbers");
    person.phones = std::move(phones);
  }
  return {};
}

bool is_active(Reader& reader, PersonId person) {
  return reader.integer("SELECT 1 FROM persons WHERE id = ? AND state = 0", {person}).has_value();
}

Result<void> check_links(Reader& reader, const PostState& post) {
  if (post.holder && !is_active(reader, post.holder))
    return wrong("holder", "没有这个人，或已离任", "no such person, or one who left");
  for (const auto& [linked, field] : {std::pair{post.deputy_post, "deputy_post"}, {post.superior_post, "superior_post"}}) {
    if (!linked) continue;
    if (post.post == linked) return wrong(field, "不能指向岗位自己", "cannot be the post itself");
    if (!reader.integer("SELECT 1 FROM posts WHERE id = ? AND state = 0", {linked}))
      return wrong(field, "没有这个岗位，或已撤销", "no such post, or one abolished");
  }
  int64_t above = post.superior_post.value;
  for (int step = 1; above; ++step) {
    if (above == post.post.value) return wrong("superior_post", "上级关系成了环", "the superiors form a circle");
    if (step >= kSuperiorStepsMax)
      return wrong("superior_post", "上级关系超过 16 层", "more than 16 superiors above one another");
    above = reader.integer("SELECT superior_post FROM posts WHERE id = ? AND state = 0", {above}).value_or(0);
  }
  return {};
}

Result<void> patch(Reader& reader, const Pack& pack, const PlaceTable& places, PostState& post, const PostPatch& change) {
  if (change.kind) post.kind = *change.kind;
  if (change.title) {
    TRY(title, clean(*change.title, "title", kNameLettersMax));
    post.title = std::move(title);
  }
  if (change.place) post.place = *change.place;
  if (change.record) post.record = *change.record;
  if (change.hazards) post.hazards = *change.hazards;
  if (change.holder) post.holder = *change.holder;
  if (change.deputy_post) post.deputy_post = *change.deputy_post;
  if (change.superior_post) post.superior_post = *change.superior_post;
  if (change.valid_from) post.valid_from = *change.valid_from;
  if (change.valid_until) post.valid_until = *change.valid_until;

  const PostKind* kind = pack.post_kind(post.kind);
  if (!kind) return wrong("kind", "没有这种岗位类别：" + post.kind, "no such kind of post: " + post.kind);
  if (post.title == kind->zh) post.title.clear();
  if (post.place.empty() || !places.find(post.place))
    return wrong("place", "没有这个行政区划：" + post.place.text(), "no such place: " + post.place.text());
  if (post.record) {
    const auto type = reader.text("SELECT type FROM records WHERE id = ? AND state = 0", {post.record});
    if (!type) return wrong("record", "没有这个对象，或已删除", "no such record, or one removed");
    if (!kind->record_type.empty() && kind->record_type != *type)
      return wrong("record", "这种岗位不负责这类对象", "this kind of post does not answer for such records");
  }
  std::sort(post.hazards.begin(), post.hazards.end());
  post.hazards.erase(std::unique(post.hazards.begin(), post.hazards.end()), post.hazards.end());
  for (const auto& h : post.hazards)
    if (!pack.hazard(h)) return wrong("hazards", "没有这个灾种：" + h, "no such hazard: " + h);
  if (post.valid_from && post.valid_until && *post.valid_from >= *post.valid_until)
    return wrong("valid_until", "有效期止早于有效期起", "ends before it begins");
  return check_links(reader, post);
}

}  // namespace

Result<Decision> add_person(Reader& reader, const PersonPatch& change) {
  PersonAdded added;
  added.generated = change.generated;
  TRY_VOID(patch(added, change));
  added.person = {peek_id(reader, "person")};
  const PersonId id = added.person;
  return Decision{{fact(std::move(added), subject_of(id))}, answer(id.value)};
}

Result<Decision> change_person(Reader& reader, PersonId person, const PersonPatch& change) {
  const auto before = read_person(reader, person);
  if (!before) return absent("人员 ", person.value);
  PersonChanged changed{*before};
  TRY_VOID(patch(changed, change));
  Decision decision{{}, answer(person.value)};
  if (static_cast<const PersonState&>(changed) != *before)
    decision.facts.push_back(fact(std::move(changed), subject_of(person)));
  return decision;
}

Result<Decision> remove_person(Reader& reader, PersonId person) {
  const auto before = read_person(reader, person);
  if (!before) return absent("人员 ", person.value);
  return Decision{{fact(PersonRemoved{person, before->name}, subject_of(person))}, answer(person.value)};
}

Result<Decision> add_post(Reader& reader, const Pack& pack, const PlaceTable& places, const PostPatch& change) {
  PostAdded added;
  added.generated = change.generated;
  added.post = {peek_id(reader, "post")};
  TRY_VOID(patch(reader, pack, places, added, change));
  const PostId id = added.post;
  const PlaceCode place = added.place;
  return Decision{{fact(std::move(added), subject_of(id), place)}, answer(id.value)};
}

Result<Decision> change_post(Reader& reader, const Pack& pack, const PlaceTable& places, PostId post,
                             const PostPatch& change) {
  const auto before = read_post(reader, post);
  if (!before) return absent("岗位 ", post.value);
  PostChanged changed{*before};
  TRY_VOID(patch(reader, pack, places, changed, change));
  Decision decision{{}, answer(post.value)};
  if (static_cast<const PostState&>(changed) != *before) {
    const PlaceCode place = changed.place;
    decision.facts.push_back(fact(std::move(changed), subject_of(post), place));
  }
  return decision;
}

Result<Decision> remove_post(Reader& reader, PostId post) {
  const auto before = read_post(reader, post);
  if (!before) return absent("岗位 ", post.value);
  return Decision{{fact(PostRemoved{post, before->title}, subject_of(post), before->place)}, answer(post.value)};
}

}  // namespace anlan
