export default {
  app: { name: '安澜', otherLanguage: 'English' },
  part: {
    loading: '正在读取…', working: '正在办理…', close: '关闭', back: '返回', save: '保存', clear: '清除', undo: '撤销', nothingFound: '没有找到。换个字、拼音或代码试试。',
    reason: '理由（必填，会记入档案）', reasonOptional: '意见（可不填）', line: '行', field: '字段', atLine: '第 {n} 行：', yes: '是', no: '否', edit: '修改', remove: '删除', add: '新增', choose: '请选择',
    total: '共 {n} 条', export: '导出', import: '导入', template: '下载模板', generated: '生成数据', none: '无', 
  },
  signin: { what: '预警到村，责任到人，谁没应一眼看见。', account: '账号', password: '密码', go: '登录', demo: '演示节点，点一下即可登录：' },
  role: { duty: '值班员', approver: '值班领导', registrar: '登记员', viewer: '查看', admin: '管理员' },
  rail: { situation: '态势', warnings: '预警叫应', people: '人员岗位', records: '资源', journal: '档案', settings: '设置' },
  shell: {
    rail: '主导航', pane: { left: '列表', mid: '地图', right: '详情' }, demoBanner: '演示数据：人员与设施均为生成，不会真的呼叫任何人', search: '找地方、人、记录、预警、页面、操作', searchTitle: '找一找', waiting: '待我处理',
    live: '实时', dataAge: '数据 {span}前', offline: '断线', dataOld: '数据停在 {span}前', connecting: '正在连接…', scope: '选择地方', scopeSearch: '按名称、拼音或代码找', scopeHome: '回到本级',
    account: '账号', toLight: '换成浅色', toDark: '换成深色', password: '修改密码', signOut: '退出登录',
  },
  search: { places: '地方', people: '人员', warnings: '预警', records: '资源', pages: '页面', actions: '操作' },
  password: { old: '原密码', fresh: '新密码（至少 8 位）', again: '再输一遍新密码', done: '密码已修改。' },
  map: {
    label: '地图', failed: '这台机器的浏览器画不出地图（WebGL 不可用）。列表和叫应不受影响；请在浏览器设置里打开硬件加速。', draw: '画区域', base: '底图', plain: '素色底图', home: '回到全域', undo: '撤销一步',
    zoomIn: '放大', zoomOut: '缩小', north: '上方为北', northShort: '北',
    hint: { polygonStart: '在地图上依次点击，圈出预警区域（至少 3 个点）', polygonClose: '双击、按回车或点第一个点完成；退格撤销一步', circleCentre: '点击圆心', circleRim: '移动鼠标定半径，再点一下完成', places: '在地图上点乡镇或村，再点一次取消' },
    legend: { ring: '环：已应比例', number: '数字：未应人数', all: '全部已应', area: '虚线：预警范围（颜色为级别）', approximate: '乡镇、村位置为示意' },
  },
  demo: { title: '演示', text: '一场暴雨的晚上：自动发布预警、呼叫、应答、逐级上叫，一键开始。', start: '开始暴雨之夜', watch: '去看正在进行的', answering: '应答的人 {n}%', dead: '断网的乡镇 {n}%' },
  cap: { drop: '松开鼠标，导入 CAP 预警文件', title: 'CAP 文件', reading: '正在读取文件…', made: '从 {file} 生成 {n} 条预警草稿。', what: '问题' },
}
