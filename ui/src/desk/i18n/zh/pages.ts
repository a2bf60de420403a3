export default {
  people: {
    readOnly: '只能查看；修改请找登记员。',     tab: { coverage: '覆盖', list: '人员', posts: '岗位', import: '导入' },
    name: '姓名', one: '人员', post: '岗位', posts: '担任岗位', place: '地方', rank: '层级', phone: '电话', phoneState: '号码情况', confirmed: '上次接通', deputy: '副职', superior: '上级', vacant: '空缺', holder: '责任人', kind: '岗位类别', title: '岗位名称', record: '负责的点位', noRecord: '不限点位',
    search: '姓名、号码后四位', searchPosts: '岗位、责任人、地方', allRanks: '所有层级', allHazards: '所有灾种', anyHazard: '所有灾种', hazardHint: '不选为所有灾种', onlyVacant: '只看空缺',
    add: '新增人员', edit: '修改 {name}', addPost: '新增岗位', import: '导入人员岗位', importText: '一张表导入人员和岗位（CSV 或 Excel）。先检查、不写入：逐行列出错误、重复和共用号码；没有错误才能导入，不会只导一半。',
    none: '这里没有符合条件的人员。', noPostsHere: '这里没有符合条件的岗位。', noneText: '换个地方或去掉筛选看看；也可以从表格导入。',
    confirmedAgo: '上次接通：{span}', neverConfirmed: '还没有接通过', reveal: '显示号码', revealNote: '查看完整号码会记入档案。', revealed: '已记录本次查看。', noPosts: '没有担任岗位。', lastAnswers: '最近应答', noAnswers: '还没有应答过。', note: '备注',
    phones: '电话（可填多个，用空格或逗号隔开）', changePhones: '换号码', leave: '离任', leaveText: '{name} 将离开名册和 {n} 个岗位，岗位变为空缺。', removed: '已离任。',
    deputyPost: '副职（另一个岗位）', superiorPost: '上级（另一个岗位）', validFrom: '起', validUntil: '止', postSaved: '岗位已保存。', postRemoved: '岗位已撤销。', abolish: '撤销岗位', abolishSure: '确定撤销这个岗位',
  },
  reach: { title: '叫得到吗', share: '的岗位有人、有号码', byPlace: '看各地', sound: '号码可靠', shared: '共用号码', stale: '久未核实', none: '没有号码', vacant: '岗位空缺' },
  coverage: { search: '找地方', noGaps: '这里没有缺口。', seeEmpty: '展开看是哪些村', place: '地方', posts: '岗位', people: '在岗', vacant: '空缺', no_phone: '没有号码', stale_phone: '久未核实', shared_phone: '共用号码', villages_empty: '无人的村', gapsOnly: '只看有缺口的', nobody: '无人', lowest: '这里下面没有更小的地方。', lowestText: '可以看这里的人员名单。' },
  import: {
    step1: '选文件', step2: '看检查结果', step3: '完成', drop: '把 CSV 或 Excel 文件拖到这里', choose: '选择文件', checking: '正在检查 {file}…', would: '{file} 如果导入，将会：', did: '{file} 已导入：', rows: '行', created: '新增', changed: '修改', unchanged: '不变', errors: '错误',
    errorsTitle: '要先改正的 {n} 处错误', remarksTitle: '{n} 处提醒（不影响导入）', problem: '问题', more: '还有 {n} 处没有列出。', other: '换个文件', again: '再导一个', go: '导入 {n} 条', fixFirst: '改正错误后重新选择文件，才能导入。',
  },
  records: {
    blank: '还没填',     pick: '资源类别', search: '按名称找', place: '所在地', name: '名称', position: '位置', none: '这里还没有{type}。', noneText: '可以逐个新增，也可以下载模板填好后导入。', add: '新增{type}', from: '最小', to: '最大', any: '不限', onMap: '在地图上看', posts: '责任岗位', addPost: '为它设岗位', noPosts: '没有人对它负责。', changedAt: '更新于 {span}',
    changed: '更新', removeMany: '删除所选的 {n} 条{type}？可以从提示里撤销。', removedMany: '已删除 {n} 条。', removed: '已删除 {name}。', restored: '已恢复。', pickPoint: '在地图上点位置', noPoint: '没有位置', lon: '经度', lat: '纬度', datum: '坐标系', importText: '导入{type}（CSV 或 Excel）。先检查、不写入。', edit: '修改{name}', showOnMap: '定位',
    datums: { wgs84: 'WGS 84 / CGCS2000', gcj02: 'GCJ-02（高德、腾讯）', bd09: 'BD-09（百度）' },
  },
  situation: {
    layers: '图层', places: '乡镇、村', warnings: '在效预警', records: '资源', select: '在地图上点一个地方或点位，这里显示它的情况。', selectText: '资源图层在左边打开。', children: '下辖', calls: '叫应', zoom: '在地图上看', toBoard: '{n} 人未应', toWarning: '看预警', noneThen: '那时没有在效预警。', last: '上一次：', list: '看列表', allOn: '全部打开', allOff: '全部关闭', warnHere: '对这里发预警', peopleHere: '这里的人', scopeHere: '只看这里', postsHere: '岗位', approximate: '位置为示意', code: '代码', more: '共 {n} 个，点这里看全部',
  },
  journal: {
    kind: '事项', allKinds: '所有事项', other: '其他', actor: '谁', q: '内容', oneThing: '只看这一件', open: '打开', sameSubject: '只看这件事的经过', sameKind: '只看这类事项', sameActor: '只看 {name}', original: '原始记录', number: '第 {n} 条', folded: '呼叫过程 {n} 条',
    kinds: { WarningDrafted: '起草预警', WarningSubmitted: '送批', WarningReturned: '退回', WarningIssued: '发布预警', WarningChangeProposed: '提出变更', WarningChanged: '变更预警', WarningExtended: '延长预警', WarningCancelled: '解除预警', WarningExpired: '预警到期', WarningDiscarded: '丢弃草稿', RoundOpened: '开始叫应', CallAnswered: '应答', CallsEscalated: '逐级上叫', RoundStopped: '停止呼叫', RoundResumed: '继续呼叫', RoundClosed: '叫应结束', PersonAdded: '新增人员', PersonChanged: '修改人员', PersonRemoved: '人员离任', PostAdded: '设立岗位', PostChanged: '修改岗位', PostRemoved: '撤销岗位', PeopleImported: '导入人员', PersonalDataRead: '查看个人信息', RecordAdded: '新增资源', RecordChanged: '修改资源', RecordRemoved: '删除资源', RecordRestored: '恢复资源', RecordsImported: '导入资源', PlacesImported: '导入地方数据', AccountAdded: '开通账号', AccountChanged: '修改账号', SignedIn: '登录', SignInRefused: '登录被拒', CapSourceAdded: '添加预警来源', CapSourceRemoved: '移除预警来源', NoticesSent: '通知解除', PhoneConfirmed: '号码核实', AttemptsPlaced: '呼叫', AttemptsEnded: '呼叫结果', CallsListed: '列名单', CallsRequeued: '再次呼叫', WarningEdited: '修改草稿', WarningRestored: '恢复草稿', WarningSuperseded: '预警被替代', CapPolled: '读取来源', SituationOpened: '出现态势', SituationTaken: '接手态势', SituationReleased: '交回态势', SituationWarned: '由态势起草', SituationClosed: '态势结束', AlarmRaised: '告警', AlarmChanged: '告警变级', AlarmCleared: '告警解除', DemoStarted: '开始演示', ClockJumped: '时钟调整' },
    from: '从', to: '到', none: '没有符合条件的事实。', noneText: '每一次发布、呼叫、应答、修改都会记在这里，按时间倒排，不能改动。', more: '再往前看', hash: '校验值', verify: '校验档案', verifying: '正在从头校验…', ok: '完整：{n} 条事实的校验链一条不差。', broken: '校验链在这里断开：{problem}', head: '链头 {head}', density: '各时段的事实数量，点一下看那一段', clear: '清除筛选', hours: { h6: '近 6 小时', h24: '近 24 小时', d7: '近 7 天' },
  },
  settings: {
    tab: { accounts: '账号', sources: '预警来源', rules: '叫应规则', places: '地方数据', system: '系统' },
    searchAccounts: '账号、姓名、地方', allRoles: '所有角色', noAccounts: '没有符合条件的账号。', notCalled: '不叫', silentThen: '不应答：{then}', effectiveFrom: '{date} 起', channel: { in_flight: '正在呼叫', waiting: '排队', last_report_at: '最近回报', queued: '排队', rate_per_s: '每秒呼叫', last_ok_at: '上次成功' }, noSourcesText: '在上面填入气象、应急部门的 CAP 地址，读到的预警会成为草稿。', account: '账号', name: '姓名', roles: '角色', lastSignIn: '上次登录', never: '从未', enabled: '启用', disabled: '已停用', addAccount: '新增账号', editAccount: '修改账号 {name}', addRole: '加一个角色', password: '初始密码（至少 8 位）', resetPassword: '重设密码（不改请留空）', person: '对应人员（手机页用）', roleAt: '{role}（{place}）', saved: '账号已保存。',
    url: '地址', every: '每 {n} 秒', lastOk: '上次成功', lastError: '最近的错误', addSource: '添加来源', sourceText: '定时读取 CAP 1.2 文件或 Atom 订阅，读到的预警成为草稿，由值班员处理。', interval: '间隔（秒）', removeSource: '停止读取', okLight: '正常', badLight: '出错', notYet: '还没有读到过', noSources: '还没有预警来源。', sourceAdded: '已添加，马上开始读取。', sourceRemoved: '已停止读取。',
    pack: '规则包 {name}（{version}）', rulesText: '每一级预警叫哪些层级、多久内要应答、走哪些渠道、不应答找谁。规则在规则包里修改，这里只看。', rank: '层级', then: '不应答时', source: '依据', unverified: '待核实', thenNames: { deputy: '副职', superior: '上级', duty_above: '上一级值班' },
    placesText: '导入乡镇、村的真实位置（CSV、Excel：代码、经度、纬度）或边界（GeoJSON）。没有位置的地方，系统在县境内排一个示意位置。', placeKind: '内容', positions: '位置', boundaries: '边界',
    version: '版本', store: '存储', facts: '事实', disk: '剩余磁盘', queue: '待写入', sockets: '在线页面', channelList: '呼叫渠道', node: '本级', demoNode: '演示节点', dutyPhone: '值班电话', mb: '{n} GB', facts_n: '{n} 条', clockSkew: '本机时钟与服务器相差 {n} 秒',
  },
}
