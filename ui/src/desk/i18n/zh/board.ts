export default {
  board: {
    due: '应叫', called: '已叫', answered: '已应', silent: '未应', own: '{place}本级', notices: '已通知 {n} 人解除', openNames: '点开看名单', shareText: '已应 {share}%', barText: '已叫 {called} · 已应 {answered} / 应叫 {due}', byPlaceHint: '点一下看下一级和名单', moved: '已转移 {n} 人', escalated: '已转上级 {n}', exhausted: '叫尽未应 {n}', vacantPosts: '岗位空缺 {n}', people: '{n} 人', peopleUnit: '人', dueLine: '应叫 {n}',
    rehearsal: '演练', live: '实战', full: '整页', onMap: '在地图上看', issued: '{when} 发布', allPlaces: '全部地方', progress: '叫应进度', byPlace: '各地进度', changePending: '有一项变更等待批准。', seeChange: '查看',
  },
  roundState: { listing: '正在列名单', calling: '叫应中', stopped: '已停止', closed: '已结束' },
  call: {
    due: '期限', table: '表格', tableOf: '{place} · {group}', cut: '人数很多，这里只列出前 {n} 人；完整名单请下载叫应记录。',
    group: { silent: '未应', attention: '要支援', answered: '已应', vacant: '空缺', all: '全部' },
    none: { silent: '没有未应的人。', attention: '没有人请求支援或无法执行。', answered: '还没有人应答。', vacant: '没有空缺的岗位。', all: '这里没有人。' },
    search: '在名单里找人或地方', again: '再叫', deputy: '叫副职', superior: '叫上级', allAgain: '全部再叫', allAgainText: '{place}：{n} 名未应的人将立即再叫一次。', moreAttention: '查看全部 {n} 人', moreRows: '再显示一些（还有 {n} 人）',
    did: { queued: '{name} 已排上，轮到就叫。', again: '正在再叫 {name}。', deputy: '已转叫 {name} 的副职。', superior: '已转叫 {name} 的上级。', all: '已开始全部再叫。' },
    attempt: '{channel}{outcome}', attempts: '{channel} {n} 次，{outcome}', late: '超时', coveredBy: '由 {name} 应答', passedOn: '已转 {name}', deputyIs: '副职 {name}', noDeputy: '副职空缺', because: '因 {names} 未应',
    detail: '呼叫详情', state: '状态', openPerson: '打开人员', posts: '代表岗位', why: '缘由', answers: '应答', noAnswer: '还没有应答。', writtenBy: '{name} 代记', photo: '现场照片', everyAttempt: '每一次呼叫', noAttempt: '还没有呼叫过。', channel: '渠道', time: '时间', outcome: '结果', took: '用时',
    write: '代记应答', writeText: '对讲机、当面或其他方式得到的应答，记在这里，会注明由您代记。', number: '人数', remark: '补充说明（可不填）', writeGo: '记下应答',
  },
  callState: { queued: '排队', calling: '正在叫', waiting: '等应答', answered: '已应', covered: '他人代应', escalated: '已转上级', exhausted: '叫尽未应', vacant: '空缺', stopped: '已停止' },
  outcome: { placed: '已发出', delivered: '已送达', read: '已读', answered: '已应答', no_answer: '未接', busy: '忙线', wrong_number: '空号', failed: '发送失败', stopped: '已停止', rehearsed: '演练' },
  bulk: {
    chosen: '已选 {n}', clear: '取消选择', all: '全选', one: '选这一行', pick: '选 {name}', export: '导出所选 {n} 条', andMore: '{names}等 {n} 人', rings: '接电话的是：{names}', ringing: '{n} 人正在叫，不重复叫：{names}。', nowRinging: '正在叫', queued: '其中 {n} 人已排上，轮到就叫。',
    title: { again: '再叫 {n} 人', deputy: '叫 {n} 人的副职', superior: '叫 {n} 人的上级' }, go: { again: '再叫 {n} 人', deputy: '叫 {n} 人的副职', superior: '叫 {n} 人的上级' },
    text: { again: '立即再叫：{names}。', deputy: '转叫副职，不再等本人：{names}。', superior: '转叫上级，不再等本人：{names}。' },
    cannot: { again: '{n} 个岗位没有人，叫不了：{names}。', deputy: '{n} 人没有副职，跳过：{names}。', superior: '{n} 人没有上级，跳过：{names}。' },
    did: { again: '正在再叫 {n} 人。', deputy: '已转叫 {n} 人的副职。', superior: '已转叫 {n} 人的上级。' }, failed: '{n} 人没有叫成，其余已经在叫：',
  },
  effect: {
    title: '变更后叫谁', people: '将叫', comes: '新增', leaves: '不再叫', ranksCome: '新级别还要叫：{ranks}。', ranksLeave: '新级别不再叫：{ranks}。', limit: '{rank}：{before}内应答，改为 {after}内',
    round: '变更生效后，按新名单另开一轮，全部重新叫；现在这一轮（已应 {answered} / {due}）随即结束，记录保留。', area: '面积 {before} → {after} 平方公里',
  },
  replay: {
    title: '时间轴', hint: '拖动可回看任何时刻当时所知的一切', then: '回看 {when}：显示当时已知的情况', short: '回看', now: '回到现在', play: '播放', pause: '暂停', slider: '回看的时刻', noActs: '回看时不能操作', hours: { h1: '1 小时', h6: '6 小时', h24: '24 小时', h168: '7 天' },
  },
  act: {
    title: { level: '升降级', extend: '延长有效期', cancel: '解除预警', stop: '停止呼叫', resume: '继续呼叫' }, raise: '升为{level}', lower: '降为{level}', sameLevel: '请选另一个级别，这里会显示将叫谁、不再叫谁。', effect: { left: '还没应答的 {n} 人不再呼叫。', cancel: '已叫到的人（现在 {n} 人）会收到解除通知，打开链接也会看到“预警已解除”。', stop: '已叫的 {n} 人仍可应答，应答照样记录。', extend: '有效期 {before} → {after}（延长 {span}）。', nobody: '不叫任何人；正在叫的继续。' },
    area: '改范围', level: '升降级', extend: '延长', cancel: '解除', stop: '停叫', resume: '继续呼叫', record: '记录 ▾', file: { pdf: 'PDF（打印）', xlsx: 'Excel 表', csv: 'CSV 文本' },
    note: { level: '文字按新级别重写；升为橙色或红色须另一人批准后才生效。', extend: '只改有效期，不重新呼叫。', cancel: '解除后不能撤销，需要时请新发预警。', stop: '停止呼叫，预警仍然有效；已叫、已应的都保留。', resume: '从停下的地方接着呼叫。' },
    done: { level: '级别变更已提交。', extend: '有效期已延长。', cancel: '预警已解除。', stop: '已停止呼叫。', resume: '已继续呼叫。' },
  },
}
