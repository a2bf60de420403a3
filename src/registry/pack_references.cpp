#include "registry/pack_references.h"

#include <fmt/format.h>

namespace anlan {

void PackReferences::define(PackSection section, const std::string& id, const Spot& spot, Faults& faults) {
  if (id.empty()) return;
  const auto [at, fresh] = defined_[section].emplace(id, spot);
  if (fresh) return;
  const char* name = boost::describe::enum_to_string(section, "");
  faults.add(spot, fmt::format("{}：“{}”已在 {}:{} 定义", name, id, at->second.file, at->second.line),
             fmt::format("{}: “{}” is already defined at {}:{}", name, id, at->second.file, at->second.line));
}

void PackReferences::check(Faults& faults) const {
  for (const auto& use : uses_) {
    const auto section = defined_.find(use.section);
    if (section != defined_.end() && section->second.contains(use.id)) continue;
    std::string names;
    if (section != defined_.end())
      for (const auto& [id, spot] : section->second) names += (names.empty() ? "" : ", ") + id;
    const char* name = boost::describe::enum_to_string(use.section, "");
    faults.add(use.spot, fmt::format("“{}”不在 {} 中，可用：{}", use.id, name, names),
               fmt::format("“{}” is not in {}; expected one of {}", use.id, name, names));
  }
}

}  // namespace anlan
