export default {
  state: { draft: '草稿', pending: '待批', in_force: '在效', cancelled: '已解除', expired: '已到期', superseded: '已被替代', discarded: '已丢弃' },
  queue: {
    title: '待处理', byDeadline: '按期限排序', empty: '现在没有等您处理的事。', emptyText: '待批、未应、将到期的预警会按期限排在这里。', since: '{span}开始', silent: '{n} 人未应', inForce: '在效预警', noneInForce: '没有在效预警。', alsoAbove: '另有 {n} 条在效预警列在上面的待处理中。', ended: '已结束', findEnded: '找标题、地方', noneEnded: '还没有结束的预警。', answered: '已应 {share}%',
    kind: { approve: '待批', silent: '叫应中', draft: '草稿', expiring: '将到期', returned: '被退回', cancel: '可解除' },
    ask: { approve: '请批', follow_up: '请跟进', send: '待发布', extend_or_cancel: '延长或解除', cancel: '请解除' },
    quiet: '告警均已解除，建议解除预警',
  },
  start: {
    title: '从这里开始', draw: '新建预警', drawText: '在地图上画区域，或从乡镇、村里选', cap: '导入 CAP 文件', capText: '选一个文件，或把它拖到页面任何地方', steps: '一条预警怎么走',
    step1: '画区域、选级别，文字由模板填好', step2: '发布前看清将叫谁：人数、空缺、无号码、无人的村', step3: '演练，或送批、发布（橙色、红色须另一人批准）', step4: '看谁应了、谁没应，一键再叫、叫副职、叫上级',
  },
  warning: { new: '新建预警', title: '{hazard}{level}预警', hazard: '灾种', level: '级别', valid: '有效期', until: '有效至 {when}', hours: '{n} 小时', moreHours: '再加 {n} 小时', area: '区域', message: '发给责任人的短文' },
  area: {
    polygon: '画多边形', circle: '画圆', places: '选地方', whole: '{place}全域', km2: '{n} 平方公里', inside: '{towns} 个乡镇 {villages} 个村', search: '找乡镇、村，加入区域', remove: '点一下移出', measuring: '正在计算区域…', repaired: '画的边界有自相交，已自动修正。',
  },
  text: { title: '文字', again: '重新套模板', more: '标题、说明、措施', less: '收起', headline: '标题', description: '说明', instruction: '防御措施', length: '{n} 字，约 {parts} 条短信', waiting: '选好区域后由模板填写，可修改' },
  preview: {
    title: '将叫谁', counting: '正在清点…', people: '人', posts: '岗位', villages: '村', minutes: '分钟叫完', emptyVillages: '无人的村', channels: '渠道：', within: '{limit}内应答', place: '乡镇', badPhone: '号码有问题', problem: '问题',
    group: { all: '将叫的人', vacant: '岗位空缺', no_phone: '没有号码', stale_phone: '号码久未核实', shared_phone: '共用号码', outside: '区域外但负责区内点位' },
  },
  phoneState: { ok: '正常', none: '没有号码', stale: '久未核实', shared: '与他人共用' },
  draft: {
    saving: '正在保存…', unsaved: '未保存，内容留在本机', saved: '已自动保存 {time}', returned: '{by} 退回：', previewLater: '选好区域后，这里会显示将叫哪些人、有什么缺口。', changing: '变更 {title}', discard: '丢弃', discardNote: '草稿会收起，可以从提示里撤销。', discarded: '草稿已丢弃。',
    rehearse: '演练', rehearseTitle: '演练：不会真的呼叫', rehearseNote: '除最后一步真实呼叫外，全部照做；结果单独成一轮。', submit: '送批', submitTitle: '送批', submitNote: '橙色、红色预警须由另一人批准后才会呼叫。', submitted: '已送批。', issue: '发布', issueTitle: '发布并立即呼叫', issueNote: '发布后立即开始呼叫，可随时停止。', issued: '已发布，正在呼叫。',
    toWhom: '叫 {people} 人，{villages} 个村', gaps: '空缺 {vacant} · 无号码 {phones} · 无人的村 {empty} · {minutes} 分钟叫完', sendChange: '提交变更', changeNote: '变更生效后按新名单另开一轮，全部重新叫；升为橙色或红色须另一人批准。', changed: '变更已生效。', changePending: '变更已送批。',
  },
  review: {
    drafted: '{by} 起草 {when}', approved: '签发 {by}', proposal: '等待批准的变更', rounds: '叫应', history: '经过', cap: 'CAP 文件', toBoard: '回到叫应', seeCalls: '看叫应经过', record: '叫应记录', return: '退回', approve: '批准发布', restore: '恢复草稿', notices: '已通知 {n} 人解除', roundTotals: '已应 {answered} / {due}',
    approveNote: '批准后立即发布并开始呼叫。', title: { approve: '批准并发布', return: '退回起草人', restore: '恢复草稿', rehearse: '演练：不会真的呼叫' }, done: { approve: '已批准，正在呼叫。', return: '已退回。', restore: '草稿已恢复。', rehearse: '演练已开始。' },
    key: { level: '级别', hazard: '灾种', expires: '有效至', area_label: '区域', headline: '标题', description: '说明', instruction: '防御措施', message: '短文', comment: '理由' },
  },
  event: { drafted: '起草', edited: '修改', submitted: '送批', returned: '退回', approved: '批准', issued: '发布', changed: '变更', extended: '延长', cancelled: '解除', expired: '到期', superseded: '被替代', discarded: '丢弃', restored: '恢复', rehearsed: '演练', stopped: '停止呼叫', resumed: '继续呼叫' },
}
