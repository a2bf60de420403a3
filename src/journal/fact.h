// A fact: what happened, when, about what, by whom. Appended once, never altered.
//
// A domain describes its facts as plain structs:
//
//   struct WarningIssued { static constexpr std::string_view kKind = "WarningIssued"; WarningId warning; … };
//   BOOST_DESCRIBE_STRUCT(WarningIssued, (), (warning, …))
//   void apply(Tables&, const WarningIssued&, const FactHeader&);   // the only writer of the tables it touches
//
// and names them to the catalogue. apply sees no clock, no network and no randomness, and cannot fail.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "journal/store.h"

namespace anlan {

class Attachments;

struct FactHeader {
  int64_t seq = 0;      // 1, 2, 3 … without gaps within a node
  UtcTime at;
  std::string actor;    // "account:3", "person:17", "node" …
  PlaceCode place;      // where it matters; empty for the whole node
  std::string subject;  // what it is about: "warning:3", "round:2", "person:17"; "" when nothing in particular
};

class FactBody {
 public:
  virtual ~FactBody() = default;
  virtual std::string_view kind() const = 0;
  virtual std::string json() const = 0;
  virtual void apply_to(Tables& tables, const FactHeader& header, const Attachments& attachments) const = 0;
};

template <class T>
class FactOf final : public FactBody {
 public:
  explicit FactOf(T v) : value(std::move(v)) {}
  std::string_view kind() const override { return T::kKind; }
  std::string json() const override { return to_json(value); }
  void apply_to(Tables& tables, const FactHeader& header, const Attachments& attachments) const override {
    // Facts that name no attachment declare apply(Tables&, const T&, const FactHeader&) alone.
    if constexpr (requires { apply(tables, value, header, attachments); })
      apply(tables, value, header, attachments);
    else
      apply(tables, value, header);
  }
  const T value;
};

// A fact about to be recorded.
struct NewFact {
  std::shared_ptr<const FactBody> body;
  std::string subject;
  PlaceCode place;
};

template <class T>
NewFact fact(T value, std::string subject = {}, PlaceCode place = {}) {
  return {std::make_shared<FactOf<T>>(std::move(value)), std::move(subject), place};
}

// A fact as recorded.
struct RecordedFact {
  FactHeader header;
  std::shared_ptr<const FactBody> body;

  template <class T>
  const T* as() const {
    const auto* typed = dynamic_cast<const FactOf<T>*>(body.get());
    return typed ? &typed->value : nullptr;
  }
};

// The JSON of a fact as it was written. parse_json() may read a number's last bit otherwise, which is nothing for what
// comes from outside; here it would make a replay differ from what happened.
Result<json::value> parse_fact_body(std::string_view text);

// Every kind of fact the program knows, so that the journal can be read back.
class FactCatalogue {
 public:
  template <class T>
  void add() {
    readers_[std::string(T::kKind)] = [](std::string_view text) -> Result<std::shared_ptr<const FactBody>> {
      TRY(parsed, parse_fact_body(text));
      TRY(value, from_json<T>(parsed, T::kKind));
      return std::shared_ptr<const FactBody>(std::make_shared<FactOf<T>>(std::move(value)));
    };
  }
  Result<std::shared_ptr<const FactBody>> read(std::string_view kind, std::string_view json) const;
  std::vector<std::string> kinds() const;

 private:
  using Read = Result<std::shared_ptr<const FactBody>> (*)(std::string_view);
  std::map<std::string, Read, std::less<>> readers_;
};

}  // namespace anlan
