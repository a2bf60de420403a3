export default {
  signals: {
    tab: { situations: '态势', links: '测点', map: '地图', rules: '规则' },
    waiting: '{n} 起态势待接手', see: '去看', soundOn: '声音开', soundOff: '已静音', soundOnHint: '橙色、红色态势没人接手时响铃，点一下静音', soundOffHint: '现在不响铃，点一下恢复', soundLocked: '在页面任意处点一下，才能响铃',
    title: '{what} · {level}', otherHazard: '设备异常', trend: { rising: '加重', steady: '持平', falling: '减轻' }, since: '{span}开始', openedAt: '{when} 开始', closedAt: '{when} 结束', changedAgo: '{span}有变化', links: '{n} 个测点', linksWord: '测点', standing: '在告', highest: '最高级别',
    takenBy: '{name} 已接手', nobody: '没人接手', take: '接手', release: '交回', draft: '起草预警', warning: '预警{state}', proposeCancel: '告警已全部解除，预警仍在效，建议解除。', toCancel: '去解除',
    show: { open: '未结束', closed: '已结束' }, calm: '现在没有态势。', calmText: '测点读数达到规则的级别，就会在这里成为态势；同一场灾害只有一条。', noneClosed: '还没有结束的态势。', choose: '从左边选一条态势，这里显示它的一切。', more: '再显示一些（还有 {n} 条）', cut: '这里列出最紧急的 {n} 条，共 {total} 条。', seeLinks: '看测点', seeRules: '看规则',
    towns: '涉及 {n} 个乡镇', andMore: '还有 {n} 个', responsible: '谁负责 · {place}', coverage: '全部责任人', nobodyThere: '这里没有登记责任人。', alarmsOf: '告警：在告 {standing}，共 {all}', cleared: '{when} 解除', noAlarms: '没有告警。', cause: '源自 {name}', arrives: '约 {when} 到达（还有 {span}）', arrived: '已到达（{when}）', suspect: '与邻站不符', suspectHint: '读数与周边测点相差太大，可能是仪器故障', seeObject: '看对象', fit: '看全部告警',
    state: { never: '从未上报', fresh: '正常', late: '迟到', silent: '失联', implausible: '不可信', flat: '久无变化' }, noLevel: '无告警', levelUp: '{level}及以上',
    name: '名称', code: '编码', type: '类型', value: '读数', read: '上报', stateWord: '状态', never: '–', search: '名称、编码', allTypes: '所有类型', allLevels: '所有级别', noneFound: '没有符合条件的测点。', noneFoundText: '换个地方，或去掉筛选看看。',
    noLinks: '还没有测点。', noLinksText: '先在资源里登记或导入测点（编码、位置、限值），再让设备把读数发到本节点；一分钟内就能在这里看到它的状态。', send: '发一条读数试试（把 LINK-CODE 换成测点编码，$TOKEN 换成站点账号的令牌）：', siteAccount: '站点账号', showToken: '填入令牌', sendMore: '其他接法：', ways: { http: 'HTTP：JSON 批量或 Influx 行协议（/api/v1/readings、/api/v1/readings/line-protocol）', tcp: 'TCP：SL 651-2014、HJ 212-2017、JT/T 808-2019 直接连设备端口', udp: 'UDP：SL 651-2014，同一端口号', mqtt: 'MQTT 3.1.1 / 5：订阅您的消息服务器', simulate: '没有设备时先用模拟器：anlan simulate devices', out: '读出：OGC SensorThings 1.1，/api/v1/sensorthings/v1.1' }, noSite: '还没有站点账号：在设置里新增账号，角色选“站点”。', toAccounts: '去设置', askAdmin: '令牌请向管理员领取。', copy: '复制', copied: '已复制。',
    legend: '图例，点一下显示或隐藏', legendWord: '图例', pointsAge: '{n} 个测点 · 数据 {span}', readAt: '{when}（{span}）', neverRead: '还没有上报过', every: '每 {span}一次', record: '看档案', chart: '过程线', chartLabel: '读数过程线', large: '放大', csvSeen: '图上这一段', csvAll: '全部读数',
    rulesOf: '规则现在怎么看', limits: '限值', alarmsHere: '它的告警', still: '至今', frame: '最后一帧原文', noFrame: '还没有收到过原始报文。',
    span: { h1: '1 小时', h6: '6 小时', d1: '24 小时', d7: '7 天', d30: '30 天', y1: '1 年', y10: '10 年' }, mean: '平均', count: '{n} 次读数', noReadings: '这一段没有读数。', oneByOne: '{n} 次读数，逐一显示。', buckets: '{n} 段，线为平均，带为最小到最大。', chartHint: '滚轮缩放，拖动平移；虚线为限值。',
    noRules: '规则包里没有告警规则。', noRulesText: '规则写在规则包的 signals 目录里，重启后生效。', ruleCounts: '在告 {standing} · 七天 {week}', watched: '监测的测点', week: '七天告警', unverifiedText: '尚未有人与原文核对；核对后在规则包里标为已核实。',
    facts: { hold: '持续', holdText: '条件持续 {span}才告警', reports: '连续次数', reportsText: '连续 {n} 次读数都满足', clear: '解除等待', clearText: '不满足 {span}后才降级或解除', margin: '回差', draft: '起草预警', draftText: '达到{level}自动起草，仍须人工发布', draftNever: '不自动起草', source: '来源', from: '施行日期' },
    try: {
      title: '回测', text: '改一改条件，选地方和时段，看这条规则当时会怎么告警。', reset: '恢复为现行规则', when: '条件', unread: '还读不懂这个条件，运行时由服务器检查。', addStep: '加一级', minutes: '分', period: '时段', truth: '与真实洪峰等实况比对', truthLink: '实况测点', above: '超过', gap: '两次峰之间至少（小时）',
      run: '运行回测', nothing: '只是试算，不会发出告警，也不改规则。', alarms: '次告警', warned: '峰前报出', missed: '漏报', false: '空报', lead: '提前量（中位数）', over: '{links} 个测点、{readings} 次读数，{from} 至 {until}。', none: '这一段不会有告警。', timeline: '告警的时间', cut: '列出前 {n} 次，共 {total} 次。', begins: '开始', ends: '结束', peak: '峰值', lasted: '历时',
    },
    condition: {
      or: '{a}，或 {b}', and: '{a}，且 {b}', not: '不是（{a}）', bracket: '（{a}）', name: { value: '读数' },
      fn: { sum: '{a}累计', mean: '{a}平均', min: '{a}最低', max: '{a}最高', rate: '{a}涨率', range: '{a}变幅', count: '{a}内次数', above: '不低于 {a} 的分钟数', antecedent: '{b}前期雨量（衰减 {a}）' },
    },
  },
}
