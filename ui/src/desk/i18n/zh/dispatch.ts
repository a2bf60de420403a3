export default {
  dispatch: {
    tab: { teams: '队伍', relief: '物资', hospitals: '医院', air: '直升机', missions: '在途' }, strip: '在途的队伍', all: '全部 {n} 支', pace: { due: '在途', late: '晚到', arrived: '已到' },
    step: { on_the_way: '在途', arrived: '已到', done: '已完成', recalled: '已召回' }, act: { arrived: '已到', done: '完成', recalled: '召回' }, said: { arrived: '{name} 已到。', done: '{name} 已完成。', recalled: '{name} 已召回。' },
    arrivesLate: '还有 {span}，晚 {late}', noWay: '现在没有路能到', arrivesIn: '还有 {span}', overdue: '晚了 {span}', goesTo: '去 {to}', aPoint: '地图上的一点', planned: '计划 {due} 到', nowExpected: '预计 {eta}', orderedBy: '{name} 派出，{when} 出发', seenAt: '位置 {span}', noPosition: '没有位置', teamRecord: '看登记', missionTo: '{name} 去 {to}',
    recallTitle: '召回 {name}', recallText: '队伍正去往 {to}。召回后不能恢复，要重新派。', running: '在途和在场', ended: '已结束', searchMission: '队伍、去向、任务', noneRunning: '没有队伍在外。', noneRunningText: '在「队伍」里选地点和需要，找到最快能到的队伍，一键派出。', noneEnded: '还没有结束的任务。',
    where: '哪里需要支援', capability: '专长', anyCapability: '任意', teams: '队', people: '人', boats: '艇', teamsN: '{n} 支队', peopleN: '{n} 人', boatsN: '{n} 艘艇', addNeed: '再加一种', reserve: '各地留底', reserveHint: '每个乡镇、县至少留一支队伍', findTeams: '找队伍', seeking: '正在算谁最快能到…',
    allThere: '后全部到齐：{n} 支队，{people} 人，{boats} 艘艇', notMet: '还缺：', legs: '{leave}出动，{km}，{clock} 到', nobody: '没有能派的队伍。', nobodyText: '看看下面没选的原因，或放宽需要、去掉「各地留底」。', refused: '没选的 {n} 支，为什么', begin: '哪里、要什么人？', beginText: '在地图上点一下或输入地名，写上需要的专长和数量，就能看到谁最快能到、为什么选他们。',
    task: '任务', taskHint: '任务，如：转移河边 40 户', send: '派出 {n} 支', sentAll: '已全部派出', sent: '已派出 {n} 支队伍，去 {to}。', allRecalled: '刚才派出的队伍已全部召回。',
    gap: { none: '已证明最优。', some: '离理论最优最多还差 {n} %。' }, unmet: { none: '全部满足。', some: '还有 {n} % 的需要没有满足' },
    relief: {
      ask: '需求', proposal: '方案', kept: '已采用', place: '送到哪里', good: '物资', amount: '数量', latest: '最晚', priority: '优先级', priorityOf: { 1: '最急', 2: '急', 3: '一般' }, addGood: '再加一种物资', add: '再加一个地方', name: '方案名称', nameHint: '不填则按时间取名', unnamed: '物资方案 {when}', keep: '每个库至少留 {n} %', keepHint: '库存里不动用的部分',
      seconds: '给 {n} 秒计算', secondsHint: '到时间一定给出当时最好的方案，并说明离理论最优还差多少。', start: '开始算', clear: '清空', notReady: '至少写一个地方和一种物资的数量。', dutyOnly: '值班员可以计算和采用方案。', noGoods: '规则包里没有声明物资。', working: '正在找更好的方案', left: '还剩 {n} 秒', first: '正在凑出第一个方案…', better: '这是目前最好的方案，还在改进。', failed: '没能算出方案。', enough: '够好了，停', accept: '采用', again: '改需求再算',
      accepted: '方案已采用。', withdrawn: '方案已撤回。', withdraw: '撤回方案', withdrawText: '撤回「{name}」。已经出发的车不会自动掉头。', isWithdrawn: '已撤回', csv: '下载车次表 CSV', acceptedBy: '{name} {when} 采用', nTrips: '{n} 车次', noPlans: '还没有采用过方案。', noPlansText: '在「需求」里写明送到哪里、要什么，算好后采用。', searchPlan: '方案名称',
      vehicle: '{name} {n} 号车，第 {trip} 趟', noPosition: '有 {n} 个库或车没有位置，没有算进来。', trips: '车次', mean: '平均在途', unmet: '没满足', gapHint: '总用时与能证明的下限相比', view: { trips: '车次', demands: '各地', stores: '各库' }, search: '库、地方、车', goods: '{good} {n} {unit}', weight: '{t} t、{m3} m³', noTrips: '没有车次。', ofWanted: '{given} / {wanted}', leftThere: '库里还剩 {n}', storeSign: '库',
    },
    hospital: {
      near: '最近医院', notices: '已通知', where: '伤员在哪里', kind: '类别', any: '不限', beds: '床位至少', icu: '重症床至少', search: '医院名称', announced: '已通知在途 {n} 人', best: '最合适', has: '床 {beds}、重症 {icu}', unfit: '条件不够', nobody: '没有登记责任人', notify: '通知', way: '路线', none: '附近没有医院。', noneText: '先在资源里登记或导入医院，并写上位置。', begin: '伤员在哪里？', beginText: '在地图上点一下或输入地名，就能看到最近、床位够的医院，一键通知。',
      notifyTitle: '通知 {name}', injured: '伤员人数', message: '通知内容', text: '{where}有 {n} 名伤员送往贵院，预计 {clock} 到，请做好接诊准备。', goesTo: '发给责任人 {name}。', goesNowhere: '没有登记责任人，只会记入档案，请打电话。', cannotUndo: '发出后不能撤回，要改就再发一次。', told: '已通知 {name}：{who}。', noted: '已记入档案；{name} 没有登记责任人，请打电话。', noticeFacts: '{n} 名伤员，预计 {due} 到；通知了 {to}；{by} 发出', noNotices: '还没有通知过医院。',
    },
    air: {
      to: '目的地 {n}', add: '再加一个目的地', aircraft: '机型', load: '载重 kg', facts: '巡航 {speed} km/h，航程 {range} km', when: '出动时间', now: '不填为现在', day: '全程按白天算', dayHint: '不考虑夜间不能起降', weather: '天气', wind: '风速 m/s', visibility: '能见度 km', cloud: '云底高 m', weatherHint: '不填的不检查。',
      before: '起飞前 {span}', beforeDay: '起飞前 {span}（含等天亮）', takeOff: '{name}起飞', leg: { air: '飞 {span}，降落{to}', refuel: '加油（含等候）{span}', road: '公路 {span}' }, never: '到不了', points: '起降点 {landings} 个，其中 {bases} 个有油料、可以出动。',
      noBase: '没有可以出动的起降点。', noBaseText: '直升机从有油料的起降点出动。在资源里登记起降点，写上位置并标明有油料。', register: '直升机起降点', noAircraft: '规则包里没有声明直升机机型。', begin: '直升机要到哪里？', beginText: '点目的地旁的图标在地图上选，或输入地名、登记的名称，可以加多个，就能看到各处多久能到、怎么飞、从哪里转公路；到不了的写明原因。',
    },
  },
}
