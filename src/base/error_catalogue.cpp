#include "base/error_catalogue.h"

#include <array>

namespace anlan {
namespace {

constexpr std::array<ErrorEntry, 17> kCatalogue{{
    {ErrorCode::kInternal, "internal", 500, "系统内部出错：{why}", "Something went wrong inside: {why}",
     "已记录，您的数据没有改动。请重试；仍不行请联系管理员。", "It was logged and nothing was changed. Try again; if it stays, call the administrator."},
    {ErrorCode::kBadRequest, "bad_request", 400, "请求无法识别：{why}", "The request cannot be read: {why}",
     "没有任何改动。请刷新页面后重试。", "Nothing was changed. Reload the page and try again."},
    {ErrorCode::kInvalidField, "invalid_field", 422, "“{field}”填写有误：{why}", "“{field}” is not right: {why}",
     "没有任何改动。请改正后再提交。", "Nothing was changed. Correct it and send again."},
    {ErrorCode::kInvalidFile, "invalid_file", 422, "文件有误：{why}", "The file has faults: {why}",
     "没有导入任何内容。请按逐行说明改正后重新导入。", "Nothing was imported. Correct the lines listed and import again."},
    {ErrorCode::kNotFound, "not_found", 404, "找不到{what}", "Not found: {what}",
     "它可能已被删除或不在您的管辖范围内。", "It may have been removed or lies outside your place."},
    {ErrorCode::kNotSignedIn, "not_signed_in", 401, "请先登录", "Please sign in",
     "登录后可从这里继续。", "After signing in you can go on from here."},
    {ErrorCode::kForbidden, "forbidden", 403, "您没有这项权限：{why}", "You may not do this: {why}",
     "如确有需要，请联系本级管理员授权。", "Ask the administrator of your level for the role."},
    {ErrorCode::kConflict, "conflict", 409, "现在不能这样做：{why}", "This cannot be done now: {why}",
     "没有任何改动。请查看最新状态。", "Nothing was changed. Look at the current state."},
    {ErrorCode::kFourEyes, "four_eyes", 409, "橙色、红色预警须由另一人批准，拟稿人不能批准自己的预警",
     "Orange and red warnings need a second person: the drafter cannot approve",
     "请换一位有批准权限的同志登录批准。", "Ask a colleague with the approver role to approve it."},
    {ErrorCode::kTooLarge, "too_large", 413, "{what}太大，上限为{limit}", "{what} is too large; the limit is {limit}",
     "没有任何改动。请缩小后重试。", "Nothing was changed. Make it smaller and try again."},
    {ErrorCode::kTooMany, "too_many", 429, "操作过于频繁，请在 {seconds} 秒后重试", "Too many tries; wait {seconds} s",
     "稍候即可继续。", "You can go on shortly."},
    {ErrorCode::kDiskFull, "disk_full", 507, "服务器磁盘已满，这一步没有保存", "The server's disk is full; this step was not saved",
     "已保存的内容完好，仍可查看。请管理员清理磁盘，腾出空间后自动恢复。",
     "What was saved is safe and can be read. Free some space; Anlan goes on by itself."},
    {ErrorCode::kStoreUnavailable, "store_unavailable", 503, "数据库暂时不可用：{why}", "The store is not available: {why}",
     "这一步没有保存，请稍后重试。", "This step was not saved; try again shortly."},
    {ErrorCode::kCorrupt, "corrupt", 500, "{what}已损坏：{why}", "{what} is damaged: {why}",
     "请停止使用并用备份恢复。", "Stop and restore from a backup."},
    {ErrorCode::kUnavailable, "unavailable", 502, "{what}没有响应", "{what} does not answer",
     "系统会自动重试，也可改用其他方式。", "Anlan tries again by itself; another way may be used meanwhile."},
    {ErrorCode::kWrongPassword, "wrong_password", 401, "账号或密码不对", "Wrong account or password",
     "请核对后重试；连续输错会暂停登录。", "Check and try again; repeated mistakes pause signing in."},
    {ErrorCode::kKeyReused, "key_reused", 409, "同一操作编号被用于不同的操作", "The idempotency key was used for another request",
     "请刷新页面后重试。", "Reload the page and try again."},
}};

std::string fill(const char* pattern, const Error& error) {
  std::string out;
  for (const char* p = pattern; *p; ++p) {
    if (*p != '{') {
      out += *p;
      continue;
    }
    const char* end = p;
    while (*end && *end != '}') ++end;
    out += error.param({p + 1, static_cast<size_t>(end - p - 1)});
    if (!*end) break;
    p = end;
  }
  return out;
}

}  // namespace

const ErrorEntry& catalogue_entry(ErrorCode code) {
  for (const auto& entry : kCatalogue)
    if (entry.code == code) return entry;
  CHECK_MSG(false, "an error code is missing from the catalogue");
  return kCatalogue[0];
}

std::string sentence(const Error& error, Language language) {
  const auto& entry = catalogue_entry(error.code);
  return fill(language == Language::kZh ? entry.zh : entry.en, error);
}

std::string next_step(const Error& error, Language language) {
  const auto& entry = catalogue_entry(error.code);
  return language == Language::kZh ? entry.next_zh : entry.next_en;
}

std::string_view Error::param(std::string_view name) const {
  for (const auto& p : params)
    if (p.name == name) return p.value;
  return {};
}

std::string Error::describe() const {
  std::string out = catalogue_entry(code).name;
  for (const auto& p : params) out += " " + p.name + "=" + p.value;
  for (const auto& d : details) out += "\n  line " + std::to_string(d.line) + " " + d.field + ": " + d.en;
  return out;
}

}  // namespace anlan
