#include "journal/writer.h"
#include "warnings/facts.h"

namespace anlan {
namespace {

constexpr int64_t number(WarningState s) { return static_cast<int64_t>(s); }

void write_content(Tables& tables, WarningId id, const WarningContent& c) {
  tables.execute("UPDATE warnings SET hazard = ?, level = ?, headline = ?, area_label = ?, onset = ?, expires = ?, content = ? WHERE id = ?",
                 {Arg(c.hazard), static_cast<int>(c.level), Arg(c.headline), Arg(c.area_label), c.onset, c.expires, to_json(c), id});
}

void set_state(Tables& tables, WarningId id, WarningState state) {
  tables.execute("UPDATE warnings SET state = ? WHERE id = ?", {number(state), id});
}

void end(Tables& tables, WarningId id, WarningState state, UtcTime at) {
  tables.execute("UPDATE warnings SET state = ?, ended_at = ?, pending = NULL, proposed_by = '' WHERE id = ?", {number(state), at, id});
}

}  // namespace

std::vector<Migration> warning_migrations() {
  return {{"warnings-1", R"(
    CREATE TABLE warnings (id $ID, version BIGINT NOT NULL, state BIGINT NOT NULL, source BIGINT NOT NULL, hazard TEXT NOT NULL,
                           level BIGINT NOT NULL, headline TEXT NOT NULL, area_label TEXT NOT NULL, onset BIGINT NOT NULL,
                           expires BIGINT NOT NULL, content TEXT NOT NULL, pending TEXT, proposed_by TEXT NOT NULL,
                           drafter TEXT NOT NULL, approver TEXT, created_at BIGINT NOT NULL, submitted_at BIGINT,
                           issued_at BIGINT, changed_at BIGINT, ended_at BIGINT, returned TEXT NOT NULL,
                           cap_identifier TEXT NOT NULL, cap_references TEXT NOT NULL,
                           origin_sender TEXT NOT NULL, origin_identifier TEXT NOT NULL, origin_sent BIGINT NOT NULL,
                           origin TEXT);
    CREATE INDEX warnings_state ON warnings (state, expires);
    CREATE INDEX warnings_origin ON warnings (origin_identifier, origin_sender, origin_sent);
    CREATE TABLE cap_sources (id $ID, url TEXT NOT NULL, interval_s BIGINT NOT NULL, removed BIGINT NOT NULL,
                              last_ok_at BIGINT, last_error TEXT)
  )"}};
}

std::vector<std::string> warning_tables() { return {"warnings", "cap_sources"}; }

void register_warning_facts(FactCatalogue& catalogue) {
  catalogue.add<WarningDrafted>();
  catalogue.add<WarningEdited>();
  catalogue.add<WarningSubmitted>();
  catalogue.add<WarningReturned>();
  catalogue.add<WarningIssued>();
  catalogue.add<WarningChangeProposed>();
  catalogue.add<WarningChanged>();
  catalogue.add<WarningExtended>();
  catalogue.add<WarningCancelled>();
  catalogue.add<WarningExpired>();
  catalogue.add<WarningSuperseded>();
  catalogue.add<WarningDiscarded>();
  catalogue.add<WarningRestored>();
  catalogue.add<CapSourceAdded>();
  catalogue.add<CapSourceRemoved>();
  catalogue.add<CapPolled>();
}

void apply(Tables& tables, const WarningDrafted& f, const FactHeader& h) {
  take_id(tables, "warning", f.warning.value);
  const CapOrigin origin = f.origin.value_or(CapOrigin{});
  tables.execute("INSERT INTO warnings (id, version, state, source, hazard, level, headline, area_label, onset, expires, content, proposed_by, drafter, "
                 "created_at, returned, cap_identifier, cap_references, origin_sender, origin_identifier, origin_sent, origin) "
                 "VALUES (?, 1, 0, ?, '', 0, '', '', 0, 0, '', '', ?, ?, '', '', '', ?, ?, ?, ?)",
                 {f.warning, static_cast<int>(f.source), Arg(h.actor), h.at, Arg(origin.sender), Arg(origin.identifier), origin.sent,
                  f.origin ? Arg(std::string_view()) : Arg(nullptr)});
  if (f.origin) tables.execute("UPDATE warnings SET origin = ? WHERE id = ?", {to_json(origin), f.warning});
  write_content(tables, f.warning, f.content);
}

void apply(Tables& tables, const WarningEdited& f, const FactHeader&) { write_content(tables, f.warning, f.content); }

void apply(Tables& tables, const WarningSubmitted& f, const FactHeader& h) {
  tables.execute("UPDATE warnings SET state = 1, submitted_at = ?, returned = '' WHERE id = ?", {h.at, f.warning});
}

void apply(Tables& tables, const WarningReturned& f, const FactHeader&) {
  tables.execute("UPDATE warnings SET returned = ?, pending = NULL, state = CASE WHEN state = 1 THEN 0 ELSE state END WHERE id = ?", {Arg(f.comment), f.warning});
}

void apply(Tables& tables, const WarningIssued& f, const FactHeader& h) {
  tables.execute("UPDATE warnings SET state = 2, version = ?, approver = ?, issued_at = ?, changed_at = ?, cap_identifier = ? WHERE id = ?",
                 {f.version, Arg(h.actor), h.at, h.at, Arg(f.cap_identifier), f.warning});
}

void apply(Tables& tables, const WarningChangeProposed& f, const FactHeader& h) {
  tables.execute("UPDATE warnings SET pending = ?, proposed_by = ?, submitted_at = ?, returned = '' WHERE id = ?",
                 {to_json(f.content), Arg(h.actor), h.at, f.warning});
}

void apply(Tables& tables, const WarningChanged& f, const FactHeader& h) {
  write_content(tables, f.warning, f.content);
  tables.execute("UPDATE warnings SET version = ?, approver = ?, changed_at = ?, pending = NULL, proposed_by = '', "
                 "cap_references = CASE WHEN cap_references = '' THEN cap_identifier ELSE cap_references || ' ' || cap_identifier END, cap_identifier = ? WHERE id = ?",
                 {f.version, Arg(h.actor), h.at, Arg(f.cap_identifier), f.warning});
}

void apply(Tables& tables, const WarningExtended& f, const FactHeader& h) {
  const auto content = tables.text("SELECT content FROM warnings WHERE id = ?", {f.warning});
  if (!content) return;  // the transaction has failed already
  auto c = from_json_text<WarningContent>(*content, "content").value();
  c.expires = f.expires;
  write_content(tables, f.warning, c);
  tables.execute("UPDATE warnings SET changed_at = ? WHERE id = ?", {h.at, f.warning});
}

void apply(Tables& tables, const WarningCancelled& f, const FactHeader& h) { end(tables, f.warning, WarningState::cancelled, h.at); }
void apply(Tables& tables, const WarningExpired& f, const FactHeader& h) { end(tables, f.warning, WarningState::expired, h.at); }
void apply(Tables& tables, const WarningSuperseded& f, const FactHeader& h) { end(tables, f.warning, WarningState::superseded, h.at); }
void apply(Tables& tables, const WarningDiscarded& f, const FactHeader&) { set_state(tables, f.warning, WarningState::discarded); }
void apply(Tables& tables, const WarningRestored& f, const FactHeader&) { set_state(tables, f.warning, WarningState::draft); }

void apply(Tables& tables, const CapSourceAdded& f, const FactHeader&) {
  take_id(tables, "cap_source", f.source);
  tables.execute("INSERT INTO cap_sources (id, url, interval_s, removed) VALUES (?, ?, ?, 0)", {f.source, Arg(f.url), f.interval_s});
}
void apply(Tables& tables, const CapSourceRemoved& f, const FactHeader&) {
  tables.execute("UPDATE cap_sources SET removed = 1 WHERE id = ?", {f.source});
}
void apply(Tables& tables, const CapPolled& f, const FactHeader& h) {
  if (f.error.empty()) tables.execute("UPDATE cap_sources SET last_ok_at = ?, last_error = NULL WHERE id = ?", {h.at, f.source});
  else tables.execute("UPDATE cap_sources SET last_error = ? WHERE id = ?", {Arg(f.error), f.source});
}

}  // namespace anlan
