export default {
  rule: {
    issue: '自动发布', issueHint: '这个灾种有规则可以不经人工批准直接发布预警', issueFrom: '达到{level}由系统直接发布，不经人工批准', issueWarn: '达到{level}时，系统不经人工批准直接发布预警、呼叫责任人。', issueCount: '{n} 条规则可自动发布', issueShort: '自动发布 {n}', issueTiny: '自动 {n}', issueSituation: '这起态势的规则达到{level}即自动发布', issued: '这条预警由系统按规则自动发布，没有经过人工批准。', issueAhead: '这个灾种有 {n} 条规则可不经批准自动发布预警。',
    kind: { link: '测点规则', area: '区域规则', spot: '卫星火点规则', chain: '灾害链', unread: '读不懂的文本' }, bookFault: '最近一次改动还没有生效', sift: { issuing: '可自动发布', off: '已停用' }, search: '名称、编号、类型、来源', noneFound: '没有符合条件的规则。', goneTitle: '没有编号为 {id} 的规则。', goneText: '它可能已被删除。', toList: '看全部规则',
    new: '新规则', newText: '新规则从一条现有规则改起。选一条最接近的：', newFrom: '新规则，以「{name}」为底', edit: '修改规则「{name}」', copy: '复制为新规则', off: '已停用', own: '本地版本', faulty: '有错', fault: '这条规则没有生效', changedWord: '改动', changedBy: '{by} {when}', follows: '它会引出：', leastMw: '辐射功率不低于 {n} MW',
    ownZh: '（自定）', ownEn: ', own', yaml: '规则文本（YAML）', tab: { form: '表单', yaml: 'YAML' }, id: '编号', idHint: '小写字母、数字、下划线', draftFrom: '达到{level}自动起草', zh: '中文名', en: '英文名', type: '测点类型', hazard: '灾种', steps: '各级条件', step: '条件', unit: '读数单位 {unit}', stepsHelp: '可用：value、sum(1h)、mean、min、max、rate（每小时涨率）、range、count、above(limit.x)、antecedent(0.85, 15d)、limit.限值；用 and、or、not 和括号组合。',
    draft_from: '从哪一级起自动起草', issue_from: '从哪一级起自动发布', never: '不自动', verified: '已与原文核对', from: '从', to: '到', over: '范围', within_km: '距离（公里）', by: '归属字段', same: '同一地方', travel: '传播时间字段',
    resumed: '接着上次没保存的修改。', startOver: '从头来', noForm: '这段文本超出了表单能显示的内容，请在 YAML 里改。', tryText: '用正在写的这段文本试算，选地方和时段，看它当时会怎么告警。', checking: '正在检查…', clean: '检查通过', faults: '{n} 处要改', idTaken: '这个编号已经有规则在用，请换一个。', idStays: '编号不能改，应为 {id}；要换编号请复制为新规则。', discard: '放弃修改',
    saveOn: '保存并启用', confirmNew: '启用新规则「{name}」？', confirmSave: '保存「{name}」的修改？', watches: '启用后监测 {n} 个测点（{type}）。', watchesOff: '这条规则现在停用；启用后监测 {n} 个测点（{type}）。', offWatches: '停用后，{n} 个测点（{type}）不再按它告警。', concerns: '涉及 {n} 个测点（{type}）。', sameAs: '除编号、名称外，与原规则相同。', what: '改动', model: '原规则', before: '现在', after: '改为', atOnce: '立即生效，会记入档案；可以从提示里撤销。',
    saved: '规则「{name}」已保存并生效。', made: '规则「{name}」已启用。', switchOn: '启用', switchOff: '停用', confirmOn: '启用规则「{name}」？', confirmOff: '停用规则「{name}」？', offStanding: '它在告的 {n} 条告警会随之解除。', switchedOn: '规则「{name}」已启用。', switchedOff: '规则「{name}」已停用。', toPack: '删去本地版本', confirmBack: '删去「{name}」的本地版本？', backText: '规则包里有这条规则的，恢复为规则包的文本；没有的，这条规则随之删除，不再告警。', restored: '规则「{name}」已恢复为规则包版本。', dropped: '规则「{name}」已删除。', undone: '已撤销。', notUndone: '没能撤销：{why}',
    chain: {
      tab: '灾害链', title: '灾害链：一处告警会引出什么', text: '从左到右：哪条规则或哪次地震，影响到哪些对象，按什么范围，在那里是什么级别。点方框看规则。', none: '规则包里没有灾害链。', noneText: '灾害链写在规则包的 chains 一节，例如上游水位到下游断面。',
      earthquake: '地震', reported: '录入后立即推算', begins: '规则', shaken: '烈度线以内', within: '周边 {km} 公里内', same: { county: '同一县', town: '同一乡镇', village: '同一村' }, by: '按「{field}」归属', travel: '按传播时间', at: '来源{level}', intensity: '烈度 {n} 度以上', standing: '在告 {n}',
    },
  },
  frames: {
    all: '看 30 天内的原文', title: '原始报文 · {name}', text: '设备发来的原文保留 30 天；口令已遮住。', last: '最近', none: '这段时间没有收到报文。', more: '更早的', find: '在列出的报文里找', size: '{n} 字节', cutoff: '{when} 之前没有再查，缩小时段可以看得更早。', copyAll: '复制列出的 {n} 帧', protocol: { sl651: 'SL 651', hj212: 'HJ 212', jtt808: 'JT/T 808', json: 'HTTP JSON', line: 'Influx 行协议', mqtt: 'MQTT' },
    pictures: '图片', onePicture: '图片 {n}，{when}', morePictures: '全部 {n} 张', older: '上一张', newer: '下一张', save: '另存',
  },
  quake: {
    report: '录入地震', title: '录入地震', text: '录入后，系统按烈度推算哪些水库、尾矿库、隐患点要查，立即成为态势。', when: '发震时刻', where: '震中', pick: '在地图上点震中，或填经纬度', lon: '经度', lat: '纬度', magnitude: '震级（Ms）', depth: '深度（公里）', name: '地点', nameHint: '如：甘肃积石山', go: '录入', done: '地震已录入，受影响的对象正成为态势。', recent: '最近 30 天', none: '最近 30 天没有录入过地震。', one: 'M {m} {name}', unnamed: '未填地点', deep: '深 {km} 公里', alarms: '告警 {n}', late: '发震时刻应在 30 天内，不晚于现在。',
  },
}
